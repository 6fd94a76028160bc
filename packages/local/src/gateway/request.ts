import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { ONE_HOP } from "../kernel/hop.ts";
import type { Stage } from "./api.ts";
import { problem } from "./problem.ts";
import { DEFAULT } from "./route.ts";

/** A request as it came, before anything is decided about it. */
export interface Request {
  id: string;
  atMs: number;
  method: string;
  /** decoded, as HTTP APIs decode it: an escaped slash divides like any other */
  path: string;
  /** as sent */
  rawQuery: string;
  query: ReadonlyMap<string, string>;
  /** by lower-case name, several joined by comma; without cookies and what concerns one hop */
  headers: Readonly<Record<string, string>>;
  cookies: readonly string[];
  host: string;
  ip: string;
  protocol: string;
  userAgent: string;
}

/**
 * @throws Refusal `BadRequest` for a target that is no path, `HeadersTooLarge`
 */
export function readRequest(incoming: IncomingMessage, atMs: number): Request {
  const target = incoming.url ?? "/";
  const mark = target.indexOf("?");
  const rawPath = mark < 0 ? target : target.slice(0, mark);
  const rawQuery = mark < 0 ? "" : target.slice(mark + 1);
  const { headers, cookies, bytes } = readHeaders(incoming.rawHeaders);
  const { method = "GET" } = incoming;
  if (method.length + target.length + bytes > MOST_HEAD_BYTES) throw problem("HeadersTooLarge");
  if (!rawPath.startsWith("/")) throw problem("BadRequest", { why: "the target is no path" });
  return {
    id: requestId(),
    atMs,
    method,
    path: decode(rawPath),
    rawQuery,
    query: readQuery(rawQuery),
    headers,
    cookies,
    host: incoming.headers.host ?? "",
    ip: incoming.socket.remoteAddress?.replace(/^::ffff:/, "") ?? "",
    protocol: `HTTP/${incoming.httpVersion}`,
    userAgent: headers["user-agent"] ?? "",
  };
}

/** A named stage is the first segment of the path, and is no part of what routes see. */
export function stageOf(
  stages: ReadonlyMap<string, Stage>,
  path: string,
): { stage: Stage; path: string } | undefined {
  const [, first = ""] = path.split("/", 2);
  const named = first === DEFAULT ? undefined : stages.get(first);
  if (named) return { stage: named, path: path.slice(first.length + 1) || "/" };
  const stage = stages.get(DEFAULT);
  return stage && { stage, path };
}

/** @throws Refusal `TooLarge`; the rest is then not read */
export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  if (Number(incoming.headers["content-length"] ?? 0) > MOST_BODY_BYTES) throw problem("TooLarge");
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BODY_BYTES) throw problem("TooLarge");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function readHeaders(raw: readonly string[]) {
  const headers: Record<string, string> = Object.create(null);
  const cookies: string[] = [];
  let bytes = 0;
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? "").toLowerCase();
    const value = Buffer.from(raw[index + 1] ?? "", "latin1").toString();
    bytes += Buffer.byteLength(value);
    if (name === "cookie") {
      cookies.push(
        ...value
          .split(";")
          .map((one) => one.trim())
          .filter((one) => one !== ""),
      );
    } else if (!ONE_HOP.has(name)) {
      headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
    }
  }
  return { headers, cookies, bytes };
}

function readQuery(raw: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(raw)) {
    const before = found.get(name);
    found.set(name, before === undefined ? value : `${before},${value}`);
  }
  return found;
}

function decode(rawPath: string): string {
  try {
    return decodeURIComponent(rawPath);
  } catch {
    throw problem("BadRequest", { why: "the path is not encoded as it must be" });
  }
}

/** Such as `JKJaXmPLvHcESHA=`. */
const requestId = (): string => randomBytes(11).toString("base64url").padEnd(16, "=");

// Source: API Gateway, quotas of HTTP APIs.
const MOST_BODY_BYTES = 10 * 1024 * 1024;
const MOST_HEAD_BYTES = 10_240;
