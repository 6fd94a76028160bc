import type { IncomingMessage, ServerResponse } from "node:http";
import { Refusal } from "../../kernel/refusal.ts";
import * as Bucket from "../bucket.ts";
import * as Cors from "../cors.ts";
import * as Setting from "../setting.ts";
import type { Shelf } from "../shelf.ts";
import type { Target } from "./serve.ts";

/** Answers the question browsers ask before they send a request to another origin. */
export function preflight(
  shelf: Shelf,
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
): void {
  const { origin } = request.headers;
  const method = request.headers["access-control-request-method"];
  const wanted = request.headers["access-control-request-headers"] ?? "";
  if (origin === undefined) {
    throw new Refusal("BadRequest", "Insufficient information. Origin request header needed.");
  }
  if (method === undefined) {
    throw new Refusal("BadRequest", "Invalid Access-Control-Request-Method: null");
  }
  const bucket = target.on === "service" ? undefined : Bucket.find(shelf, target.bucket);
  const rules = bucket && Setting.get(shelf, bucket.name, "cors")?.CORSRules;
  const headers = Cors.allow(rules ?? [], {
    origin,
    method,
    headers: wanted
      .toLowerCase()
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean),
  });
  if (!headers) {
    throw Cors.forbidden(method, target.on === "object" ? "OBJECT" : "BUCKET", rules !== undefined);
  }
  response.writeHead(200, { ...headers, "Content-Length": 0 });
  response.end();
}
