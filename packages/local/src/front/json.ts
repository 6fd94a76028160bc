import type { IncomingHttpHeaders } from "node:http";
import type { Caller } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import type { Service, Wire } from "../kernel/service.ts";
import { type Answer, checksum, wired } from "./answer.ts";
import { refuse } from "./family.ts";

/** A verified call whose body is read. */
export interface Call {
  method: string;
  rawPath: string;
  rawQuery: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  caller: Caller;
}

/** Speaks JSON 1.0 and 1.1, where a header names the operation. */
export async function serveJson(
  cloud: Cloud,
  service: Service,
  wire: Extract<Wire, { protocol: "json" }>,
  call: Call,
): Promise<Answer> {
  const [target, operation = ""] = String(call.headers["x-amz-target"] ?? "").split(".");
  if (target !== wire.target || operation === "") {
    throw new Refusal(
      "UnknownOperationException",
      `X-Amz-Target must be ${wire.target} and an operation.`,
    );
  }
  const output = await run(cloud, service, operation, readObject(call.body, "json"), call.caller);
  const body = JSON.stringify(wired(output ?? {}));
  return {
    status: 200,
    headers: {
      "content-type": `application/x-amz-json-${wire.version}`,
      ...(service.name === "dynamodb" ? { "x-amz-crc32": checksum(body) } : {}),
    },
    body,
  };
}

/** Speaks REST with JSON, where method and path name the operation. */
export async function serveRest(
  cloud: Cloud,
  service: Service,
  wire: Extract<Wire, { protocol: "rest-json" }>,
  call: Call,
): Promise<Answer> {
  const route = wire.route(call.method, call.rawPath, new URLSearchParams(call.rawQuery));
  if (!route) {
    throw new NotPretended({ service: service.name, action: `${call.method} ${call.rawPath}` });
  }
  const input = route.payload
    ? { ...fromHeaders(call.headers), [route.payload]: call.body }
    : spelled(readObject(call.body, "rest-json"), wire.spelling?.read);
  const output = await run(
    cloud,
    service,
    route.operation,
    { ...input, ...route.params },
    call.caller,
  );
  if (route.payload) return blob(output ?? {}, route.payload, route.status);
  const status = route.status ?? 200;
  const told = spelled(output ?? {}, wire.spelling?.write);
  const body = status === 204 ? "" : JSON.stringify(wired(told));
  return { status, headers: { "content-type": "application/json" }, body };
}

const spelled = (members: object, change: ((members: object) => object) | undefined): object =>
  change ? change(members) : members;

async function run(
  cloud: Cloud,
  service: Service,
  operation: string,
  input: object,
  caller: Caller,
): Promise<object | undefined> {
  if (!Object.hasOwn(service.operations, operation)) {
    throw new NotPretended({ service: service.name, action: operation });
  }
  return cloud.call<object | undefined>(service.name, operation, input, caller);
}

function readObject(body: Buffer, family: "json" | "rest-json"): object {
  if (body.length === 0) return {};
  if (depthOf(body) > DEEPEST) throw refuse(family, "unreadable", "The body is nested too deep.");
  const read = parse(body);
  if (typeof read === "object" && read !== null && !Array.isArray(read)) return read;
  throw refuse(family, "unreadable", "The body is not a JSON object.");
}

/** How deep brackets lie in brackets; services walk what they are given, one call a level. */
function depthOf(body: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let isText = false;
  for (let at = 0; at < body.length; at += 1) {
    const letter = body[at];
    if (letter === QUOTE) isText = !isText;
    else if (isText && letter === BACKSLASH) at += 1;
    else if (isText) continue;
    else if (letter === OPEN_BRACE || letter === OPEN_BRACKET) {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (letter === CLOSE_BRACE || letter === CLOSE_BRACKET) depth -= 1;
  }
  return deepest;
}

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] =
  Buffer.from('"\\{}[]');

/** AWS's own readers stop at a depth like this one; DynamoDB's items may have 32 levels. */
const DEEPEST = 500;

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/** Members that ride in headers when the body is all payload: `x-amz-invocation-type` is `InvocationType`. */
function fromHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const rest = /^x-amz-([a-z][a-z-]*)$/.exec(name)?.[1];
    if (rest === undefined || SIGNING.has(rest) || typeof value !== "string") continue;
    found[rest.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())] = value;
  }
  return found;
}

const SIGNING = new Set(["date", "content-sha", "security-token", "target", "user-agent"]);

/** The way back: bytes as they are, the other members as headers, `StatusCode` as the status. */
function blob(output: object, payload: string, status = 200): Answer {
  const headers: Record<string, string> = { "content-type": "application/json" };
  let said = status;
  let body: Answer["body"] = "";
  for (const [name, value] of Object.entries(output)) {
    if (value === undefined) continue;
    if (name === payload) {
      body = value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value));
    } else if (name === "StatusCode") said = Number(value);
    else headers[`x-amz-${name.replace(/(?!^)([A-Z])/g, "-$1").toLowerCase()}`] = String(value);
  }
  return { status: said, headers, body };
}
