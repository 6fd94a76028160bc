import { runtime, StateFailed } from "../../failure.ts";
import { isObject, type Json } from "../../json.ts";
import { Missing, parseTerm, value } from "./intrinsic.ts";
import type { Roots } from "./path.ts";

/** Fills a payload template: a field whose name ends in `.$` is a path or an intrinsic function. */
export function fill(template: Json, roots: Roots): Json {
  if (Array.isArray(template)) return template.map((entry) => fill(entry, roots));
  if (!isObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, entry]): [string, Json] =>
      key.endsWith(".$") && typeof entry === "string"
        ? [key.slice(0, -2), term(entry, roots, key)]
        : [key, fill(entry, roots)],
    ),
  );
}

/** @param field for AWS's sentence when there is nothing at the path */
export function term(text: string, roots: Roots, field: string): Json {
  try {
    return value(parseTerm(text), roots);
  } catch (error) {
    if (error instanceof Missing) {
      throw runtime(
        `The JSONPath '${error.path}' specified for the field '${field}' could not be found in the input '${JSON.stringify(roots.data)}'`,
      );
    }
    const why = error instanceof Error ? error.message : String(error);
    if (!text.startsWith("States.")) throw runtime(`Invalid path '${text}': ${why}`);
    throw new StateFailed({
      error: "States.IntrinsicFailure",
      cause: `The function '${text}' had the following error: ${why}`,
    });
  }
}
