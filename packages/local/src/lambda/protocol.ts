import type { Failure } from "./failure.ts";

/** What a sandbox's thread is started with. */
export interface Setup {
  fileUrl: string;
  exportName: string;
  handler: string;
}

/** One invocation, as told to the thread. */
export interface Call {
  requestId: string;
  payload: string;
  deadlineMs: number;
  traceId: string;
  context: {
    functionName: string;
    invokedFunctionArn: string;
    memoryLimitInMB: string;
    logGroupName: string;
    logStreamName: string;
    clientContext: unknown;
  };
}

/** What the thread says. A `broken` thread has ended, or is about to. */
export type Said =
  | { kind: "ready" }
  | { kind: "log"; text: string }
  | { kind: "answered"; requestId: string; payload: string; usedBytes: number }
  | { kind: "failed"; requestId: string; failure: Failure; usedBytes: number }
  | { kind: "broken"; failure: Failure };
