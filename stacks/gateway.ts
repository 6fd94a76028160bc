import { accounts } from "./accounts.ts";
import { guests } from "./origins.ts";
import { named, production } from "./stage.ts";

/**
 * The HTTP API. Viewers reach it through the distribution, so that it, the console and the films
 * share an origin; its own address is for the distribution.
 */
export const gateway = new sst.aws.ApiGatewayV2("Gateway", {
  // pages of our own origin need no leave, and without guests nobody else gets any
  cors: guests.length > 0 && {
    allowOrigins: guests,
    allowMethods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: ["authorization", "content-type", "idempotency-key", "if-match", "if-none-match"],
    exposeHeaders: ["etag", "location", "retry-after"],
    allowCredentials: true,
    maxAge: "1 hour",
  },
  accessLog: { retention: production ? "3 months" : "2 weeks" },
  transform: {
    api: (args) => {
      args.name = named("Gateway");
    },
    stage: (args) => {
      args.defaultRouteSettings = {
        throttlingRateLimit: 500,
        throttlingBurstLimit: 1000,
        detailedMetricsEnabled: true,
      };
      args.accessLogSettings = $output(args.accessLogSettings).apply((settings) => ({
        destinationArn: settings?.destinationArn ?? "",
        // never a query: the grant of a playlist is one
        format: JSON.stringify({
          time: "$context.requestTime",
          requestId: "$context.requestId",
          method: "$context.httpMethod",
          path: "$context.path",
          route: "$context.routeKey",
          status: "$context.status",
          latencyMs: "$context.responseLatency",
          bytes: "$context.responseLength",
          ip: "$context.identity.sourceIp",
          user: "$context.authorizer.claims.sub",
          refused: "$context.authorizer.error",
          failed: "$context.integrationErrorMessage",
        }),
      }));
    },
  },
});

const people = gateway.addAuthorizer({
  name: "People",
  jwt: { issuer: accounts.issuer, audiences: accounts.audiences },
});

/** Only for who brings an access token of our accounts. */
export const signedIn = { auth: { jwt: { authorizer: people.id, scopes: accounts.scopes } } };
