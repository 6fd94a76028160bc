import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import type { Exchange, Service } from "../kernel/service.ts";
import { errorAnswer, send } from "./answer.ts";
import { discard, readBody } from "./body.ts";
import { onceEncoded, type Request, sha256 } from "./canonical.ts";
import { type Family, refuse } from "./family.ts";
import { type Guard, guardOf } from "./guard.ts";
import { serveJson, serveRest } from "./json.ts";
import { allowPages, documentFor, isOpen, preflight, serviceByTarget } from "./open.ts";
import { parseQuery } from "./query.ts";
import { readSignature, serviceOf } from "./signature.ts";
import { type Verified, verify } from "./verify.ts";

export { errorAnswer, send } from "./answer.ts";

export interface Front {
  /** `http://127.0.0.1:4566` */
  origin: string;
  close(): Promise<void>;
}

/**
 * Opens the one port that every AWS client talks to. It listens on loopback, says who is asking,
 * and hands each request to the service that its signature names.
 *
 * @param port 0 takes any free one
 */
export async function openFront(cloud: Cloud, { port }: { port: number }): Promise<Front> {
  let guard: Guard = guardOf(port);
  const server = createServer((request, response) => {
    void serve(cloud, guard, request, response);
  });
  // A client that asks before it sends a body hears of a refusal before it has sent it.
  server.on("checkContinue", (request, response) => {
    void serve(cloud, guard, request, response);
  });
  server.requestTimeout = 0; // an upload takes as long as it takes
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  guard = guardOf(bound);
  cloud.origin = `http://127.0.0.1:${bound}`;
  return {
    origin: cloud.origin,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  cloud: Cloud,
  guard: Guard,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomUUID();
  response.setHeader("x-amzn-requestid", requestId);
  response.on("error", () => undefined); // the client went away
  const request = seen(incoming);
  const name = serviceOf(request) ?? unsigned(cloud, request);
  const service = cloud.services.get(name);
  const family = familyOf(service, name, request);
  if (family === "s3") response.setHeader("x-amz-request-id", requestId);
  try {
    await answer(cloud, guard, { incoming, response, request, requestId, name, service, family });
  } catch (error) {
    if (!(error instanceof Refusal)) cloud.tell(lineOf(name, error, requestId));
    const wire = service?.wire.protocol === "json" ? service.wire : undefined;
    if (incoming.headers.expect !== undefined) response.shouldKeepAlive = false;
    else discard(incoming);
    send(response, errorAnswer(family, error, requestId, wire), incoming.method === "HEAD");
  }
}

interface Asked {
  incoming: IncomingMessage;
  response: ServerResponse;
  request: Request;
  requestId: string;
  name: string;
  service: Service | undefined;
  family: Family;
}

async function answer(cloud: Cloud, guard: Guard, asked: Asked): Promise<void> {
  const { incoming, response, request, requestId, name, service, family } = asked;
  const bucket = guard.bucketOf(incoming.headers.host);
  if (bucket === undefined) {
    throw refuse(family, "foreign", "The Host header does not name this machine.");
  }
  const open = bucket === "" && guard.isNear(incoming.headers.origin) && isOpen(service, request);
  if (open) allowPages(incoming, response);
  if (family !== "s3" && !open && guard.isForeign(incoming.headers.origin)) {
    throw refuse(family, "foreign", "Pages of other origins may not call this service.");
  }
  if (!request.rawPath.startsWith("/") || onceEncoded(request.rawPath) === undefined) {
    throw refuse(family, "unreadable", "The request target must be a path with whole escapes.");
  }
  const signature = readSignature(request, family);
  if (!signature && bucket === "") {
    const found =
      documentFor(cloud, request) ?? preflight(cloud, guard, request, incoming.headers.origin);
    if (found) {
      send(response, found, request.method === "HEAD");
      return;
    }
  }
  if (!signature && !open && !mayBeUnsigned(asked)) {
    throw refuse(family, "missing", "Missing Authentication Token");
  }
  // S3 streams its bodies and says their hash in a header; the others' are small, and read first
  // where their hash is in no header.
  let body: Buffer | undefined;
  const read = async () => {
    if (incoming.headers.expect !== undefined) response.writeContinue();
    return readBody(incoming, family);
  };
  if (family !== "s3" && !request.headers.has("x-amz-content-sha256")) body = await read();
  const verified: Verified = signature
    ? verify(
        { iam: cloud.iam, region: cloud.region, now: cloud.now },
        request,
        signature,
        family,
        body && sha256(body),
      )
    : { caller: cloud.iam.anonymous, payload: { kind: "unsigned" } };
  if (!service) {
    const form = family === "query" ? (body ?? (await read())) : Buffer.alloc(0);
    throw new NotPretended({ service: name, action: actionOf(request, form), see: README });
  }
  const { caller, payload } = verified;
  if (family === "s3") {
    if (incoming.headers.expect !== undefined) response.writeContinue();
  } else {
    body ??= await read();
    if (payload.kind === "sha256" && sha256(body) !== payload.hex) {
      throw refuse(family, "badPayload", "The provided x-amz-content-sha256 is not the body's.");
    }
  }
  const { wire } = service;
  if (wire.protocol === "own") {
    const exchange: Exchange = {
      request: incoming,
      response,
      ...(body ? { body } : {}),
      rawPath: bucket && family === "s3" ? `/${bucket}${request.rawPath}` : request.rawPath,
      rawQuery: request.rawQuery,
      caller,
      requestId,
      payload,
      signed: signature?.how ?? "none",
    };
    await wire.serve(exchange);
    return;
  }
  const call = {
    method: request.method,
    rawPath: request.rawPath,
    rawQuery: request.rawQuery,
    headers: incoming.headers,
    body: body ?? Buffer.alloc(0),
    caller,
  };
  send(
    response,
    wire.protocol === "json"
      ? await serveJson(cloud, service, wire, call)
      : await serveRest(cloud, service, wire, call),
  );
}

function seen(incoming: IncomingMessage): Request {
  const url = incoming.url ?? "/";
  const mark = url.indexOf("?");
  const headers = new Map<string, string[]>();
  for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
    const name = (incoming.rawHeaders[index] ?? "").toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), incoming.rawHeaders[index + 1] ?? ""]);
  }
  return {
    method: incoming.method ?? "GET",
    rawPath: mark < 0 ? url : url.slice(0, mark),
    rawQuery: mark < 0 ? "" : url.slice(mark + 1),
    headers,
  };
}

