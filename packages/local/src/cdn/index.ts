import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { guardOf } from "../front/guard.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import { compress } from "./compress.ts";
import { openControl } from "./control.ts";
import {
  type Behavior,
  type Bucket,
  choose,
  type Distribution,
  read,
  type ServerAt,
} from "./distribution.ts";
import { errorOf } from "./error.ts";
import { judge } from "./grant.ts";
import { allow, dress, type Headers } from "./headers.ts";
import { type Found, fetchObject } from "./origin.ts";
import type { Parts } from "./parts.ts";
import { fetchServer } from "./server.ts";
import { readViewer, type Viewer } from "./viewer.ts";

export type { Part, Parts } from "./parts.ts";

export interface Cdn {
  /** `http://127.0.0.1:4569` */
  origin: string;
  /**
   * Puts a distribution on the air, or its new form.
   *
   * @throws NotPretended naming what this edge does not do
   */
  define(parts: Parts): void;
  close(): Promise<void>;
}

export interface CdnOptions {
  /** 0 takes any free one */
  port: number;
  /** finds the servers of this machine that may stand behind the edge; none when absent */
  serverAt?: ServerAt;
}

/**
 * Opens the edge: one distribution, on loopback, in front of S3 and servers of this machine. It
 * keeps no copies: every answer is a miss, and what a viewer may not have is never read.
 */
