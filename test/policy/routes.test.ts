import { remove, set, the } from "./breaking.ts";
import { keep } from "./promises.ts";
import { everyRouteIsReached, noRouteIsForgotten } from "./rules/routes.ts";

keep([
  {
    promise: "every route of the API is reached, past the door that it should have",
    rule: everyRouteIsReached,
    broken: {
      "a method that the gateway does not take": (graph) => remove(graph, "GatewayRoutePATCHRoute"),
      "a route that anybody may take": (graph) => {
        set(the(graph, "GatewayRouteGETRoute"), "authorizationType", "NONE");
      },
      "a route that ID tokens open": (graph) => {
        set(the(graph, "GatewayRoutePOSTRoute"), "authorizationScopes", []);
      },
      "grants for the signed in alone": (graph) => remove(graph, "GatewayRouteGrantsRoute"),
      "grants of the function that has no key": (graph) => {
        const { id } = the(graph, "GatewayRoutePOSTIntegration");
        set(the(graph, "GatewayRouteGrantsRoute"), "target", `integrations/${id}`);
      },
    },
  },
  {
    promise: "the gateway has no route of its own",
    rule: noRouteIsForgotten,
    broken: {
      "a route under another name": (graph) => {
        set(the(graph, "GatewayRouteGrantsRoute"), "routeKey", "POST /api/films/{id}/grants");
      },
    },
  },
]);
