import type { IncomingMessage, ServerResponse } from "node:http";
import type { Cloud } from "../kernel/cloud.ts";
import type { Service } from "../kernel/service.ts";
import type { Answer } from "./answer.ts";
import type { Request } from "./canonical.ts";
import type { Guard } from "./guard.ts";

// What anyone may ask without a signature: Cognito's public operations, and the documents that
// verifiers of its tokens read. Pages of this machine may ask for it as well, on any port.

/** The JSON service that an `X-Amz-Target` speaks to. */
export function serviceByTarget(cloud: Cloud, target: string): Service | undefined {
  const prefix = target.slice(0, target.lastIndexOf("."));
  return [...cloud.services.values()].find(
    ({ wire }) => wire.protocol === "json" && wire.target === prefix,
  );
}

/** Whether the operation that a request names is one that needs no signature. */
export function isOpen(service: Service | undefined, request: Request): boolean {
  const [target = ""] = request.headers.get("x-amz-target") ?? [];
  const operation = target.slice(target.lastIndexOf(".") + 1);
  return request.method === "POST" && service?.unsigned?.has(operation) === true;
}

/** Lets the page that asks read what is answered. */
export function allowPages(incoming: IncomingMessage, response: ServerResponse): void {
  const { origin } = incoming.headers;
  if (origin === undefined) return;
  for (const [name, value] of Object.entries(allowed(origin))) response.setHeader(name, value);
}

/** What a browser asks before a page calls an open operation. */
export function preflight(
  cloud: Cloud,
  guard: Guard,
  request: Request,
  origin: string | undefined,
): Answer | undefined {
  const [wanted = ""] = request.headers.get("access-control-request-headers") ?? [];
  const names = wanted.split(",").map((name) => name.trim().toLowerCase());
  if (request.method !== "OPTIONS" || request.rawPath !== "/") return undefined;
  if (!names.includes("x-amz-target") || !names.every((name) => /^[a-z0-9-]+$/.test(name))) {
    return undefined;
  }
  const anyOpen = [...cloud.services.values()].some(({ unsigned }) => unsigned?.size);
  if (!anyOpen || origin === undefined || !guard.isNear(origin)) return undefined;
  return {
    status: 200,
    headers: {
      ...allowed(origin),
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": names.join(","),
      "access-control-max-age": "600",
    },
    body: "",
  };
}

/** A document that a service publishes. */
export function documentFor(cloud: Cloud, { method, rawPath }: Request): Answer | undefined {
  if (method !== "GET" && method !== "HEAD") return undefined;
  for (const service of cloud.services.values()) {
    const found = service.document?.(rawPath);
    if (!found) continue;
    return {
      status: found.status,
      headers: { "content-type": "application/json", "access-control-allow-origin": "*" },
      body: JSON.stringify(found.body),
    };
  }
  return undefined;
}

const allowed = (origin: string): Record<string, string> => ({
  "access-control-allow-origin": origin,
  "access-control-expose-headers": "x-amzn-requestid,x-amzn-errortype",
  vary: "origin",
});
