import type { Cloud } from "../../kernel/cloud.ts";
import type { Call, Run, Strand } from "../engine/run.ts";
import type { Failure } from "../failure.ts";
import type { Json, JsonObject } from "../json.ts";
import type { Outcome, Query, Scene } from "../query/query.ts";

/** Where a state is worked out. */
export interface Site {
  run: Run;
  strand: Strand;
  scene: Scene;
  query: Query;
  cloud: Cloud;
  /** The context object with more in it: a task's token, a map's item. */
  context(beside: { token?: string; item?: { index: number; value: Json } }): JsonObject;
}

/** What a state does next. */
export type Move =
  /** Its work is done: Output and Assign follow. */
  | { to: "finish"; result?: { value: Json } }
  /** It knows where to go and what to hand on. */
  | { to: "leave"; outcome: Outcome; next: string }
  | { to: "wait"; untilMs: number }
  | { to: "call"; call: Omit<Call, "id"> }
  | { to: "fork"; items: Json[]; concurrency: number }
  | { to: "fail"; failure: Failure };

/** A state type. `begin` has no effects; it throws `StateFailed`. */
export interface Kind {
  begin(site: Site): Promise<Move>;
  /** May it have Retry, and so a `State.RetryCount`? */
  retries: boolean;
  /** History says `XStateAborted` when it is cut off with the flows beside it. */
  interruptible: boolean;
}
