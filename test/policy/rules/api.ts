import { fieldOf, ofType, type Rule } from "../policies.ts";

const ROUTE = "aws:apigatewayv2/route:Route";
const API = "aws:apigatewayv2/api:Api";

/**
 * A public film is anybody's, a playlist is asked for with a grant, and who is not signed in must
 * learn where to. Nothing else is open.
 */
const OPEN = new Set([
  "GET /api/sign-in",
  "POST /api/videos/{id}/grants",
  "GET /api/videos/{id}/attempts/{attempt}/playlists/{name}",
]);

/** An access token with a scope: an ID token has none, and would pass without this. */
export const everyRouteWantsAToken: Rule = (graph) =>
  ofType(graph, ROUTE).flatMap(({ name, inputs }) => {
    const key = fieldOf(inputs, "routeKey", "");
    const authorizer = ofType(graph, "aws:apigatewayv2/authorizer:Authorizer").find(
      ({ id }) => id === inputs.authorizerId,
    );
    return [
      ...(/^[A-Z]+ \/api\//.test(key) ? [] : [`${name} lies outside of /api`]),
      // a browser asks with OPTIONS and without a token
      ...(/^(ANY|OPTIONS) /.test(key) ? [`${name} takes the question of a browser`] : []),
      ...(OPEN.has(key) || (inputs.authorizationType === "JWT" && authorizer)
        ? []
        : [`${name} answers ${key} to anybody`]),
      ...(OPEN.has(key) || fieldOf<string[]>(inputs, "authorizationScopes", []).length > 0
        ? []
        : [`${name} answers ${key} to ID tokens`]),
    ];
  });

export const theApiIsThrottled: Rule = (graph) =>
  ofType(graph, "aws:apigatewayv2/stage:Stage").flatMap(({ name, inputs }) =>
    ["throttlingRateLimit", "throttlingBurstLimit"]
      .filter((limit) => !(fieldOf(inputs, `defaultRouteSettings.${limit}`, 0) > 0))
      .map((limit) => `${name} has no ${limit}`),
  );

/** Queries carry grants, headers carry tokens. */
export const theApiIsLoggedWithoutSecrets: Rule = (graph) =>
  ofType(graph, "aws:apigatewayv2/stage:Stage").flatMap(({ name, inputs }) => {
    const format = fieldOf(inputs, "accessLogSettings.format", "");
    const destination = fieldOf(inputs, "accessLogSettings.destinationArn", "");
    const logs = ofType(graph, "aws:cloudwatch/logGroup:LogGroup").find(
      ({ arn }) => arn === destination,
    );
    const said = [...format.matchAll(/\$context\.([\w.:]+)/g)].map(([, variable = ""]) => variable);
    return [
      ...(said.includes("status") && said.includes("routeKey") ? [] : [`${name} logs too little`]),
      ...said
        .filter((variable) => /query|header|cookie|claims\.(?!sub$)/i.test(variable))
        .map((variable) => `${name} logs ${variable}`),
      ...(fieldOf(logs?.inputs, "retentionInDays", 0) > 0
        ? []
        : [`the log of ${name} is kept for ever`]),
    ];
  });

/** What people ask of the API goes there as it is, and no answer is kept for somebody else. */
export const theApiIsAskedThroughTheDistribution: Rule = (graph) =>
  ofType(graph, "aws:cloudfront/distribution:Distribution").flatMap(({ name, inputs }) => {
    const behaviors = fieldOf<Behavior[]>(inputs, "orderedCacheBehaviors", []);
    const first = behaviors.findIndex(({ pathPattern }) => pathPattern === "/api/*");
    const behavior = behaviors[first];
    if (first !== 0 || !behavior) return [`${name} does not look for /api first`];
    const origin = fieldOf<Origin[]>(inputs, "origins", []).find(
      ({ originId }) => originId === behavior.targetOriginId,
    );
    const isOurs = ofType(graph, API).some(({ id }) => origin?.domainName.startsWith(`${id}.`));
    return [
      ...(isOurs ? [] : [`${name} sends /api elsewhere`]),
      ...(origin?.customOriginConfig?.originProtocolPolicy === "https-only"
        ? []
        : [`${name} asks the API in the clear`]),
      ...(behavior.viewerProtocolPolicy === "https-only"
        ? []
        : [`${name} is asked for the API in the clear`]),
      ...(behavior.cachePolicyId === CACHING_DISABLED ? [] : [`${name} keeps answers of the API`]),
      ...(behavior.originRequestPolicyId === ALL_BUT_HOST
        ? []
        : [`${name} keeps tokens from the API`]),
      ...["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        .filter((method) => !behavior.allowedMethods.includes(method))
        .map((method) => `${name} lets no ${method} through`),
    ];
  });

/** Source: CloudFront, managed policies. */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/** Functions behind routes are invoked by our API, and by no other that learns their names. */
export const functionsAreAskedByOurApi: Rule = (graph) =>
  ofType(graph, "aws:apigatewayv2/integration:Integration").flatMap(({ name, inputs }) => {
    const permissions = ofType(graph, "aws:lambda/permission:Permission").filter(
      (permission) => permission.inputs.function === inputs.integrationUri,
    );
    const ours = `arn:aws:execute-api:${graph.region}:${graph.accountId}:${inputs.apiId}/`;
    return [
      ...(permissions.length > 0 ? [] : [`${name} may not call its function`]),
      ...permissions
        .filter((permission) => !fieldOf(permission.inputs, "sourceArn", "").startsWith(ours))
        .map((permission) => `${permission.name} lets any API call ${inputs.integrationUri}`),
    ];
  });

interface Behavior {
  pathPattern: string;
  targetOriginId: string;
  viewerProtocolPolicy?: string;
  cachePolicyId?: string;
  originRequestPolicyId?: string;
  allowedMethods: string[];
}

interface Origin {
  originId: string;
  domainName: string;
  customOriginConfig?: { originProtocolPolicy?: string };
}
