import type { Definition, FlowPath } from "../definition.ts";
import type { Failure } from "../failure.ts";
import type { Json } from "../json.ts";

export type Status = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";

/** An execution that is under way, as the interpreter holds it in memory. */
export interface Run {
  readonly id: number;
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly roleArn: string;
  readonly revision: number;
  readonly definition: Definition;
  readonly input: Json;
  readonly startedAtMs: number;
  /** From the machine's own TimeoutSeconds. */
  readonly deadlineMs: number | undefined;
  lastEventId: number;
  lastStrandId: number;
  readonly strands: Map<number, Strand>;
}

/**
 * One line of states being walked: the machine's own (id 1), a branch of a Parallel, an iteration
 * of a Map. All that is needed to go on after a restart; a strand is replaced, never changed.
 */
export interface Strand {
  readonly id: number;
  /** Grows with each change, so that work begun on an older form is recognised and dropped. */
  readonly turn: number;
  readonly parent?: number;
  /** Which branch, or which item. */
  readonly index: number;
  readonly flow: FlowPath;
  readonly state: string;
  /** Input of the present state. */
  readonly input: Json;
  /** Variables set in this flow; those of the flows around it are looked up there. */
  readonly variables: Readonly<Record<string, Json>>;
  /** The event that the next one follows. */
  readonly lastEventId: number;
  readonly entered: Entered;
  readonly stage: Stage;
}

/** The visit of the present state. */
export interface Entered {
  eventId: number;
  previousEventId: number;
  atMs: number;
  /** Attempts made by each retrier, by its index; their sum is `State.RetryCount`. */
  retries: Readonly<Record<number, number>>;
}

export type Stage =
  | { kind: "arriving" }
  | { kind: "inside" }
  | { kind: "waiting"; untilMs: number }
  | { kind: "calling"; call: Call }
  | { kind: "forked"; items: Json[]; concurrency: number }
  /** The state's own work is done: Output and Assign come next. */
  | { kind: "result"; result?: { value: Json } }
  /** @see steps for `fork`: the flows inside have failed, and history has yet to say so */
  | { kind: "failed"; failure: Failure; atMs: number; fork?: boolean }
  | { kind: "pausing"; untilMs: number }
  | { kind: "done"; output: Json };

/** A task that has been given to its service. */
export interface Call {
  /** The event that scheduled it: a retry is another call. */
  id: number;
  resource: string;
  given: Json;
  /** From `Credentials`, instead of the machine's role. */
  roleArn?: string;
  timeoutMs?: number;
  deadlineMs?: number;
  /** Present for a callback task. */
  token?: string;
  heartbeatMs?: number;
  heartbeatDueMs?: number;
  /** The service has taken a callback task; what is missing is the answer from outside. */
  submitted?: boolean;
  /** An answer from outside that was faster than the service. */
  answer?: Answer;
}

export type Answer = { value: Json } | { failure: Failure };

/** When a strand must be looked at again though nothing has happened. */
export function dueMs(strand: Strand): number | undefined {
  const { stage } = strand;
  if (stage.kind === "waiting" || stage.kind === "pausing") return stage.untilMs;
  if (stage.kind !== "calling" || stage.call.answer) return undefined;
  const { deadlineMs, heartbeatDueMs } = stage.call;
  const due = Math.min(deadlineMs ?? Infinity, heartbeatDueMs ?? Infinity);
  return due === Infinity ? undefined : due;
}

/** Variables that a strand sees: its own and those of the flows around it. */
export function visible(run: Run, strand: Strand): Record<string, Json> {
  const around = strand.parent === undefined ? undefined : run.strands.get(strand.parent);
  return { ...(around ? visible(run, around) : {}), ...strand.variables };
}

export function retryCount(strand: Strand): number {
  return Object.values(strand.entered.retries).reduce((sum, made) => sum + made, 0);
}

export function childrenOf(run: Run, parent: number): Strand[] {
  return [...run.strands.values()]
    .filter((strand) => strand.parent === parent)
    .sort((one, other) => one.index - other.index);
}
