import type {
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayProxyStructuredResultV2,
} from "aws-lambda";
import type { Hono } from "hono";

/** A request as the gateway brings it. Routes without an authorizer have no claims. */
export type Brought = Omit<APIGatewayProxyEventV2WithJWTAuthorizer, "requestContext"> & {
  requestContext: Omit<APIGatewayProxyEventV2WithJWTAuthorizer["requestContext"], "authorizer"> &
    Partial<Pick<APIGatewayProxyEventV2WithJWTAuthorizer["requestContext"], "authorizer">>;
};

/** What Hono passes on to a route: the request as it was brought. */
export interface Bindings {
  Bindings: { brought: Brought };
}

/** The door of an HTTP API: payload format 2.0 in, and out. */
export function gateway(app: Hono<Bindings>) {
  return async (brought: Brought): Promise<APIGatewayProxyStructuredResultV2> => {
    const { method } = brought.requestContext.http;
    // without its headers: routes read them as they were brought, and some are no `Headers` could hold
    const request = new Request(addressOf(brought), { method });
    const answer = await app.fetch(request, { brought });
    const cookies = answer.headers.getSetCookie();
    answer.headers.delete("set-cookie");
    return {
      statusCode: answer.status,
      headers: Object.fromEntries(answer.headers),
      ...(cookies.length > 0 ? { cookies } : {}),
      body: await answer.text(),
    };
  };
}

/** The gateway has decoded the path: a `?` or a `%` in it is a name's, and stays one. */
function addressOf({ rawPath, rawQueryString }: Brought): string {
  const path = rawPath.slice(1).split("/").map(segment).join("/");
  return `https://api.invalid/${path}?${rawQueryString}`;
}

/** Dots would lead elsewhere, and nothing would be overlooked: both stand for no name at all. */
function segment(text: string): string {
  return /^\.{0,2}$/.test(text) ? "%00" : encodeURIComponent(text.toWellFormed());
}
