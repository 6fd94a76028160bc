import type { Failure } from "./failure.ts";
import type { DeployedFunction } from "./function.ts";

/** What Lambda itself writes in a function's log, around what the function prints. */
export interface Lines {
  start(requestId: string): string;
  /** A sandbox that ended instead of answering. */
  broken(requestId: string, failure: Failure): string;
  end(requestId: string, ran: Ran): string;
}

export interface Ran {
  durationMs: number;
  usedMb: number;
  /** of the sandbox's first invocation */
  initMs: number | undefined;
  failure: Failure | undefined;
}

/** Source: Lambda developer guide, log formats and platform events. */
export function linesOf(found: DeployedFunction): Lines {
  return found.logFormat === "JSON" ? json(found) : text(found);
}

function text(found: DeployedFunction): Lines {
  return {
    start: (requestId) => `START RequestId: ${requestId} Version: $LATEST\n`,
    broken: (requestId, { errorType, errorMessage }) =>
      `${requestId} ${errorType} ${errorMessage}\n`,
    end(requestId, { durationMs, usedMb, initMs }) {
      const report = [
        `REPORT RequestId: ${requestId}`,
        `Duration: ${durationMs.toFixed(2)} ms`,
        `Billed Duration: ${Math.ceil(durationMs)} ms`,
        `Memory Size: ${found.memoryMb} MB`,
        `Max Memory Used: ${usedMb} MB`,
        ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
      ];
      return `END RequestId: ${requestId}\n${report.join("\t")}\n`;
    },
  };
}

function json(found: DeployedFunction): Lines {
  const line = (type: string, record: object) =>
    `${JSON.stringify({ time: new Date().toISOString(), type, record })}\n`;
  return {
    start: (requestId) => line("platform.start", { requestId, version: "$LATEST" }),
    broken: (requestId, failure) => line("platform.runtimeDone", { requestId, ...failure }),
    end: (requestId, { durationMs, usedMb, initMs, failure }) =>
      line("platform.report", {
        requestId,
        metrics: {
          durationMs: Number(durationMs.toFixed(3)),
          billedDurationMs: Math.ceil(durationMs),
          memorySizeMB: found.memoryMb,
          maxMemoryUsedMB: usedMb,
          ...(initMs === undefined ? {} : { initDurationMs: Number(initMs.toFixed(3)) }),
        },
        status: failure ? "error" : "success",
        ...(failure ? { errorType: failure.errorType } : {}),
      }),
  };
}
