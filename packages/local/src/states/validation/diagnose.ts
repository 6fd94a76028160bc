import { Refusal } from "../../kernel/refusal.ts";
import type { Definition } from "../definition.ts";
import { isObject } from "../json.ts";
import { jsonProblem } from "../operations/input.ts";
import { check } from "./checks.ts";
import { schemaProblems } from "./schema.ts";

/** One thing that is wrong with a definition, as ValidateStateMachineDefinition says it. */
export interface Diagnostic {
  severity: "ERROR" | "WARNING";
  code: string;
  message: string;
  /** A path such as `/States/Encode/Retry[0]`. */
  location?: string;
}

export function diagnose(text: string): { definition?: Definition; diagnostics: Diagnostic[] } {
  if (text.trim() === "") return failed("SCHEMA_VALIDATION_FAILED", NO_OBJECT);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return failed("INVALID_JSON_DESCRIPTION", jsonProblem(text) ?? "not JSON");
  }
  if (!isObject(parsed)) return failed("SCHEMA_VALIDATION_FAILED", NO_OBJECT);
  const definition = parsed as unknown as Definition;
  const own = check(definition);
  // The schema's sentences are rougher: they speak where ours have nothing to say.
  const diagnostics = own.length > 0 ? own : schemaProblems(definition);
  return { definition, diagnostics };
}

/** @throws Refusal `InvalidDefinition` with the first thing that is wrong */
export function refuseInvalid(text: string): Definition {
  if (Buffer.byteLength(text) > DEFINITION_LIMIT_BYTES) {
    throw new Refusal(
      "InvalidDefinition",
      "Invalid State Machine Definition: 'The definition is larger than 1 MB'",
    );
  }
  const { definition, diagnostics } = diagnose(text);
  const errors = diagnostics.filter(({ severity }) => severity === "ERROR");
  if (errors.length === 0 && definition) return definition;
  const sentences = errors.map(({ code, message, location }) =>
    location === undefined ? `${code}: ${message}` : `${code}: ${message} at ${location}`,
  );
  throw new Refusal(
    "InvalidDefinition",
    `Invalid State Machine Definition: '${sentences.join(", ")}'`,
  );
}

function failed(code: string, message: string) {
  return { diagnostics: [{ severity: "ERROR" as const, code, message }] };
}

const NO_OBJECT = "Definition must be a valid JSON object";

/** Source: Step Functions quotas, maximum request size. */
const DEFINITION_LIMIT_BYTES = 1024 * 1024;
