import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv, { type ValidateFunction } from "ajv";
import type { Schema } from "./from-schema.ts";
import { root } from "./laptop.ts";

export interface Operation {
  operationId: string;
  parameters?: {
    name: string;
    in: "path" | "query" | "header";
    required?: boolean;
    schema: Schema;
  }[];
  requestBody?: { required: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, Answer | { $ref: string }>;
}

interface Answer {
  content?: Record<string, { schema: Schema; examples?: Record<string, unknown> }>;
}

export interface Listed {
  method: string;
  path: string;
  operation: Operation;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, unknown>>;
}

/** The API as it is described to everybody. */
export const description = JSON.parse(
  readFileSync(join(root, "packages/client/openapi.gen.json"), "utf8"),
) as Document;

export const operations: Listed[] = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
);

/** What a reference into the description leads to. */
export function follow<Found = Schema>(ref: string): Found {
  const [, , room = "", name = ""] = ref.split("/");
  return description.components[room]?.[name] as Found;
}

/** Why an answer is not what its operation describes; undefined when it is. */
export function objection(
  { operation }: Pick<Listed, "operation">,
  said: { status: number; type: string; body: string },
): string | undefined {
  const told = operation.responses[said.status];
  if (!told) return `${said.status} is not described`;
  const { content = {} } = "$ref" in told ? follow<Answer>(told.$ref) : told;
  const type = said.type.split(";")[0] ?? "";
  if (said.body === "") return Object.keys(content).length > 0 ? "the body is missing" : undefined;
  const kind = content[type];
  if (!kind) return `${said.status} as ${type || "nothing"} is not described`;
  if (!type.endsWith("json")) return undefined;
  const value = JSON.parse(said.body) as { code?: string };
  const check = checkOf(kind.schema);
  if (!check(value)) return ajv.errorsText(check.errors);
  const codes = Object.keys(kind.examples ?? {});
  if (type === "application/problem+json" && !codes.includes(value.code ?? "")) {
    return `${value.code} is not described for ${said.status}`;
  }
  return undefined;
}

const ajv = new Ajv.default({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({ $id: "api", components: closed(description.components) });
const checks = new Map<string, ValidateFunction>();

function checkOf(schema: Schema): ValidateFunction {
  const text = JSON.stringify(closed(schema)).replaceAll('"#/', '"api#/');
  const known = checks.get(text) ?? ajv.compile(JSON.parse(text));
  checks.set(text, known);
  return known;
}

/** Answers may grow one day; today whatever is in them is described. */
function closed<Value>(said: Value): Value {
  if (Array.isArray(said)) return said.map(closed) as Value;
  if (typeof said !== "object" || said === null) return said;
  const inside = Object.fromEntries(Object.entries(said).map(([name, one]) => [name, closed(one)]));
  const isOpen = "properties" in said && "type" in said && !("additionalProperties" in said);
  return (isOpen ? { ...inside, additionalProperties: false } : inside) as Value;
}
