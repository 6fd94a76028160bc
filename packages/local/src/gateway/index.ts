import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { discard } from "../front/body.ts";
import { guardOf } from "../front/guard.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended } from "../kernel/refusal.ts";
import { openLogs } from "../lambda/log.ts";
import { lineOf, type Trail } from "./access-log.ts";
import { type Api, read } from "./api.ts";
import { eventOf } from "./event.ts";
import { invoke } from "./integration.ts";
import { type Issuer, openIssuer } from "./issuer.ts";
import type { ApiParts } from "./parts.ts";
import { isProblem, problem } from "./problem.ts";
import { type Reply, replyOf, sendReply } from "./reply.ts";
import { readBody, readRequest, stageOf } from "./request.ts";
import { find } from "./route.ts";

export type { ApiParts, Part } from "./parts.ts";

export interface Gateway {
  /** `http://127.0.0.1:4567` */
  origin: string;
  /**
   * Puts an API on the air, or its new form.
   *
   * @throws NotPretended naming what this gateway does not do
   * @throws Error when API Gateway would not take it
   */
  define(parts: ApiParts): void;
  /** Whether a domain name is this gateway's: its address, or the API's at execute-api. */
  knows(domainName: string): boolean;
  close(): Promise<void>;
}

/**
 * Opens the gateway: one HTTP API, on loopback, in front of functions.
 *
 * @param port 0 takes any free one
 */
export async function openGateway(cloud: Cloud, { port }: { port: number }): Promise<Gateway> {
  let api: Api | undefined;
  let guard = guardOf(port);
  const logs = openLogs(cloud.folder("gateway"));
  const issuers = new Map<string, Issuer>();
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (incoming, response) => {
    response.on("error", () => undefined); // the caller went away
    void serve(incoming, response).catch((error: unknown) => {
      cloud.tell(`apigateway: an answer was cut short (${nameOf(error)})`);
      response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const beganMs = performance.now();
    const trail: Partial<Trail> = {};
    let reply: Reply;
    try {
      reply = await answer(incoming, trail);
    } catch (error) {
      trail.error = error;
      const isGone = incoming.destroyed && !incoming.complete;
      if (!isProblem(error) && !isGone) cloud.tell(`apigateway: InternalError (${nameOf(error)})`);
      reply = replyOf(error);
      api?.cors?.dress(reply.headers, incoming.headers.origin);
    }
    if (trail.request) reply.headers.set("apigw-requestid", trail.request.id);
    if (!incoming.complete) discard(incoming);
    sendReply(response, reply);
    note(trail, reply, Math.round(performance.now() - beganMs));
  }

  async function answer(incoming: IncomingMessage, trail: Partial<Trail>): Promise<Reply> {
    const { host, origin } = incoming.headers;
    if (guard.bucketOf(host) !== "") throw problem("Forbidden", { why: "the Host is not ours" });
    const request = readRequest(incoming, cloud.now());
    trail.request = request;
    const found = api && stageOf(api.stages, request.path);
    if (!api || !found) throw problem("NotFound");
    const { stage } = found;
    trail.stage = stage.name;
    const match = find(api.routes, request.method, found.path);
    const asks = request.method === "OPTIONS" && request.headers["access-control-request-method"];
    // A route that takes OPTIONS takes the question of a browser, too: `ANY` and `$default` do.
    if (api.cors && origin !== undefined && asks && !match) {
      return { ...NOTHING, headers: api.cors.preflight(origin) };
    }
    if (!guard.isNear(origin) && !(origin && api.cors?.allows(origin))) {
      throw problem("Forbidden", { why: "a page of an origin that the API does not allow" });
    }
    if (!match) throw problem("NotFound");
    const { route, pathParameters } = match;
    const { key, authorizer, scopes } = route;
    trail.routeKey = key.text;
    if (!stage.throttle(key.text, request.atMs)) throw problem("TooMany");
    const verdict = await authorizer?.judge(request, scopes, request.atMs);
    if (verdict) trail.claims = verdict.claims;
    const event = eventOf(request, {
      accountId: cloud.accountId,
      apiId: api.id,
      stage: stage.name,
      routeKey: key.text,
      pathParameters,
      stageVariables: stage.variables,
      verdict,
      body: await readBody(incoming),
      port: portOf(),
    });
    const what = key.path === undefined ? key.text : `${request.method}${key.path}`;
    const sourceArn = `${api.arn}/${stage.name}/${what}`;
    const reply = await invoke(cloud, { route, sourceArn, event }, (integration) => {
      trail.integration = integration;
    });
    api.cors?.dress(reply.headers, origin);
    return reply;
  }

  function note(trail: Partial<Trail>, reply: Reply, latencyMs: number): void {
    const { request, stage } = trail;
    const format = stage === undefined ? undefined : api?.stages.get(stage)?.logFormat;
    if (!api || !request || stage === undefined || !format) return;
    const { id: apiId } = api;
    const { accountId } = cloud;
    const sizeBytes = reply.body.length;
    const { status } = reply;
    const whole = { ...trail, apiId, accountId, request, stage, status, sizeBytes, latencyMs };
    logs.write(`${apiId}-${stage}`.replace(/[^\w.-]/g, ""), lineOf(format, whole));
  }

  const portOf = () => (server.address() as AddressInfo).port;

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  guard = guardOf(portOf());
  const origin = `http://127.0.0.1:${portOf()}`;
  return {
    origin,
    define(parts) {
      if (api && api.id !== parts.api.id) {
        throw new NotPretended({ service: "apigateway", action: "a second HTTP API" });
      }
      api = read(parts, cloud, (url) => {
        const issuer = issuers.get(url) ?? openIssuer(url, cloud.now);
        issuers.set(url, issuer);
        return issuer;
      });
    },
    knows(domainName) {
      const bare = domainName.replace(/^https?:\/\//, "");
      if (bare === new URL(origin).host) return true;
      return bare === `${api?.id}.execute-api.${cloud.region}.amazonaws.com`;
    },
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await logs.end();
    },
  };
}

const NOTHING = { status: 204, cookies: [], body: Buffer.alloc(0) };

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
