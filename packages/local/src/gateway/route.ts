import { NotPretended } from "../kernel/refusal.ts";

/** `GET /films/{id}` or `$default`, taken apart. */
export interface RouteKey {
  text: string;
  /** `ANY` takes every method; undefined for `$default`, which takes everything */
  method: string | undefined;
  /** as written, variables and all; undefined for `$default` */
  path: string | undefined;
  segments: readonly Segment[];
}

export type Segment =
  | { kind: "text"; text: string }
  /** one segment, whatever it says */
  | { kind: "name"; name: string }
  /** all that is left, at least one segment */
  | { kind: "rest"; name: string };

export interface Match<Route extends { key: RouteKey }> {
  route: Route;
  pathParameters: Record<string, string>;
}

/**
 * @throws Error when API Gateway would not take the key
 * @throws NotPretended for the keys of WebSocket APIs
 */
export function parseRouteKey(text: string): RouteKey {
  if (text === DEFAULT) return { text, method: undefined, path: undefined, segments: [] };
  if (text.startsWith("$")) {
    throw new NotPretended({ service: "apigateway", action: `the route ${text} (WebSocket APIs)` });
  }
  const [, method, path] = /^([A-Z]+) (\/.*)$/.exec(text) ?? [];
  if (!method || !path || !METHODS.has(method)) throw new Error(`${text} is no route key`);
  if (path !== "/" && path.endsWith("/")) throw new Error(`${text} ends in a slash`);
  const segments = path.slice(1).split("/").map(parseSegment);
  const rest = segments.findIndex((segment) => segment.kind === "rest");
  if (rest >= 0 && rest < segments.length - 1) {
    throw new Error(`${text}: a greedy variable stands last`);
  }
  const names = segments.flatMap((segment) => (segment.kind === "text" ? [] : [segment.name]));
  if (new Set(names).size < names.length) throw new Error(`${text} names a variable twice`);
  return { text, method, path, segments };
}

/**
 * The route for a request: a whole path before a greedy one, text before a variable from left to
 * right, the method itself before `ANY`, and `$default` when nothing else takes it.
 *
 * @param path decoded
 */
export function find<Route extends { key: RouteKey }>(
  routes: readonly Route[],
  method: string,
  path: string,
): Match<Route> | undefined {
  const asked = path.slice(1).split("/");
  let best: { match: Match<Route>; rank: string } | undefined;
  for (const route of routes) {
    const { key } = route;
    if (key.method !== undefined && key.method !== "ANY" && key.method !== method) continue;
    const pathParameters = key.method === undefined ? {} : fit(key.segments, asked);
    if (!pathParameters) continue;
    const rank = rankOf(key, method);
    if (!best || rank < best.rank) best = { match: { route, pathParameters }, rank };
  }
  return best?.match;
}

function fit(
  segments: readonly Segment[],
  asked: readonly string[],
): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const said = asked[index];
    if (said === undefined) return undefined;
    if (segment.kind === "text") {
      if (said !== segment.text) return undefined;
    } else if (segment.kind === "rest") {
      const rest = asked.slice(index).join("/");
      if (rest === "") return undefined;
      found[segment.name] = rest;
      return found;
    } else {
      if (said === "") return undefined;
      found[segment.name] = said;
    }
  }
  return segments.length === asked.length ? found : undefined;
}

/** Texts that sort as routes are tried. */
function rankOf({ method, segments }: RouteKey, asked: string): string {
  if (method === undefined) return "3";
  const greedy = segments.at(-1)?.kind === "rest" ? "2" : "1";
  const shape = segments.map(({ kind }) => (kind === "text" ? "1" : kind === "name" ? "2" : "3"));
  return `${greedy}${shape.join("")}4${method === asked ? "1" : "2"}`;
}

function parseSegment(text: string): Segment {
  const [, name, greedy] = /^\{([A-Za-z0-9._:-]+)(\+?)\}$/.exec(text) ?? [];
  if (name) return { kind: greedy ? "rest" : "name", name };
  if (/[{}]/.test(text)) throw new Error(`${text} is no path segment: a variable is a whole one`);
  return { kind: "text", text };
}

export const DEFAULT = "$default";

const METHODS = new Set(["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);
