import type { RestRoute } from "../kernel/service.ts";

/** Which operation a request means. */
export function route(method: string, path: string, query: URLSearchParams): RestRoute | undefined {
  for (const [verb, shape, operation, more] of ROUTES) {
    const found = verb === method ? shape.exec(path) : null;
    if (!found) continue;
    const params: Record<string, string> = {};
    for (const [name, value] of Object.entries(found.groups ?? {})) {
      params[name] = decodeURIComponent(value);
    }
    for (const name of ["FunctionName", "EventSourceArn", "Qualifier"]) {
      const value = query.get(name);
      if (value !== null) params[name] = value;
    }
    const { Qualifier, ...rest } = params;
    if (Qualifier && rest.FunctionName) rest.FunctionName += `:${Qualifier}`;
    return { operation, params: rest, ...more };
  }
  return undefined;
}

type Route = [string, RegExp, string, Partial<Pick<RestRoute, "status" | "payload">>];

const NAME = "(?<FunctionName>[^/]+)";
const MAPPINGS = "^/2015-03-31/event-source-mappings";

const ROUTES: Route[] = [
  ["POST", named("/invocations"), "Invoke", { payload: "Payload" }],
  ["GET", named("/configuration"), "GetFunctionConfiguration", {}],
  ["PUT", named("/configuration"), "UpdateFunctionConfiguration", {}],
  ["PUT", named("/code"), "UpdateFunctionCode", {}],
  ["GET", named("/policy"), "GetPolicy", {}],
  ["POST", named("/policy"), "AddPermission", { status: 201 }],
  ["DELETE", named("/policy/(?<StatementId>[^/]+)"), "RemovePermission", { status: 204 }],
  ["POST", named("/versions"), "PublishVersion", { status: 201 }],
  ["GET", named("/versions"), "ListVersionsByFunction", {}],
  ["POST", named("/aliases"), "CreateAlias", { status: 201 }],
  ["GET", named("/aliases"), "ListAliases", {}],
  ["GET", named(""), "GetFunction", {}],
  ["DELETE", named(""), "DeleteFunction", { status: 204 }],
  ["GET", /^\/2015-03-31\/functions\/?$/, "ListFunctions", {}],
  ["POST", /^\/2015-03-31\/functions\/?$/, "CreateFunction", { status: 201 }],
  ["GET", new RegExp(`${MAPPINGS}/?$`), "ListEventSourceMappings", {}],
  ["POST", new RegExp(`${MAPPINGS}/?$`), "CreateEventSourceMapping", { status: 202 }],
  ["GET", new RegExp(`${MAPPINGS}/(?<UUID>[^/]+)$`), "GetEventSourceMapping", {}],
  ["PUT", new RegExp(`${MAPPINGS}/(?<UUID>[^/]+)$`), "UpdateEventSourceMapping", { status: 202 }],
  [
    "DELETE",
    new RegExp(`${MAPPINGS}/(?<UUID>[^/]+)$`),
    "DeleteEventSourceMapping",
    { status: 202 },
  ],
];

function named(rest: string): RegExp {
  return new RegExp(`^/2015-03-31/functions/${NAME}${rest}/?$`);
}
