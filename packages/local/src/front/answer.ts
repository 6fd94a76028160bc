import type { ServerResponse } from "node:http";
import { crc32 } from "node:zlib";
import { Refusal } from "../kernel/refusal.ts";
import type { Wire } from "../kernel/service.ts";
import type { Family } from "./family.ts";
import { escapeXml, queryError } from "./query.ts";

/** What goes back: bytes and what describes them. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

/**
 * The error document of a family. Services that read the wire themselves may use it as well.
 *
 * @param error anything thrown; what is not a Refusal becomes a plain InternalFailure
 * @param wire what the service says of its JSON, where it speaks that
 */
export function errorAnswer(
  family: Family,
  error: unknown,
  requestId: string,
  wire?: Pick<Extract<Wire, { protocol: "json" }>, "version" | "queryCodes">,
): Answer {
  const refusal = error instanceof Refusal ? error : internal(family);
  const { message, about } = refusal;
  const code = spelled(refusal.code, family);
  switch (family) {
    case "json":
      return {
        // JSON services answer 400 to every mistake of the caller's
        status: refusal.httpStatus >= 500 || refusal.httpStatus === 413 ? refusal.httpStatus : 400,
        headers: {
          "content-type": `application/x-amz-json-${wire?.version ?? "1.0"}`,
          ...queryErrorOf(refusal, wire?.queryCodes),
        },
        body: JSON.stringify(wired({ ...about, __type: code, message })),
      };
    case "rest-json":
      return {
        status: refusal.httpStatus,
        headers: { "content-type": "application/json", "x-amzn-errortype": code },
        body: JSON.stringify(wired({ ...about, message })),
      };
    case "query":
      return {
        status: refusal.httpStatus,
        headers: { "content-type": "text/xml" },
        body: queryError(code, message, requestId, refusal.httpStatus),
      };
    case "s3":
      return {
        status: refusal.httpStatus,
        headers: { "content-type": "application/xml" },
        body: s3Error(code, message, about, requestId),
      };
  }
}

/** A result as JSON carries it: moments in seconds since 1970, bytes in base64. */
export function wired(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(wired);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, wired(inner)]));
}

/** Sends an answer, unless one has begun or nobody is there any more. */
export function send(response: ServerResponse, answer: Answer, head = false): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = typeof answer.body === "string" ? Buffer.from(answer.body) : answer.body;
  response.writeHead(answer.status, { ...answer.headers, "content-length": body.length });
  response.end(head ? undefined : body);
}

/** What DynamoDB's clients check their answers with. */
export function checksum(body: string | Buffer): string {
  return String(crc32(body));
}

/** The code that the same error had in the query protocol, and whose fault it is. */
function queryErrorOf(
  { code, httpStatus }: Refusal,
  codes: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  if (!codes) return {};
  const old = Object.hasOwn(codes, code) ? codes[code] : code;
  return { "x-amzn-query-error": `${old};${httpStatus < 500 ? "Sender" : "Receiver"}` };
}

/** AccessDenied is spelled with `Exception` where JSON is spoken. */
function spelled(code: string, family: Family): string {
  const json = family === "json" || family === "rest-json";
  return json && code === "AccessDenied" ? "AccessDeniedException" : code;
}

function internal(family: Family): Refusal {
  const code = family === "s3" ? "InternalError" : "InternalFailure";
  return new Refusal(code, "We encountered an internal error. Please try again.", {
    httpStatus: 500,
  });
}

function s3Error(
  code: string,
  message: string,
  about: Readonly<Record<string, unknown>>,
  requestId: string,
): string {
  const more = Object.entries(about)
    .filter(([name, value]) => /^[A-Z]\w*$/.test(name) && typeof value !== "object")
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
    .join("");
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(code)}</Code>` +
    `<Message>${escapeXml(message)}</Message>${more}<RequestId>${escapeXml(requestId)}</RequestId>` +
    `<HostId>laptop</HostId></Error>`
  );
}
