import validate from "asl-validator";
import { type Definition, everyState, languageOf, type State } from "../definition.ts";
import type { Diagnostic } from "./diagnose.ts";

/** What asl-validator finds, without what it refuses and AWS takes. */
export function schemaProblems(definition: Definition): Diagnostic[] {
  const softened = structuredClone(definition);
  for (const { state } of everyState(softened)) soften(state, languageOf(softened, state));
  const { isValid, errors } = validate(softened, { checkArn: false, checkPaths: true });
  if (isValid) return [];
  return errors.map((error) => ({
    severity: "ERROR",
    code: codeOf(error["Error code"]),
    message: error.Message ?? "The definition does not match the schema",
    ...(error.path ? { location: error.path } : {}),
  }));
}

/** Gives a state the forms that asl-validator 4.0.0 knows, for those it wrongly refuses. */
function soften(state: State, language: string): void {
  for (const holder of [state, ...(state.Choices ?? []), ...(state.Catch ?? [])]) {
    if (holder.Assign) holder.Assign = { any: language === "JSONata" ? ANY : true };
  }
  if (language === "JSONata") {
    for (const holder of [state, ...(state.Choices ?? []), ...(state.Catch ?? [])]) {
      if (holder.Output !== undefined) holder.Output = ANY;
    }
    if (state.Items !== undefined) state.Items = ANY;
    for (const rule of state.Choices ?? []) {
      if (typeof rule.Condition === "boolean") rule.Condition = ANY;
    }
  }
  if (state.InputPath === "$$") state.InputPath = "$";
  if (typeof state.ToleratedFailurePercentage === "number") {
    state.ToleratedFailurePercentage = Math.round(state.ToleratedFailurePercentage);
  }
}

function codeOf(code: string): string {
  return code === "SCHEMA_VALIDATION_ERROR" ? "SCHEMA_VALIDATION_FAILED" : code;
}

const ANY = "{% true %}";
