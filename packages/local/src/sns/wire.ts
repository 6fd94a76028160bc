import { errorAnswer, send } from "../front/index.ts";
import { parseQuery, type QueryValue, queryAnswer, queryEntries } from "../front/query.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import type { Exchange, Operation } from "../kernel/service.ts";

/** Actions of the links in notifications: whoever has the link may follow it. */
const LINKS = new Set(["ConfirmSubscription", "Unsubscribe"]);

/** Speaks the query protocol: a form in, XML out. */
export function snsWire(cloud: Cloud, operations: Readonly<Record<string, Operation>>) {
  return async (exchange: Exchange): Promise<void> => {
    const { body, caller, request, requestId, response, rawQuery } = exchange;
    const isLink = request.method === "GET";
    try {
      const fields = parseQuery(isLink ? rawQuery : String(body ?? ""));
      const action = fields.Action ?? "";
      if (!Object.hasOwn(operations, action) || (isLink && !LINKS.has(action))) {
        throw new NotPretended({ service: "sns", action });
      }
      const output = await cloud.call<Record<string, QueryValue> | undefined>(
        "sns",
        action,
        readForm(fields),
        caller,
      );
      send(response, {
        status: 200,
        headers: { "content-type": "text/xml" },
        body: queryAnswer(action, NAMESPACE, written(output), requestId),
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      send(response, errorAnswer("query", error, requestId));
    }
  };
}

const NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/";

/** Attributes are the only map in SNS's answers. */
function written(output: Record<string, QueryValue> | undefined) {
  const attributes = output?.Attributes;
  if (typeof attributes !== "object" || attributes === null) return output;
  return { ...output, Attributes: queryEntries(attributes as Record<string, QueryValue>) };
}

type Branch = Map<string, Branch | string>;
export type FormValue = string | boolean | FormValue[] | { [name: string]: FormValue };

/**
 * A form as the SDK's shapes: `Tags.member.1.Key` is in a list, `Attributes.entry.1.key` in a map,
 * any other dot a member of a structure.
 */
export function readForm(fields: Readonly<Record<string, string>>): Record<string, FormValue> {
  const root: Branch = new Map();
  for (const [name, value] of Object.entries(fields)) {
    if (name === "Action" || name === "Version") continue;
    const steps = name.split(".");
    const last = steps.pop() ?? "";
    let at = root;
    for (const step of steps) {
      const next = at.get(step);
      const branch: Branch = next instanceof Map ? next : new Map();
      at.set(step, branch);
      at = branch;
    }
    at.set(last, value);
  }
  return structure(root);
}

function structure(branch: Branch): Record<string, FormValue> {
  return Object.fromEntries([...branch].map(([name, value]) => [name, shaped(value)]));
}

function shaped(value: Branch | string): FormValue {
  if (typeof value === "string") return value;
  const members = value.get("member");
  if (members instanceof Map) return inOrder(members).map(shaped);
  const entries = value.get("entry");
  if (!(entries instanceof Map)) return structure(value);
  const pairs = inOrder(entries).map((entry) => {
    const pair = typeof entry === "string" ? new Map() : entry;
    const key = pair.get("key") ?? pair.get("Name");
    return [String(key ?? ""), shaped(pair.get("value") ?? pair.get("Value") ?? "")] as const;
  });
  return Object.fromEntries(pairs);
}

const inOrder = (numbered: Branch) =>
  [...numbered].sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