/** Whose a request without a signature is: a topic's confirmation link is public, all else is S3's to judge. */
function unsigned(cloud: Cloud, request: Request): string {
  const action = new URLSearchParams(request.rawQuery).get("Action") ?? "";
  if (request.rawPath === "/" && LINKS.has(action)) return "sns";
  const [target] = request.headers.get("x-amz-target") ?? [];
  if (!target) return "s3";
  return serviceByTarget(cloud, target)?.name ?? target.slice(0, target.lastIndexOf("."));
}

function mayBeUnsigned({ request, name }: Asked): boolean {
  return name === "s3" || (name === "sns" && request.method === "GET");
}

const LINKS = new Set(["ConfirmSubscription", "Unsubscribe"]);

/** Services that are not here and whose clients read errors as XML, though they send no form. */
const SPEAK_XML = new Set(["cloudfront", "route53"]);

function familyOf(service: Service | undefined, name: string, request: Request): Family {
  if (name === "s3") return "s3";
  if (!service && SPEAK_XML.has(name)) return "query";
  const protocol = service?.wire.protocol;
  if (protocol === "json" || protocol === "rest-json") return protocol;
  if (request.headers.has("x-amz-target")) return "json";
  const [type = ""] = request.headers.get("content-type") ?? [];
  return protocol === "own" || type.startsWith("application/x-www-form-urlencoded")
    ? "query"
    : "rest-json";
}

function actionOf(request: Request, form: Buffer): string {
  const [target] = request.headers.get("x-amz-target") ?? [];
  if (target) return target.slice(target.lastIndexOf(".") + 1);
  return parseQuery(String(form)).Action ?? `${request.method} ${request.rawPath}`;
}

/** Where something unforeseen happened, without what it was about: messages may carry secrets. */
function lineOf(service: string, error: unknown, requestId: string): string {
  const kind = error instanceof Error ? error.name : typeof error;
  const frame =
    error instanceof Error ? /([\w-]+\/[\w.-]+\.ts:\d+)/.exec(error.stack ?? "")?.[1] : "";
  return `${service}: InternalFailure (${kind}${frame ? ` at ${frame}` : ""}), request ${requestId}`;
}

const README = "packages/local/README.md";
