import type * as z from "zod";
import { type ProblemCode, problems } from "../../packages/core/src/problem/index.ts";
import type { Described } from "../../packages/functions/src/door/described.ts";
import type { Json, Schemas } from "./schemas.ts";

/** One route as OpenAPI tells it. */
export function operation(route: Described, schemas: Schemas): Json {
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    security: SECURITY[route.access],
    ...parametersOf(route, schemas),
    ...bodyOf(route, schemas),
    responses: { ...answers(route, schemas), ...troubles(route) },
  };
}

/** Every problem that a route may answer: its own, and those of its door. */
export function codesOf(route: Described): ProblemCode[] {
  const takes = route.params || route.query || route.headers || route.body;
  const codes: ProblemCode[] = [
    ...(takes ? (["RequestInvalid"] as const) : []),
    ...(route.access === "token" ? (["SignInNeeded", "TokenInvalid", "Forbidden"] as const) : []),
    ...(route.body ? (["BodyTooLarge", "BodyTypeUnknown"] as const) : []),
    ...route.problems,
    "TooManyRequests",
    "Unexpected",
    "ServiceBusy",
  ];
  return [...new Set(codes)];
}

const SECURITY: Record<Described["access"], Json[]> = {
  token: [{ bearer: [] }],
  either: [{ bearer: [] }, {}],
  none: [],
};

function parametersOf(route: Described, schemas: Schemas): Json {
  const { params, query, headers } = route;
  const parameters = [
    ...parametersIn("path", params, schemas),
    ...parametersIn("query", query, schemas),
    ...parametersIn("header", headers, schemas),
    ...(route.answer.tagged ? [KNOWN] : []),
  ];
  return parameters.length > 0 ? { parameters } : {};
}

const KNOWN = {
  name: "if-none-match",
  in: "header",
  description: "The ETag that is known already: then there is no body.",
  schema: { type: "string" },
};

function parametersIn(place: string, shape: z.ZodObject | undefined, schemas: Schemas): Json[] {
  return Object.entries(shape?.shape ?? {}).map(([name, one]) => {
    const { description, ...schema } = schemas.of(one as z.ZodType, "input");
    return {
      name,
      in: place,
      ...(description ? { description } : {}),
      ...(place === "path" || !takesNothing(one as z.ZodType) ? { required: true } : {}),
      schema,
    };
  });
}

function bodyOf({ body }: Described, schemas: Schemas): Json {
  if (!body) return {};
  const schema = schemas.of(body, "input");
  const required = !body.safeParse({}).success;
  return { requestBody: { required, content: { "application/json": { schema } } } };
}

function takesNothing(shape: z.ZodType): boolean {
  return shape.safeParse(undefined).success;
}

function answers({ answer }: Described, schemas: Schemas): Json {
  const { status, says, shape, type = "application/json" } = answer;
  const headers = Object.entries(answer.headers ?? {}).map(([name, description]) => [
    name,
    { description, schema: { type: "string" } },
  ]);
  return {
    [status]: {
      description: says,
      ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
      ...(shape ? { content: { [type]: { schema: schemas.of(shape, "output") } } } : {}),
    },
    ...(answer.tagged ? { 304: { description: "It is as you know it." } } : {}),
  };
}

function troubles(route: Described): Json {
  return Object.fromEntries(
    groupsOf(route).map(({ status, name }) => [status, { $ref: `#/components/responses/${name}` }]),
  );
}

/** The answers that routes have in common, by name: one for each set of problems of a status. */
export function responsesOf(routes: readonly Described[]): Json {
  const groups = routes.flatMap(groupsOf).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(groups.map((group) => [group.name, response(group)]));
}

interface Group {
  status: number;
  name: string;
  codes: ProblemCode[];
}

function groupsOf(route: Described): Group[] {
  const byStatus = Map.groupBy(codesOf(route), (code) => problems[code].httpStatus);
  return [...byStatus].map(([status, found]) => {
    const codes = found.toSorted();
    return { status, codes, name: codes.join("Or") };
  });
}

/** Some the gateway finds by itself, and it has words of its own. */
function response({ status, codes }: Group): Json {
  return {
    description: codes.map((code) => `${code}: ${problems[code].help}`).join("\n"),
    ...(WAITING.has(status) ? { headers: { "retry-after": WAIT } } : {}),
    content: {
      "application/problem+json": {
        schema: { $ref: "#/components/schemas/Problem" },
        examples: Object.fromEntries(
          codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
        ),
      },
      ...(GATEWAY.has(status)
        ? { "application/json": { schema: { $ref: "#/components/schemas/GatewayMessage" } } }
        : {}),
    },
  };
}

const WAIT = { description: "Seconds to wait.", schema: { type: "integer" } };

const WAITING: ReadonlySet<number> = new Set([429, 503]);

/** What API Gateway may answer before a request comes to us. */
const GATEWAY: ReadonlySet<number> = new Set([401, 403, 413, 429, 500, 503]);
