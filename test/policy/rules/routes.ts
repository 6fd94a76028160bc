import { table } from "../../../packages/functions/src/api/table/index.ts";
import { type Described, ROOT } from "../../../packages/functions/src/door/described.ts";
import { find, parseRouteKey } from "../../../packages/local/src/gateway/route.ts";
import type { Graph } from "../../../scripts/synth/graph.ts";

/** What the gateway does with a request, as the graph says. */
interface Way {
  key: ReturnType<typeof parseRouteKey>;
  authorization: string;
  scopes: number;
  fn: string;
}

function ways(graph: Graph): Way[] {
  const of = (type: string) =>
    graph.resources.filter((one) => one.type === `aws:apigatewayv2/${type}`);
  return of("route:Route").map(({ inputs }) => {
    const integration = of("integration:Integration").find(
      ({ id }) => inputs.target === `integrations/${id}`,
    );
    return {
      key: parseRouteKey(String(inputs.routeKey)),
      authorization: String(inputs.authorizationType),
      scopes: [inputs.authorizationScopes ?? []].flat().length,
      fn: String(integration?.inputs.integrationUri).split("-").at(-1) ?? "",
    };
  });
}

const example = (path: string): string => ROOT + path.replace(/\{\w+\}/g, "x");

/** Every route of the API is reached, by the function that serves it, past the right door. */
export function everyRouteIsReached(graph: Graph): string[] {
  const known = ways(graph);
  return table.flatMap((route) =>
    methodsOf(route).flatMap((method) => {
      const way = find(known, method, example(route.path))?.route;
      return way
        ? astray(route, way).map((why) => `${method} ${route.path} ${why}`)
        : [`${method} ${route.path} is not reached`];
    }),
  );
}

/** Who asks for a route's head must be let in as who asks for all of it. */
const methodsOf = ({ method, access }: Described): string[] =>
  method === "get" && access === "token" ? ["GET", "HEAD"] : [method.toUpperCase()];

function astray({ access, tag }: Described, { authorization, scopes, fn }: Way): string[] {
  const wanted = access === "token" ? "JWT" : "NONE";
  const by = tag === "Playback" ? "Playback" : "Api";
  return [
    ...(authorization === wanted ? [] : [`is let in by ${authorization}`]),
    ...(wanted === "JWT" && scopes === 0 ? ["takes ID tokens: it asks for no scope"] : []),
    ...(fn === by ? [] : [`leads to ${fn}`]),
  ];
}

/** A route of the gateway's own that the API does not have. */
export function noRouteIsForgotten(graph: Graph): string[] {
  const whole = ways(graph).filter(({ key }) => !key.text.endsWith("/{proxy+}"));
  return whole
    .filter(
      ({ key }) =>
        !table.some(({ method, path }) => key.text === `${method.toUpperCase()} ${ROOT}${path}`),
    )
    .map(({ key }) => `${key.text} is no route of the API`);
}
