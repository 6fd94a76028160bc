import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { discard } from "../front/body.ts";
import { ONE_HOP } from "../kernel/hop.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Behavior, Server } from "./distribution.ts";
import type { Found } from "./origin.ts";
import { signingNames } from "./viewer.ts";

/**
 * Hands a request on to the server behind a behaviour, body and all, and gives back its answer as
 * soon as it begins.
 *
 * @param rawPath still encoded
 * @throws Refusal 502 when nobody answers there, 504 when nobody does in time
 */
export function fetchServer(
  origin: Server,
  behavior: Behavior,
  rawPath: string,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<Found> {
  const { hostname, port } = new URL(origin.address);
  const hasBody = bodyOf(incoming);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({
      hostname,
      port,
      method: incoming.method,
      path: `${origin.path}${rawPath}${queryOf(behavior, incoming)}`,
      headers: headersOf(origin, behavior, incoming, response),
      timeout: origin.waitMs,
    });
    const gone = () => sent.destroy();
    response.once("close", gone);
    sent.on("timeout", () => sent.destroy(failed(504, "did not answer in time")));
    sent.on("error", (error) => {
      response.off("close", gone);
      reject(error instanceof Refusal ? error : failed(502, "could not be reached"));
    });
    sent.on("response", (answer) => {
      answer.on("error", () => undefined); // whoever reads it hears of it
      resolve(foundOf(answer));
    });
    if (!hasBody) return sent.end();
    sent.on("close", () => {
      // what nobody takes any more must still be read, so that the viewer hears the answer
      incoming.unpipe(sent);
      if (!incoming.complete) discard(incoming);
    });
    return incoming.pipe(sent);
  });
}

function foundOf(answer: IncomingMessage): Found {
  const found: Found = {
    status: answer.statusCode ?? 502,
    headers: new Map(),
    sizeBytes: Number(answer.headers["content-length"] ?? 0),
    body: answer,
    cookies: answer.headers["set-cookie"] ?? [],
  };
  for (const [name, value] of Object.entries(answer.headersDistinct)) {
    if (!DROPPED.has(name) && name !== "set-cookie" && value) {
      found.headers.set(name, value.join(", "));
    }
  }
  return found;
}

function headersOf(
  { address, headers: own }: Server,
  { forward }: Behavior,
  incoming: IncomingMessage,
  response: ServerResponse,
): Record<string, string | string[]> {
  const { method = "GET", headersDistinct: given } = incoming;
  const writes = !["GET", "HEAD", "OPTIONS"].includes(method);
  const kept: Record<string, string | string[]> = { "user-agent": "Amazon CloudFront" };
  for (const [name, values] of Object.entries(given)) {
    const always = ALWAYS.has(name) || (name === "authorization" && writes);
    if (!values || name === "cookie" || DROPPED.has(name)) continue;
    if (always || forward.header(name))
      kept[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  const cookies = (incoming.headers.cookie?.split(";") ?? [])
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "" && forward.cookie(pair.split("=", 1)[0] ?? ""));
  if (cookies.length > 0) kept.cookie = cookies.join("; ");
  const ip = incoming.socket.remoteAddress?.replace(/^::ffff:/, "") ?? "";
  const before = incoming.headers["x-forwarded-for"];
  return {
    ...kept,
    ...own,
    host: forward.header("host") ? (incoming.headers.host ?? "") : new URL(address).host,
    via: [...(given.via ?? []), `${incoming.httpVersion} laptop.cloudfront.net (CloudFront)`],
    "x-amz-cf-id": String(response.getHeader("x-amz-cf-id") ?? ""),
    "x-forwarded-for": before ? `${String(before)}, ${ip}` : ip,
    ...(incoming.headers["transfer-encoding"] ? { "transfer-encoding": "chunked" } : {}),
  };
}

/** The parameters that sign are the edge's own where it asks for a signature. */
function queryOf({ forward, signers }: Behavior, incoming: IncomingMessage): string {
  const [, ...query] = (incoming.url ?? "").split("?");
  const kept = query
    .join("?")
    .split("&")
    .filter((pair) => {
      const name = pair.split("=", 1)[0] ?? "";
      const isOurs = signers !== undefined && (signingNames as readonly string[]).includes(name);
      return pair !== "" && !isOurs && forward.parameter(decoded(name));
    });
  return kept.length > 0 ? `?${kept.join("&")}` : "";
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const bodyOf = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

const failed = (httpStatus: number, what: string): Refusal =>
  new Refusal(httpStatus === 504 ? "OriginTimeout" : "OriginError", `The origin ${what}.`, {
    httpStatus,
  });

/** Headers that CloudFront hands on whatever the policies say. */
const ALWAYS = new Set([
  "content-length",
  "content-type",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "range",
]);

/** The edge writes a `via` of its own. */
const DROPPED: ReadonlySet<string> = new Set([...ONE_HOP, "via"]);
