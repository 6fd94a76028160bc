import { type ServerResponse, validateHeaderName, validateHeaderValue } from "node:http";
import type { Headers } from "./cors.ts";
import { isProblem, problem } from "./problem.ts";

/** An answer, ready to be sent. */
export interface Reply {
  status: number;
  headers: Headers;
  cookies: readonly string[];
  body: Buffer;
}

/**
 * Reads what a function answered, as HTTP APIs do with payload format 2.0: without a `statusCode`
 * all of it is the body of a 200.
 *
 * @throws Refusal `Internal` for an answer that cannot be one
 */
export function readReply(payload: string): Reply {
  const said: unknown = payload === "" ? "" : parse(payload);
  if (!isRecord(said) || !("statusCode" in said)) {
    return {
      status: 200,
      headers: new Map([["content-type", "application/json"]]),
      cookies: [],
      body: Buffer.from(typeof said === "string" ? said : payload),
    };
  }
  const { statusCode, body, isBase64Encoded = false, headers = {}, cookies = [] } = said;
  if (typeof statusCode !== "number" || !Number.isInteger(statusCode))
    throw malformed("statusCode");
  if (statusCode < 200 || statusCode > 599) throw malformed("statusCode");
  if (isBase64Encoded !== null && typeof isBase64Encoded !== "boolean") {
    throw malformed("isBase64Encoded");
  }
  const found = readHeaders(headers ?? {});
  const bytes = readBody(body, isBase64Encoded === true);
  if (bytes.length > 0 && !found.has("content-type")) {
    found.set("content-type", "text/plain; charset=utf-8");
  }
  const kept = readCookies(cookies ?? []);
  const own = found.get("set-cookie");
  found.delete("set-cookie");
  return {
    status: statusCode,
    headers: found,
    cookies: own === undefined ? kept : [own, ...kept],
    body: bytes,
  };
}

/** What the gateway says by itself; what is none of its problems is its own failure. */
export function replyOf(error: unknown): Reply {
  const known = isProblem(error) ? error : problem("Internal");
  const headers: Headers = new Map([["content-type", "application/json"]]);
  const { authenticate } = known.about;
  if (typeof authenticate === "string") headers.set("www-authenticate", authenticate);
  return {
    status: known.httpStatus,
    headers,
    cookies: [],
    body: Buffer.from(JSON.stringify({ message: known.message })),
  };
}

export function sendReply(response: ServerResponse, { status, headers, cookies, body }: Reply) {
  const hasBody = status !== 204 && status !== 304;
  for (const [name, value] of headers) response.setHeader(name, value);
  if (cookies.length > 0) response.setHeader("set-cookie", cookies);
  if (hasBody) response.setHeader("content-length", body.length);
  response.writeHead(status);
  response.end(hasBody && response.req.method !== "HEAD" ? body : undefined);
}

function readHeaders(given: unknown): Headers {
  if (!isRecord(given)) throw malformed("headers");
  const found: Headers = new Map();
  for (const [name, value] of Object.entries(given)) {
    if (!["string", "number", "boolean"].includes(typeof value)) throw malformed("headers");
    const lower = name.toLowerCase();
    const text = String(value);
    check(lower, text);
    if (!OWN.has(lower)) found.set(lower, text);
  }
  return found;
}

function readCookies(given: unknown): string[] {
  if (!Array.isArray(given)) throw malformed("cookies");
  return given.map((cookie: unknown) => {
    if (typeof cookie !== "string") throw malformed("cookies");
    check("set-cookie", cookie);
    return cookie;
  });
}

function readBody(body: unknown, isBase64: boolean): Buffer {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body !== "string") throw malformed("body");
  if (!isBase64) return Buffer.from(body);
  const bytes = Buffer.from(body, "base64");
  const bare = (text: string) => text.replace(/[=\s]+$/, "");
  if (bare(bytes.toString("base64")) !== bare(body)) throw malformed("body");
  return bytes;
}

function check(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw malformed(name === "set-cookie" ? "cookies" : "headers");
  }
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const malformed = (member: string) =>
  problem("Internal", { why: `the function's answer has no valid ${member}` });

/** What only the gateway says: how an answer travels. */
const OWN = new Set(["connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"]);
