/** What the `Resource` of a task names. */
export type Resource =
  | { kind: "function"; arn: string }
  | {
      kind: "service";
      service: string;
      action: string;
      /** One of the hundreds of `aws-sdk:` actions, not an optimised integration. */
      sdk: boolean;
      callback: boolean;
    }
  /** AWS knows it and this machine does not, or nobody does. */
  | { kind: "refused"; what: string };

export function parseResource(text: string): Resource {
  if (/^arn:[^:]+:lambda:[^:]*:\d{12}:function:/.test(text)) return { kind: "function", arn: text };
  if (/^arn:[^:]+:states:[^:]*:\d{12}:activity:/.test(text)) {
    return { kind: "refused", what: `the activity ${text}` };
  }
  const found = SERVICE.exec(text);
  if (!found?.groups) return { kind: "refused", what: `the resource ${text}` };
  const { sdk, service = "", action = "", pattern = "" } = found.groups;
  if (pattern.startsWith("sync"))
    return { kind: "refused", what: `${service}:${action}.${pattern}` };
  const known = sdk !== undefined || OPTIMISED.get(service)?.has(action);
  if (!known) return { kind: "refused", what: `the integration ${service}:${action}` };
  const callback = pattern === "waitForTaskToken";
  if (callback && sdk === undefined && service === "dynamodb") {
    return {
      kind: "refused",
      what: `${service}:${action}.${pattern}, which AWS does not have either`,
    };
  }
  return { kind: "service", service, action, sdk: sdk !== undefined, callback };
}

/** How history events of a task name its resource. */
export function resourceDetails(text: string): { resource: string; resourceType: string } {
  const at = text.lastIndexOf(":");
  const type = text.slice(0, at).replace(/^arn:[^:]+:states:[^:]*:[^:]*:/, "");
  return { resource: text.slice(at + 1), resourceType: type };
}

const SERVICE =
  /^arn:[^:]+:states:[^:]*:[^:]*:(?<sdk>aws-sdk:)?(?<service>[a-z0-9-]+):(?<action>[A-Za-z0-9]+)(?:\.(?<pattern>waitForTaskToken|sync(?::2)?))?$/;

/** Source: Step Functions developer guide, "Integrating optimized services", as far as done here. */
const OPTIMISED = new Map([
  ["lambda", new Set(["invoke"])],
  ["sqs", new Set(["sendMessage"])],
  ["sns", new Set(["publish"])],
  ["events", new Set(["putEvents"])],
  ["dynamodb", new Set(["getItem", "putItem", "updateItem", "deleteItem"])],
  ["states", new Set(["startExecution"])],
  ["mediaconvert", new Set(["createJob"])],
]);
