import { Refusal } from "../kernel/refusal.ts";

/** What Lambda answers in place of a result when a function fails. */
export interface Failure {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/** An answer or a failure, and what happened beside it. */
export type Outcome =
  | { kind: "answered"; payload: string; log: string }
  | { kind: "failed"; failure: Failure; log: string };

/** The failures of a sandbox, rather than of the code in it; {@link about} adds the request. */
export function timedOut(afterMs: number): Failure {
  return ofSandbox(
    "Sandbox.Timedout",
    `Task timed out after ${(afterMs / 1000).toFixed(2)} seconds`,
  );
}

export function initTimedOut(afterMs: number): Failure {
  return ofSandbox(
    "Sandbox.Timedout",
    `Init phase timed out after ${(afterMs / 1000).toFixed(2)} seconds`,
  );
}

export function outOfMemory(): Failure {
  return ofSandbox("Runtime.OutOfMemory", "Runtime exited with error: signal: killed");
}

export function exited(code: number): Failure {
  const how =
    code === 0
      ? "Runtime exited without providing a reason"
      : `Runtime exited with error: exit status ${code}`;
  return ofSandbox("Runtime.ExitError", how);
}

/** Lambda puts the request's id before what it says by itself. */
export function about(failure: Failure, requestId: string): Failure {
  if (!bySandbox.has(failure)) return failure;
  return { ...failure, errorMessage: `RequestId: ${requestId} Error: ${failure.errorMessage}` };
}

function ofSandbox(errorType: string, errorMessage: string): Failure {
  const failure = { errorType, errorMessage };
  bySandbox.add(failure);
  return failure;
}

const bySandbox = new WeakSet<Failure>();

export function tooLarge(sizeBytes: number): Failure {
  return {
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage: `Response payload size exceeded maximum allowed payload size (${MOST_BYTES} bytes): ${sizeBytes}.`,
  };
}

export function tooMany(reason: string): Refusal {
  return new Refusal("TooManyRequestsException", "Rate Exceeded.", {
    httpStatus: 429,
    about: { Type: "User", Reason: reason },
  });
}

/** Largest payload of a synchronous invocation, each way. Source: Lambda quotas. */
export const MOST_BYTES = 6 * 1024 * 1024;