export async function openCdn(cloud: Cloud, { port, serverAt }: CdnOptions): Promise<Cdn> {
  let distribution: Distribution | undefined;
  openControl(cloud, () => distribution);
  let guard = guardOf(port);
  const server = createServer((incoming, response) => {
    response.on("error", () => undefined); // the viewer went away
    void answer(incoming, response).catch((error: unknown) => {
      cloud.tell(`cdn: an answer was cut short (${error instanceof Error ? error.name : "error"})`);
      response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const viewer = readViewer(incoming);
    response.setHeader("via", "1.1 laptop.cloudfront.net (CloudFront)");
    response.setHeader("x-amz-cf-id", randomBytes(24).toString("base64url"));
    const host = incoming.headers.host;
    const known = guard.bucketOf(host) !== undefined || distribution?.aliases.includes(host ?? "");
    if (!distribution || !known || !viewer.rawPath.startsWith("/")) {
      return send(response, viewer, errorOf(blocked()));
    }
    const behavior = choose(distribution, viewer.rawPath);
    try {
      await serve(distribution, behavior, viewer, incoming, response);
    } catch (error) {
      if (!(error instanceof Refusal)) {
        cloud.tell(`cdn: InternalError (${error instanceof Error ? error.name : "error"})`);
      }
      if (response.headersSent) throw error;
      await stumble(distribution, behavior, viewer, error, response);
    }
  }

  async function serve(
    distribution: Distribution,
    behavior: Behavior,
    viewer: Viewer,
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (!behavior.methods.includes(viewer.method)) throw blocked(NOT_ALLOWED);
    const { origin } = behavior;
    const mayHaveBody = origin.kind === "server" && !["GET", "HEAD"].includes(viewer.method);
    if (viewer.method !== "OPTIONS" && !mayHaveBody && hasBody(incoming)) throw blocked();
    if (viewer.method === "OPTIONS") {
      const asked = preflight(viewer);
      // A browser asks without its cookies, and learns nothing but the policy of the distribution.
      const allowed = asked && allow(behavior.headers, asked);
      if (allowed) return send(response, viewer, { status: 200, headers: allowed, body: "" });
    }
    if (behavior.signers) judge(viewer, behavior.signers, cloud.now());
    const { rootObject } = distribution;
    const path = viewer.rawPath === "/" && rootObject ? `/${rootObject}` : viewer.rawPath;
    if (origin.kind === "server") {
      const found = await fetchServer(origin, behavior, path, incoming, response);
      const page = await pageFor(distribution, found.status, viewer);
      if (page) {
        found.body?.destroy();
        response.setHeader("x-cache", "Error from cloudfront");
        return deliver(page.found, behavior, viewer, response, page.status);
      }
      if (found.status >= 400) response.setHeader("x-cache", "Error from cloudfront");
      return deliver(found, behavior, viewer, response, found.status);
    }
    if (viewer.method === "OPTIONS") throw notShared(viewer);
    const found = await fetchObject(cloud, origin, path, callerOf(distribution, origin), viewer);
    await deliver(found, behavior, viewer, response, found.status);
  }

  /** An error, or the page that stands in for it. */
  async function stumble(
    distribution: Distribution,
    behavior: Behavior,
    viewer: Viewer,
    error: unknown,
    response: ServerResponse,
  ): Promise<void> {
    const said = errorOf(error);
    const page = await pageFor(distribution, said.status, viewer);
    if (page) {
      response.setHeader("x-cache", "Error from cloudfront");
      return deliver(page.found, behavior, viewer, response, page.status);
    }
    dress(said.headers, behavior.headers, viewer.headers.origin);
    send(response, viewer, said);
  }

  /** The page that stands in for a status, if there is one and it can be had. */
  async function pageFor(distribution: Distribution, status: number, viewer: Viewer) {
    const page = distribution.errorPages.get(status);
    const origin = page && choose(distribution, page.path).origin;
    if (!page || status === 304 || origin?.kind !== "bucket") return undefined;
    const asked = { method: viewer.method === "HEAD" ? "HEAD" : "GET", headers: {} };
    const caller = callerOf(distribution, origin);
    const found = await fetchObject(cloud, origin, page.path, caller, asked).catch(() => undefined);
    return found && { found, status: page.status };
  }

  function callerOf(distribution: Distribution, origin: Bucket) {
    if (!origin.signs) return cloud.iam.anonymous;
    return cloud.iam.service("cloudfront.amazonaws.com", {
      "aws:SourceArn": distribution.arn,
      "aws:SourceAccount": cloud.accountId,
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  guard = guardOf(bound);
  return {
    origin: `http://127.0.0.1:${bound}`,
    define(parts) {
      if (distribution && distribution.id !== parts.distribution.id) {
        throw new NotPretended({ service: "cdn", action: "a second distribution" });
      }
      distribution = read(parts, cloud.accountId, serverAt);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function deliver(
  found: Found,
  behavior: Behavior,
  viewer: Viewer,
  response: ServerResponse,
  status: number,
): Promise<void> {
  const { headers, body } = found;
  const smaller = compress(
    found,
    behavior.encodings,
    String(viewer.headers["accept-encoding"] ?? ""),
  );
  dress(headers, behavior.headers, viewer.headers.origin);
  if (!response.hasHeader("x-cache")) response.setHeader("x-cache", "Miss from cloudfront");
  if (found.cookies?.length) response.setHeader("set-cookie", found.cookies);
  response.writeHead(status, Object.fromEntries(headers));
  if (!body || viewer.method === "HEAD") {
    smaller?.destroy();
    body?.destroy();
    response.end();
    return;
  }
  try {
    await (smaller ? pipeline(body, smaller, response) : pipeline(body, response));
  } catch (error) {
    // A player that seeks drops what it no longer wants.
    if ((error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}

interface Plain {
  status: number;
  headers: Headers;
  body: string;
}

function send(response: ServerResponse, viewer: Viewer, { status, headers, body }: Plain): void {
  if (status !== 304) headers.set("content-length", String(Buffer.byteLength(body)));
  response.setHeader("x-cache", `${status < 400 ? "Miss" : "Error"} from cloudfront`);
  response.writeHead(status, Object.fromEntries(headers));
  response.end(viewer.method === "HEAD" ? undefined : body);
}

function preflight({ headers }: Viewer): { origin: string; method: string } | undefined {
  const method = headers["access-control-request-method"];
  return headers.origin !== undefined && method !== undefined
    ? { origin: headers.origin, method }
    : undefined;
}

/** What S3 says to an OPTIONS that no rule allows. */
function notShared(viewer: Viewer): Refusal {
  return preflight(viewer)
    ? new Refusal("AccessForbidden", "CORSResponse: This CORS request is not allowed.", {
        httpStatus: 403,
      })
    : new Refusal("BadRequest", "Insufficient information. Origin request header needed.");
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function blocked(message = "The request could not be satisfied."): Refusal {
  return new Refusal("RequestBlocked", message, { httpStatus: 403 });
}

const NOT_ALLOWED =
  "This distribution is not configured to allow the HTTP request method that was used for this request.";
