import type { Cloud } from "../../kernel/cloud.ts";
import type { Ending } from "./journal.ts";
import type { Run } from "./run.ts";

/**
 * Says on the default bus that an execution has begun or ended. Inside the transaction that makes
 * it so, no change is ever lost and none is told that did not happen.
 */
export function tellStatus(cloud: Cloud, run: Run, ending?: Ending, atMs?: number): void {
  const status = ending?.status ?? "RUNNING";
  const input = included(JSON.stringify(run.input));
  const output = included(ending?.output === undefined ? null : JSON.stringify(ending.output));
  cloud.emit({
    "detail-type": "Step Functions Execution Status Change",
    source: "aws.states",
    resources: [run.arn],
    detail: {
      executionArn: run.arn,
      stateMachineArn: run.machineArn,
      name: run.name,
      status,
      startDate: run.startedAtMs,
      stopDate: atMs ?? null,
      input: input.text,
      output: output.text,
      inputDetails: { included: input.included },
      outputDetails: output.text === null && output.included ? null : { included: output.included },
      error: ending?.error ?? null,
      cause: ending?.cause ?? null,
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
      redriveCount: 0,
      redriveDate: null,
      redriveStatus: redrive(status).status,
      redriveStatusReason: redrive(status).reason,
    },
  });
}

export function redrive(status: string): { status: string; reason: string } {
  return {
    status: "NOT_REDRIVABLE",
    reason:
      status === "RUNNING" || status === "SUCCEEDED"
        ? `Execution is ${status} and cannot be redriven`
        : "Redrive is not available on this machine",
  };
}

/** Larger texts are left out of the event. Source: Step Functions guide, EventBridge integration. */
function included(text: string | null): { text: string | null; included: boolean } {
  return text !== null && Buffer.byteLength(text) > 248 * 1024
    ? { text: null, included: false }
    : { text, included: true };
}
