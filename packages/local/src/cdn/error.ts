import { escapeXml } from "../front/query.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Headers } from "./headers.ts";

/** An error as a viewer sees it. What was denied, and to whom, is nobody's business out there. */
export function errorOf(error: unknown): { status: number; headers: Headers; body: string } {
  if (!(error instanceof Refusal)) {
    return { status: 502, headers: new Map(XML), body: xml("InternalError", "The origin failed.") };
  }
  const { code, httpStatus: status } = error;
  const headers = headersOf(error);
  if (status === 304) return { status, headers, body: "" };
  for (const [name, value] of XML) headers.set(name, value);
  return {
    status,
    headers,
    body: xml(code, code === "AccessDenied" ? "Access denied" : error.message),
  };
}

/** Headers that an S3 refusal carries: the ETag of a 304, the size behind a 416. */
function headersOf(error: Refusal): Headers {
  const given = (error.about.$headers ?? {}) as Record<string, unknown>;
  return new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function xml(code: string, message: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error>`;
}

const XML: ReadonlyArray<[string, string]> = [["content-type", "text/xml"]];
