import type { Graph } from "../../scripts/synth/graph.ts";
import { remove, set, the } from "./breaking.ts";
import { keep } from "./promises.ts";
import * as api from "./rules/api.ts";

const route = (graph: Graph, key: string) => {
  const found = graph.resources.find(({ inputs }) => inputs.routeKey === key);
  if (!found) throw new Error(`There is no route ${key}`);
  return found;
};

keep([
  {
    promise: "every route but three wants an access token",
    rule: api.everyRouteWantsAToken,
    broken: {
      "an open route": (graph) => {
        route(graph, "POST /api/{proxy+}").inputs.authorizationType = "NONE";
      },
      "an authorizer that is not there": (graph) => {
        route(graph, "GET /api/{proxy+}").inputs.authorizerId = "other";
      },
      "ID tokens": (graph) => {
        delete route(graph, "DELETE /api/{proxy+}").inputs.authorizationScopes;
      },
      "a fourth open route": (graph) => {
        route(graph, "POST /api/videos/{id}/grants").inputs.routeKey = "POST /api/videos";
      },
      "a route that takes preflights": (graph) => {
        route(graph, "PUT /api/{proxy+}").inputs.routeKey = "ANY /api/{proxy+}";
      },
      "a route outside": (graph) => {
        route(graph, "PUT /api/{proxy+}").inputs.routeKey = "PUT /{proxy+}";
      },
    },
  },
  {
    promise: "the API is throttled",
    rule: api.theApiIsThrottled,
    broken: {
      "not at all": (graph) => {
        delete the(graph, "GatewayStage").inputs.defaultRouteSettings;
      },
      "no burst": (graph) => {
        set(the(graph, "GatewayStage"), "defaultRouteSettings.throttlingBurstLimit", 0);
      },
    },
  },
  {
    promise: "the API is logged, without queries and tokens",
    rule: api.theApiIsLoggedWithoutSecrets,
    broken: {
      "not at all": (graph) => {
        delete the(graph, "GatewayStage").inputs.accessLogSettings;
      },
      "for ever": (graph) => {
        the(graph, "GatewayAccessLog").inputs.retentionInDays = 0;
      },
      "the query": (graph) => {
        const { inputs } = the(graph, "GatewayStage");
        set(
          the(graph, "GatewayStage"),
          "accessLogSettings.format",
          `${(inputs.accessLogSettings as { format: string }).format} $context.queryString`,
        );
      },
      "who somebody is": (graph) => {
        set(
          the(graph, "GatewayStage"),
          "accessLogSettings.format",
          "$context.status $context.routeKey $context.authorizer.claims.email",
        );
      },
    },
  },
  {
    promise: "the API is asked through the distribution, which keeps no answer",
    rule: api.theApiIsAskedThroughTheDistribution,
    broken: {
      "not at all": (graph) => {
        const { inputs } = the(graph, "CdnDistribution");
        (inputs.orderedCacheBehaviors as unknown[]).splice(0, 1);
      },
      "after the films": (graph) => {
        const { inputs } = the(graph, "CdnDistribution");
        (inputs.orderedCacheBehaviors as unknown[]).reverse();
      },
      "with the cache of segments": (graph) => {
        const distribution = the(graph, "CdnDistribution");
        set(distribution, "orderedCacheBehaviors.0.cachePolicyId", the(graph, "Segments").id);
      },
      "without its headers": (graph) => {
        const distribution = the(graph, "CdnDistribution");
        set(distribution, "orderedCacheBehaviors.0.originRequestPolicyId", undefined);
      },
      "in the clear": (graph) => {
        const distribution = the(graph, "CdnDistribution");
        set(distribution, "orderedCacheBehaviors.0.viewerProtocolPolicy", "allow-all");
      },
      "in the clear behind": (graph) => {
        const distribution = the(graph, "CdnDistribution");
        set(distribution, "origins.1.customOriginConfig.originProtocolPolicy", "match-viewer");
      },
      "reading only": (graph) => {
        const distribution = the(graph, "CdnDistribution");
        set(distribution, "orderedCacheBehaviors.0.allowedMethods", ["GET", "HEAD", "OPTIONS"]);
      },
      "at somebody else's": (graph) => {
        set(the(graph, "CdnDistribution"), "origins.1.domainName", "api.example.com");
      },
    },
  },
  {
    promise: "functions behind routes are called by our API alone",
    rule: api.functionsAreAskedByOurApi,
    broken: {
      "any API": (graph) => {
        for (const { type, inputs } of graph.resources) {
          if (type === "aws:lambda/permission:Permission") delete inputs.sourceArn;
        }
      },
      "no permission": (graph) => {
        remove(graph, "GatewayRouteGrantsPermissions");
        remove(graph, "GatewayRoutePlaylistsPermissions");
      },
    },
  },
]);
