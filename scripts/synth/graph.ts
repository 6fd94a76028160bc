import type { Built } from "./host.ts";
import type { Registered } from "./mocks.ts";

/** Every cloud resource with its inputs, as `stacks/` evaluates to for one stage. */
export interface Graph {
  app: string;
  stage: string;
  region: string;
  accountId: string;
  /** What `remove` leaves alone, and whether it is allowed at all. */
  removal: string;
  protect: boolean;
  resources: Resource[];
  /** By the name of the SST component. */
  functions: Record<string, GraphFunction>;
  outputs: Record<string, unknown>;
}

export interface Resource {
  /** Pulumi's, such as `aws:sqs/queue:Queue` */
  type: string;
  /** unique within its type */
  name: string;
  /** the component that made it, if one did */
  parent?: string;
  /** as others refer to it */
  id: string;
  arn?: string;
  /** stays when the app is removed */
  retain?: true;
  inputs: Record<string, unknown>;
}

export interface GraphFunction {
  /** the name of its `aws:lambda/function:Function` */
  resource: string;
  handler: string;
  runtime: string;
  /** what `Resource` holds at run time */
  links: Record<string, unknown>;
  /** how SST bundles it */
  nodejs: Record<string, unknown>;
}

export interface Evaluated {
  app: App;
  accountId: string;
  region: string;
  registered: Registered[];
  built: Built[];
  outputs: Record<string, unknown>;
}

/** What `app()` in sst.config.ts answers. */
export interface App {
  name: string;
  stage: string;
  home?: string;
  removal?: string;
  protect?: boolean;
  providers?: Record<string, unknown>;
}

export function graphOf({ app, accountId, region, registered, built, outputs }: Evaluated): Graph {
  const { _protect, ...told } = outputs;
  return symbolic({
    app: app.name,
    stage: app.stage,
    region,
    accountId,
    removal: app.removal ?? "retain",
    protect: Boolean(_protect),
    resources: registered.filter(isDeployed).map(resource).sort(byTypeAndName),
    functions: Object.fromEntries(built.map((one) => [one.functionID, graphFunction(one)])),
    outputs: told,
  });
}

/** The bytes of a graph's file: keys sorted, resources sorted, nothing of this run in it. */
export function textOf(graph: Graph): string {
  const sorted = (_: string, value: unknown) =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return `${JSON.stringify(graph, sorted, 2)}\n`;
}

/** Components, random keys and code archives are SST's own affair; a deployer needs the rest. */
function isDeployed({ type }: Registered): boolean {
  return type.startsWith("aws:") && type !== "aws:s3/bucketObjectv2:BucketObjectv2";
}

function resource({ type, name, parent, retain, inputs, id, state }: Registered): Resource {
  return {
    type,
    name,
    ...(parent !== undefined && { parent }),
    id,
    ...(typeof state.arn === "string" && { arn: state.arn }),
    ...(retain && { retain }),
    inputs: adopted(type, inputs, state),
  };
}

/** Inputs with the name that AWS would have made, and without what only this machine's run knows. */
function adopted(type: string, inputs: Record<string, unknown>, state: Record<string, unknown>) {
  switch (type) {
    case "aws:s3/bucket:Bucket": {
      const { bucketPrefix: _, ...rest } = inputs;
      return { ...rest, bucket: state.bucket };
    }
    case "aws:lambda/function:Function": {
      const { s3Bucket: _bucket, s3Key: _key, ...rest } = inputs;
      return { ...rest, environment: withoutKeys(rest.environment) };
    }
    case "aws:iam/role:Role": {
      // trust comes as an object or as text, as its component likes; here it is always text
      const trust = inputs.assumeRolePolicy;
      return { ...inputs, assumeRolePolicy: isObject(trust) ? JSON.stringify(trust) : trust };
    }
    default:
      return inputs;
  }
}

/** Deployed functions find their links in an encrypted file, with a key that is random per app. */
function withoutKeys(environment: unknown): unknown {
  if (!isObject(environment) || !isObject(environment.variables)) return environment;
  const { SST_KEY: _key, SST_KEY_FILE: _file, ...variables } = environment.variables;
  return { ...environment, variables };
}

function graphFunction({ functionID, handler, runtime, links, properties }: Built): GraphFunction {
  const { architecture: _, ...nodejs } = properties;
  return { resource: `${functionID}Function`, handler, runtime, links, nodejs };
}

/**
 * The addresses of a distribution and of who signs tokens are one piece each, `${Cdn.url}` and
 * `${People.issuer}`: elsewhere they may be http and have a port.
 */
function symbolic(graph: Graph): Graph {
  const text = JSON.stringify(graph);
  return JSON.parse(
    text
      .replaceAll(/https:\/\/\$\{(\w+)\.domainName\}/g, "${$1.url}")
      .replaceAll(/https:\/\/\$\{(\w+)\.endpoint\}/g, "${$1.issuer}")
      // the engine names a root resource without its stack, the mocks name it with
      .replaceAll("pulumi.pulumi.Stack$", ""),
  );
}

function byTypeAndName(a: Resource, b: Resource): number {
  const [one, other] = [`${a.type} ${a.name}`, `${b.type} ${b.name}`];
  return one < other ? -1 : one > other ? 1 : 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
