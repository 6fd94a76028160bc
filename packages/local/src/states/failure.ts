import type { Catcher, Retrier } from "./definition.ts";

/** Why a state failed, in the words the definition may catch. */
export interface Failure {
  /** Absent when a `Fail` state or SendTaskFailure names none. */
  error?: string;
  cause?: string;
  /** A second name that Retry and Catch may use: `States.HeartbeatTimeout` for a late heartbeat. */
  alias?: string;
  /** It ends the execution, whatever Retry and Catch say. */
  fatal?: boolean;
  /** An expression failed: which field of the state it stands in, where it is known. */
  evaluation?: { location?: string };
}

/** Thrown while a state is worked out; never leaves the interpreter. */
export class StateFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.cause ?? failure.error ?? "failed");
    this.name = failure.error ?? "StateFailed";
    this.failure = failure;
  }
}

export function runtime(cause: string): StateFailed {
  return new StateFailed({ error: "States.Runtime", cause, fatal: true });
}

/** @param location the field, such as `Output/result`; AWS leaves it out where no expression was at fault */
export function evaluation(cause: string, location?: string): StateFailed {
  return new StateFailed({
    error: "States.QueryEvaluationError",
    cause,
    evaluation: location === undefined ? {} : { location },
  });
}

/**
 * More data than may flow. AWS lets a task's result be caught, and a state's own output not.
 *
 * @param what the state's name, or the resource whose result is too large
 */
export function tooLarge(what: string, fatal = true): StateFailed {
  return new StateFailed({
    fatal,
    error: "States.DataLimitExceeded",
    cause: `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  });
}

/** Does one of `names` in a Retry or Catch mean this failure? */
export function matches(names: readonly string[], failure: Failure): boolean {
  if (failure.fatal) return false;
  return names.some((name) => {
    if (name === "States.ALL") return true;
    if (name === "States.TaskFailed") return failure.error !== "States.Timeout";
    return name === failure.error || name === failure.alias;
  });
}

export function catcherFor(catchers: Catcher[] | undefined, failure: Failure) {
  const index = (catchers ?? []).findIndex(({ ErrorEquals }) => matches(ErrorEquals, failure));
  const catcher = catchers?.[index];
  return catcher && { catcher, index };
}

/** A retrier that still has attempts left for this failure, with the pause before the next one. */
export interface Retry {
  index: number;
  delayMs: number;
}

/**
 * @param used attempts already made by each retrier, by its index
 * @param random between 0 and 1, for `JitterStrategy: FULL`
 */
export function retryFor(
  retriers: Retrier[] | undefined,
  failure: Failure,
  used: Readonly<Record<number, number>>,
  random: () => number,
): Retry | undefined {
  const index = (retriers ?? []).findIndex(({ ErrorEquals }) => matches(ErrorEquals, failure));
  const retrier = retriers?.[index];
  if (!retrier) return undefined;
  const made = used[index] ?? 0;
  if (made >= (retrier.MaxAttempts ?? 3)) return undefined;
  const wanted = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** made;
  const seconds = Math.min(wanted, retrier.MaxDelaySeconds ?? LONGEST_SECONDS);
  const share = retrier.JitterStrategy === "FULL" ? random() : 1;
  return { index, delayMs: Math.round(seconds * 1000 * share) };
}

/** The longest an execution may take, one year: no pause is longer. */
const LONGEST_SECONDS = 31_536_000;
