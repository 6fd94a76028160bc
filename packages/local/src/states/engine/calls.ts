import type { Failure } from "../failure.ts";
import { input, output } from "../history.ts";
import type { JsonObject } from "../json.ts";
import { parseResource, resourceDetails } from "../tasks/resource.ts";
import type { Draft } from "./draft.ts";
import type { Answer, Call, Strand } from "./run.ts";

/** Writes down that a task is given to its service; the call is made after the commit. */
export function schedule(
  draft: Draft,
  strand: Strand,
  asked: Omit<Call, "id">,
  machineRole: string,
): void {
  const { resource, given, roleArn, timeoutMs, heartbeatMs } = asked;
  const limits: JsonObject = {};
  if (timeoutMs !== undefined) limits.timeoutInSeconds = timeoutMs / 1000;
  if (heartbeatMs !== undefined) limits.heartbeatInSeconds = heartbeatMs / 1000;
  if (roleArn !== undefined && roleArn !== machineRole) limits.taskCredentials = { roleArn };
  const isFunction = parseResource(resource).kind === "function";
  const scheduled = isFunction
    ? draft.event("LambdaFunctionScheduled", strand.lastEventId, {
        ...input(given),
        resource,
        ...limits,
      })
    : draft.event("TaskScheduled", strand.lastEventId, {
        ...resourceDetails(resource),
        region: draft.run.arn.split(":")[3] ?? "",
        parameters: JSON.stringify(given),
        ...limits,
      });
  const started = isFunction
    ? draft.event("LambdaFunctionStarted", scheduled)
    : draft.event("TaskStarted", scheduled, resourceDetails(resource));
  const call: Call = { ...asked, id: scheduled };
  draft.put(strand, { lastEventId: started, stage: { kind: "calling", call } });
  draft.calls.set(strand.id, call);
}

/** The service has answered, or failed to. @returns false when nobody waits for it any more */
export function returned(draft: Draft, strand: Strand, id: number, outcome: Answer): boolean {
  if (strand.stage.kind !== "calling" || strand.stage.call.id !== id) return false;
  const { call } = strand.stage;
  if (call.token === undefined) {
    over(draft, strand, call, outcome);
  } else if ("failure" in outcome) {
    // Whoever answered the token already has seen the task, whatever became of the call.
    over(draft, strand, call, call.answer ?? outcome);
  } else {
    const submitted = draft.event("TaskSubmitted", strand.lastEventId, {
      ...resourceDetails(call.resource),
      ...output(outcome.value),
    });
    const waiting: Strand = {
      ...strand,
      lastEventId: submitted,
      stage: { kind: "calling", call: { ...call, submitted: true } },
    };
    if (call.answer) over(draft, waiting, call, call.answer);
    else draft.put(waiting, {});
  }
  return true;
}

/**
 * After a restart: an answer that came before the service's own is enough, the call is not repeated.
 *
 * @returns false when there is none
 */
export function alreadyAnswered(draft: Draft, strand: Strand): boolean {
  if (strand.stage.kind !== "calling" || !strand.stage.call.answer) return false;
  over(draft, strand, strand.stage.call, strand.stage.call.answer);
  return true;
}

/** SendTaskSuccess or SendTaskFailure. @returns false when the task does not wait for this token */
export function answered(draft: Draft, strand: Strand, token: string, answer: Answer): boolean {
  if (strand.stage.kind !== "calling") return false;
  const { call } = strand.stage;
  if (call.token !== token || call.answer) return false;
  if (call.submitted) over(draft, strand, call, answer);
  // Faster than the service's own answer: kept until that is there, so that history stays in order.
  else draft.put(strand, { stage: { kind: "calling", call: { ...call, answer } } });
  return true;
}

/** A timer rang. @returns false when there is nothing to do */
export function late(draft: Draft, strand: Strand): boolean {
  const { stage } = strand;
  switch (stage.kind) {
    case "waiting":
      draft.put(strand, { stage: { kind: "result" } });
      return true;
    case "pausing":
      draft.put(strand, { stage: { kind: "inside" } });
      return true;
    case "calling":
      return timedOut(draft, strand, stage.call);
    default:
      return false;
  }
}

function timedOut(draft: Draft, strand: Strand, call: Call): boolean {
  const { deadlineMs = Infinity, heartbeatDueMs = Infinity } = call;
  if (draft.atMs < Math.min(deadlineMs, heartbeatDueMs)) return false;
  const missedHeartbeat = heartbeatDueMs < deadlineMs;
  const details =
    parseResource(call.resource).kind === "function" ? {} : resourceDetails(call.resource);
  const type = typeOf(call, "TimedOut");
  const lastEventId = draft.event(type, strand.lastEventId, {
    ...details,
    error: "States.Timeout",
  });
  const failure: Failure = {
    error: "States.Timeout",
    ...(missedHeartbeat ? { alias: "States.HeartbeatTimeout" } : {}),
  };
  draft.put(strand, { lastEventId, stage: draft.failed(failure) });
  return true;
}

/** The task is over. */
function over(draft: Draft, strand: Strand, call: Call, outcome: Answer): void {
  const isFunction = parseResource(call.resource).kind === "function";
  const about = isFunction ? {} : resourceDetails(call.resource);
  if ("failure" in outcome) {
    const { error, cause } = outcome.failure;
    const lastEventId = draft.event(typeOf(call, "Failed"), strand.lastEventId, {
      ...about,
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    });
    draft.put(strand, { lastEventId, stage: draft.failed(outcome.failure) });
    return;
  }
  const lastEventId = draft.event(typeOf(call, "Succeeded"), strand.lastEventId, {
    ...about,
    ...output(outcome.value),
  });
  draft.put(strand, { lastEventId, stage: { kind: "result", result: { value: outcome.value } } });
}

function typeOf(call: Call, end: "Succeeded" | "Failed" | "TimedOut"): string {
  const isFunction = parseResource(call.resource).kind === "function";
  return `${isFunction ? "LambdaFunction" : "Task"}${end}`;
}
