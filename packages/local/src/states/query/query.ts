import type { Catcher, QueryLanguage, State } from "../definition.ts";
import { type Failure, StateFailed } from "../failure.ts";
import type { Json, JsonObject } from "../json.ts";
import { jsonata } from "./jsonata.ts";
import { jsonpath } from "./jsonpath/jsonpath.ts";

/** What the expressions of a state can see. */
export interface Scene {
  name: string;
  state: State;
  /** The state's input as it arrived. */
  input: Json;
  /** Variables as they were when the state was entered, those of the flows around it included. */
  variables: Readonly<Record<string, Json>>;
  context: JsonObject;
  /** Id of the history event that entered the state, for AWS's sentences. */
  enteredEventId: number;
}

/** How a state hands on: its output, and the variables it sets. */
export interface Outcome {
  output: Json;
  assigned: Record<string, Json>;
}

/**
 * A query language. Every state type is written once against these questions; a language answers
 * them from the fields it has (JSONata `Arguments`, `Output`; JSONPath `Parameters`, `ResultPath`).
 *
 * All of them throw `StateFailed`.
 */
export interface Query {
  /** The error of this language for data that a state cannot work with. */
  wrong(cause: string, field: string): StateFailed;
  /** What a Task or Parallel works on. */
  arguments(scene: Scene): Promise<Json>;
  /** What a Pass makes, where that is not simply its Output. */
  made(scene: Scene): Promise<{ value: Json } | undefined>;
  /** Role to use for a task, when `Credentials` names one. */
  credentials(scene: Scene): Promise<string | undefined>;
  /** @param result absent where the state has none of its own: Pass, Wait, Succeed */
  finish(scene: Scene, result?: { value: Json }): Promise<Outcome>;
  caught(scene: Scene, catcher: Catcher, index: number, failure: Failure): Promise<Outcome>;
  /** A whole number of seconds or a limit, given plainly, by expression or by path. */
  number(scene: Scene, field: string): Promise<number | undefined>;
  text(scene: Scene, field: string): Promise<string | undefined>;
  /** A Wait's instant in milliseconds since 1970. */
  instant(scene: Scene): Promise<number>;
  choose(scene: Scene): Promise<Outcome & { next: string | undefined }>;
  items(scene: Scene): Promise<Json[]>;
  /** @param scene its context has `Map.Item` */
  item(scene: Scene, value: Json): Promise<Json>;
}

export const queries: Record<QueryLanguage, Query> = { JSONata: jsonata, JSONPath: jsonpath };

/**
 * Errors and causes as `$states.errorOutput` and JSONPath catchers show them. On AWS a timeout has an
 * empty cause there, and whatever SendTaskFailure left out is null.
 */
export function errorOutput({ error, cause }: Failure): JsonObject {
  const silent = error === "States.Timeout" ? "" : null;
  return { Error: error ?? null, Cause: cause ?? silent };
}

/**
 * An instant as Step Functions reads it: ISO 8601 with `T` and an offset, any number of decimals.
 *
 * @returns milliseconds since 1970, or undefined when it is none
 */
export function instantOf(text: string): number | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (!found) return undefined;
  const [, year, month, day, hour, minute, second, fraction = "", zone = "Z"] = found;
  if (Number(hour) > 23 || Number(day) > daysIn(Number(year), Number(month))) return undefined;
  const decimals = fraction.slice(0, 4);
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${decimals}${zone}`);
  return Number.isNaN(ms) ? undefined : ms;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Puts AWS's opening before the cause of an error that a state's own data made. */
export function placed(error: unknown, scene: Scene): StateFailed {
  if (!(error instanceof StateFailed)) throw error;
  const { failure } = error;
  const own = failure.evaluation || failure.error === "States.Runtime";
  if (!own || failure.cause === undefined) return error;
  const opening = `An error occurred while executing the state '${scene.name}' (entered at the event id #${scene.enteredEventId}). `;
  return new StateFailed({ ...failure, cause: opening + failure.cause });
}
