import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Exchange } from "../../kernel/service.ts";
import { algorithms, mismatch, running } from "../checksum.ts";
import * as Cors from "../cors.ts";
import { unescapePath } from "../key.ts";
import { actions } from "../operations.ts";
import { checkOwner } from "../owner.ts";
import { invalidRequest } from "../refusals.ts";
import * as Setting from "../setting.ts";
import type { Action, Ask, Shelf } from "../shelf.ts";
import { answer, asRefusal, refuse } from "./answer.ts";
import { isForm, postForm } from "./form.ts";
import { type Carried, header, readMembers } from "./members.ts";
import * as Payload from "./payload.ts";
import { preflight } from "./preflight.ts";
import * as Route from "./route.ts";
import { read } from "./xml.ts";

/** What a path names: nothing (the service), a bucket, or an object in it. */
export interface Target {
  on: Route.Route["on"];
  bucket: string;
  key: string;
}

/** Answers one request: from headers, query and body to an SDK input, and back from its output. */
export async function serve(shelf: Shelf, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const head = request.method === "HEAD";
  try {
    response.setHeader("Server", "AmazonS3");
    response.setHeader("x-amz-id-2", exchange.requestId);
    response.setHeader("x-amz-request-id", exchange.requestId);
    await meet(shelf, exchange);
  } catch (error) {
    const refusal = asRefusal(error);
    if (refusal.code === "InternalError") {
      shelf.cloud.tell(
        `s3: ${error instanceof Error ? error.name : "failure"} in ${exchange.requestId}`,
      );
    }
    await drain(request);
    if (!request.complete) response.shouldKeepAlive = false;
    refuse(response, refusal, { requestId: exchange.requestId, head });
  }
}

async function meet(shelf: Shelf, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const method = request.method ?? "GET";
  const target = readTarget(exchange.rawPath);
  const query = new URLSearchParams(exchange.rawQuery);
  if (method === "OPTIONS") return preflight(shelf, request, response, target);
  allowOrigin(shelf, exchange, target);
  const ask = askOf(exchange, query);
  if (isForm(request, target) && !query.has("delete"))
    return postForm(shelf, ask, exchange, target);

  const carried: Carried = {
    headers: request.headers,
    query,
    presigned: exchange.signed === "query",
  };
  const route = Route.find(method, target.on, query, (name) => header(carried, name));
  const input = readMembers(route, carried);
  if (target.on !== "service") input.Bucket = target.bucket;
  if (target.on === "object") input.Key = target.key;
  const payload = Payload.open(request, exchange.payload);
  await readBody(route, input, payload);
  checkOwner(shelf, input);
  const run: Action = actions[route.operation];
  const output = (await run(shelf, ask, input)) ?? {};
  await answer(response, route, output as Record<string, unknown>, method === "HEAD");
}

function readTarget(rawPath: string): Target {
  const [, bucket = "", rest] = /^\/+([^/]*)(?:\/(.*))?$/s.exec(rawPath) ?? [];
  if (bucket === "") return { on: "service", bucket: "", key: "" };
  const key = unescapePath(rest ?? "");
  return { on: key === "" ? "bucket" : "object", bucket: unescapePath(bucket), key };
}

async function readBody(
  route: Route.Route,
  input: Record<string, unknown>,
  payload: Payload.Payload,
): Promise<void> {
  const { body } = route;
  if (body === "stream") {
    input.Body = payload.bytes;
    input.ContentLength = payload.lengthBytes;
    input.ContentEncoding = withoutChunked(input.ContentEncoding);
    if (payload.trailing) {
      input.ChecksumAlgorithm = payload.trailing.algorithm;
      input.trailer = payload.trailing.value;
    }
    return;
  }
  const bytes = await Payload.text(payload);
  if (body === undefined) return;
  const whole = route.operation !== "CompleteMultipartUpload"; // there they speak of the object
  if (whole) checkDocument(route, input, bytes);
  const document = bytes.toString();
  if (body === "text") input.Policy = document;
  else if (document !== "" || !body.optional) {
    input[body.member] = read(document, body.root, body.shape);
  }
}

function withoutChunked(encoding: unknown): string | undefined {
  if (typeof encoding !== "string") return undefined;
  const kept = encoding
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "aws-chunked");
  return kept.length ? kept.join(",") : undefined;
}

/** A document is held against its checksums here; they are no business of the operation. */
function checkDocument(route: Route.Route, input: Record<string, unknown>, bytes: Buffer): void {
  let given = input.ContentMD5 !== undefined;
  if (given && createHash("md5").update(bytes).digest("base64") !== input.ContentMD5) {
    throw mismatch("Content-MD5");
  }
  for (const algorithm of algorithms) {
    const claimed = input[`Checksum${algorithm}`];
    if (claimed === undefined) continue;
    given = true;
    delete input[`Checksum${algorithm}`];
    const sum = running(algorithm);
    sum.update(bytes);
    if (sum.digest().toString("base64") !== claimed) throw mismatch(algorithm);
  }
  if (!given && route.operation === "DeleteObjects") {
    throw invalidRequest(
      "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
    );
  }
}

function askOf(exchange: Exchange, query: URLSearchParams): Ask {
  const { request, caller, requestId, signed } = exchange;
  const types = { header: "REST-HEADER", query: "REST-QUERY-STRING", none: undefined } as const;
  const authType = types[signed];
  const hash = request.headers["x-amz-content-sha256"] ?? query.get("X-Amz-Content-Sha256");
  return {
    caller,
    requestId,
    sourceIp: (request.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, ""),
    context: {
      ...(authType ? { "s3:authType": authType, "s3:signatureversion": "AWS4-HMAC-SHA256" } : {}),
      ...(hash ? { "s3:x-amz-content-sha256": String(hash) } : {}),
    },
  };
}

/** A browser may only show an answer to a page that the bucket's rules let see it. */
function allowOrigin(shelf: Shelf, { request, response }: Exchange, target: Target): void {
  const { origin } = request.headers;
  if (origin === undefined || target.on === "service") return;
  const rules = Setting.get(shelf, target.bucket, "cors")?.CORSRules ?? [];
  const headers = Cors.allow(rules, { origin, method: request.method ?? "GET", headers: [] });
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
}

/** Lets a client finish sending what was refused, so that it hears why; not without an end. */
async function drain(request: IncomingMessage): Promise<void> {
  let leftBytes = DRAIN_BYTES;
  try {
    if (request.complete && request.readableLength === 0) return;
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      leftBytes -= (chunk as Buffer).length;
      if (leftBytes < 0) return;
    }
  } catch {
    // It is gone, and so is its wish to know.
  }
}

const DRAIN_BYTES = 256 * 1024 ** 2;
