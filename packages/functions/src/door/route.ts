import { createHash } from "node:crypto";
import type * as Actor from "@rushes/core/actor";
import { Problem, toProblem } from "@rushes/core/problem";
import { Hono } from "hono/tiny";
import { actorOf } from "./claims.ts";
import { type Described, Reply, ROOT, type Served } from "./described.ts";
import type { Bindings, Brought } from "./gateway.ts";
import { observed } from "./observe.ts";
import { answerTo, patienceS } from "./problem.ts";
import { readRequest } from "./request.ts";

/** Finds out who sent a request whose token the gateway did not check. */
type Recognise = (authorization: string | undefined) => Promise<Actor.Actor | undefined>;

/**
 * Routes with what answers them. Everything that comes in is read here, everything that goes wrong
 * is told here, and nothing else is logged of a request than which it was.
 *
 * @param recognise for routes that do not need a token; without it they know nobody
 */
export function app(all: readonly Served[], recognise?: Recognise): Hono<Bindings> {
  const hono = new Hono<Bindings>();
  for (const [path, served] of Map.groupBy(all, ({ route }) => route.path)) {
    hono.all(ROOT + path.replaceAll(/\{(\w+)\}/g, ":$1"), (context) => {
      const { brought } = context.env;
      const { method } = brought.requestContext.http;
      const asked = method === "HEAD" ? "GET" : method;
      const found = served.find(({ route }) => route.method.toUpperCase() === asked);
      if (!found) return refused(new Problem("MethodNotAllowed"), brought, allowed(served));
      return answered(found, brought, context.req.param(), recognise);
    });
  }
  hono.notFound((context) => refused(new Problem("RouteUnknown"), context.env.brought));
  hono.onError((error, context) => refused(toProblem(error), context.env.brought));
  return hono;
}

async function answered(
  { route, run }: Served,
  brought: Brought,
  said: Record<string, string>,
  recognise: Recognise | undefined,
): Promise<Response> {
  const about = {
    request: requestIdOf(brought),
    route: `${route.method.toUpperCase()} ${route.path}`,
  };
  try {
    return await observed({ ...about, videoId: filmOf(route, said) }, async () => {
      const actor = await actorFor(route, brought, recognise);
      const parts = readRequest(route, brought, said);
      const given = await run({ actor, ...parts } as Parameters<Served["run"]>[0]);
      return spoken(route, given, brought);
    });
  } catch (error) {
    return refused(toProblem(error), brought);
  }
}

/** The film a path is about, when it can be one: what else stands there is not for the log. */
function filmOf({ path }: Described, { id }: Record<string, string>): string | undefined {
  return path.startsWith("/videos/{id}") && id && /^vid_\w{26}$/.test(id) ? id : undefined;
}

async function actorFor(
  { access }: Described,
  { requestContext, headers }: Brought,
  recognise: Recognise | undefined,
): Promise<Actor.Actor | undefined> {
  switch (access) {
    case "token": {
      const claims = requestContext.authorizer?.jwt.claims;
      if (!claims) throw new Problem("SignInNeeded");
      return actorOf(claims);
    }
    case "either":
      return recognise?.(headers.authorization);
    case "none":
      return undefined;
  }
}

function spoken({ answer }: Described, given: unknown, brought: Brought): Response {
  const { body, around } = given instanceof Reply ? given : new Reply(given, {});
  const headers = new Headers({ "x-content-type-options": "nosniff", ...around.headers });
  for (const cookie of around.cookies ?? []) headers.append("set-cookie", cookie);
  if (around.location) headers.set("location", ROOT + around.location);
  if (!headers.has("cache-control")) {
    headers.set("cache-control", answer.tagged ? "private, no-cache" : "no-store");
  }
  if (!answer.shape) return new Response(null, { status: answer.status, headers });
  const type = answer.type ?? "application/json";
  const text = type === "application/json" ? JSON.stringify(body) : String(body);
  const etag = around.etag ?? (answer.tagged ? digest(text) : undefined);
  if (etag) headers.set("etag", etag);
  if (etag && answer.tagged && isKnown(brought.headers["if-none-match"], etag)) {
    return new Response(null, { status: 304, headers });
  }
  if (!headers.has("content-type")) headers.set("content-type", type);
  return new Response(text, { status: answer.status, headers });
}

function digest(text: string): string {
  return `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
}

/** Whether the caller has it already. A `W/` is the distribution's, which had compressed it. */
function isKnown(said: string | undefined, etag: string): boolean {
  if (said === undefined) return false;
  const known = said.split(",").map((one) => one.trim().replace(/^W\//, ""));
  return known.includes(etag) || known.includes("*");
}

function refused(problem: Problem, brought: Brought, more: Record<string, string> = {}): Response {
  const body = answerTo(problem, requestIdOf(brought));
  const wait = patienceS(problem);
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...(wait === undefined ? {} : { "retry-after": String(wait) }),
      ...(body.status === 401 ? { "www-authenticate": "Bearer" } : {}),
      ...more,
    },
  });
}

function allowed(served: readonly Served[]): { allow: string } {
  const methods = served.map(({ route }) => route.method.toUpperCase());
  return {
    allow: [...methods, ...(methods.includes("GET") ? ["HEAD"] : [])].toSorted().join(", "),
  };
}

const requestIdOf = ({ requestContext }: Brought): string => requestContext.requestId;
