import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Refusal } from "../../kernel/refusal.ts";
import { Stretch } from "../reading.ts";
import { writeHeaders } from "./members.ts";
import type { Route } from "./route.ts";
import { escaped, type Shape, write } from "./xml.ts";

type Output = Record<string, unknown>;

/** Writes what an operation answered, in the way of its route. */
export async function answer(
  response: ServerResponse,
  route: Route,
  output: Output,
  head: boolean,
): Promise<void> {
  const status = output.ContentRange === undefined ? (route.status ?? 200) : 206;
  const { answer: form } = route;
  if (form === "stream") {
    const { Body, ...rest } = output as Output & { Body: Readable };
    try {
      response.writeHead(status, writeHeaders(rest, new Set()));
    } catch (error) {
      Body.destroy();
      throw error;
    }
    await stream(Body, response);
    return;
  }
  if (form === undefined || head) {
    response.writeHead(status, writeHeaders(output, new Set()));
    response.end();
    return;
  }
  if (form === "text") {
    send(response, status, { "Content-Type": "application/json" }, String(output.Policy ?? ""));
    return;
  }
  const written = new Set(form.member ? [form.member] : membersOf(form.shape));
  const value = form.member ? (output[form.member] ?? "") : output;
  const headers = { ...writeHeaders(output, written), "Content-Type": "application/xml" };
  send(response, status, headers, write(form.root, form.shape, value));
}

/** Writes an error as S3 does. An answer that has begun can only be broken off. */
export function refuse(
  response: ServerResponse,
  error: Refusal,
  about: { requestId: string; head: boolean },
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { $headers, ...members } = error.about as { $headers?: Record<string, string> };
  const bare = about.head || error.httpStatus === 304;
  const detail = { Code: error.code, Message: error.message, ...members };
  const lines = Object.entries({ ...detail, RequestId: about.requestId })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${escaped(String(value))}</${name}>`);
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${lines.join("")}<HostId>${HOST}</HostId></Error>`;
  if (bare) {
    response.writeHead(error.httpStatus, $headers ?? {});
    response.end();
    return;
  }
  send(response, error.httpStatus, { ...$headers, "Content-Type": "application/xml" }, body);
}

export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal("InternalError", "We encountered an internal error. Please try again.", {
    httpStatus: 500,
    cause: error,
  });
}

export function send(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string,
): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, "Content-Length": bytes.length });
  response.end(bytes);
}

async function stream(body: Readable, response: ServerResponse): Promise<void> {
  try {
    if (!(body instanceof Stretch)) return await pipeline(body, response);
    await body.sendTo(response);
    response.end();
  } catch {
    // The reader went away, or the file failed: what was promised is not sent in full.
    response.destroy();
  }
}

function membersOf(shape: Shape): string[] {
  return typeof shape === "object" && "members" in shape ? Object.keys(shape.members) : [];
}

const HOST = "rushes";
