import type { ProblemCode } from "../../packages/core/src/problem/index.ts";
import { table } from "../../packages/functions/src/api/table/index.ts";
import { type Described, ROOT } from "../../packages/functions/src/door/described.ts";
import { bodyOf, Problem } from "../../packages/functions/src/door/problem.ts";
import { codesOf, operation, responsesOf } from "./operation.ts";
import { type Json, Schemas } from "./schemas.ts";

/** The API's description: OpenAPI 3.1, made from the table of routes. */
export function document(): Json {
  const schemas = new Schemas();
  const paths: Record<string, Json> = {};
  for (const route of table.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route, schemas) };
  }
  const codes = [...new Set([...table.flatMap(codesOf), ...ASTRAY])].toSorted();
  return {
    openapi: "3.1.0",
    info: {
      title: "Rushes",
      version: "1",
      summary: "Films in, streams out.",
      description: INTRODUCTION,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: ROOT, description: "below the distribution's address" }],
    tags: [...new Set(table.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "An access token of the user pool, or of the team's own issuer.",
        },
      },
      schemas: {
        ...Object.fromEntries([...schemas.named].toSorted(([a], [b]) => (a < b ? -1 : 1))),
        Problem: problemAmong(schemas, codes),
        GatewayMessage: {
          type: "object",
          properties: { message: { type: ["string", "null"] } },
          required: ["message"],
          description: "What the gateway says by itself, before a request comes to the API.",
        },
      },
      responses: responsesOf(table),
      examples: Object.fromEntries(codes.map((code) => [code, { value: bodyOf(code) }])),
    },
  };
}

/** The problem with its codes: which there are is known here, where every route is. */
function problemAmong(schemas: Schemas, codes: ProblemCode[]): Json {
  schemas.of(Problem, "output"); // it has a name, so this answers a reference, and keeps the shape
  const { properties, ...problem } = schemas.named.get("Problem") as { properties: Json };
  return {
    ...problem,
    properties: { ...properties, code: { type: "string", enum: codes } },
  } as Json;
}

/** Where a route stands in the document, whatever loaded the table. */
function placeOf({ path, method }: Described): string {
  return `${path} ${["get", "post", "put", "patch", "delete"].indexOf(method)}`;
}

/** What is answered where there is no route to describe. */
const ASTRAY: ProblemCode[] = ["RouteUnknown", "MethodNotAllowed"];

const INTRODUCTION = [
  "Times are ISO 8601, seconds are numbers, sizes are bytes. What is not described is refused.",
  "Every error is problem+json with a code; docs/errors.md tells what to do about each.",
  "A film that is not yours is not found, exactly as one that does not exist.",
].join("\n");
