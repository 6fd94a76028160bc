import { momentOf, nameOfBus } from "../events/bus.ts";
import { bury, errorCodeOf, verdictOn } from "../events/delivery.ts";
import { reach } from "../events/target.ts";
import type { Caller } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { type Errand, type Outbox, openOutbox } from "../kernel/outbox.ts";
import { Refusal } from "../kernel/refusal.ts";
import { type Target, UNIVERSAL } from "./schedule.ts";

/** One invocation of a schedule's target. */
export interface Invocation {
  scheduleArn: string;
  groupArn: string;
  target: Target;
  scheduledMs: number;
  executionId: string;
}

export interface DeliveryOptions {
  /** How long to wait after the nth failed try, in milliseconds. */
  wait?: (tries: number) => number;
}

export function openInvocations(cloud: Cloud, options: DeliveryOptions = {}): Outbox<Invocation> {
  const callerFor = ({ target, groupArn }: Invocation) =>
    cloud.iam.assume(target.RoleArn, "scheduler.amazonaws.com", {
      "aws:SourceArn": groupArn,
      "aws:SourceAccount": cloud.accountId,
    });

  return openOutbox<Invocation>(cloud, "scheduler", {
    run: (errand) => invoke(cloud, errand, callerFor(errand.work)),
    judge: (errand, error) =>
      verdictOn(errand, error, errand.work.target.RetryPolicy ?? {}, cloud.now(), options.wait),
    async giveUp(errand, error, exhausted) {
      const { work, tries } = errand;
      const grave = work.target.DeadLetterConfig?.Arn;
      if (!grave) {
        const name = work.scheduleArn.split("/").at(-1);
        cloud.tell(`scheduler: ${name} dropped an invocation, ${errorCodeOf(error)}`);
        return;
      }
      await bury(
        cloud,
        grave,
        inputOf(cloud, errand),
        {
          ERROR_CODE: error instanceof Refusal ? error.code : "InternalError",
          ERROR_MESSAGE: error instanceof Error ? error.message : String(error),
          EXECUTION_ID: work.executionId,
          EXHAUSTED_RETRY_CONDITION: exhausted,
          IS_PAYLOAD_TRUNCATED: "false",
          RETRY_ATTEMPTS: String(tries),
          SCHEDULED_TIME: momentOf(work.scheduledMs),
          SCHEDULE_ARN: work.scheduleArn,
          TARGET_ARN: work.target.Arn,
        },
        callerFor(work),
      );
    },
  });
}

async function invoke(cloud: Cloud, errand: Errand<Invocation>, caller: Caller): Promise<void> {
  const { target, executionId } = errand.work;
  const payload = inputOf(cloud, errand);
  const [, service, action] = UNIVERSAL.exec(target.Arn) ?? [];
  if (service && action) {
    const operation = action.charAt(0).toUpperCase() + action.slice(1);
    await cloud.call(
      SIGNING_NAMES[service] ?? service,
      operation,
      JSON.parse(payload) as object,
      caller,
    );
    return;
  }
  await reach(
    cloud,
    target.Arn,
    {
      payload,
      executionName: executionId,
      groupId: target.SqsParameters?.MessageGroupId,
      putEvent: async () => {
        const { DetailType, Source } = target.EventBridgeParameters ?? {};
        const entry = { DetailType, Source, Detail: payload, EventBusName: nameOfBus(target.Arn) };
        await cloud.call("events", "PutEvents", { Entries: [entry] }, caller);
      },
    },
    caller,
  );
}

/** Services whose name in a target is not the one that requests are signed with. */
const SIGNING_NAMES: Record<string, string> = { sfn: "states", eventbridge: "events" };

/** The schedule's own input with its context filled in, or the event that AWS sends without one. */
function inputOf(cloud: Cloud, { work, tries }: Errand<Invocation>): string {
  const { target, scheduleArn, scheduledMs, executionId } = work;
  if (target.Input === undefined) {
    return JSON.stringify({
      version: "0",
      id: executionId,
      "detail-type": "Scheduled Event",
      source: "aws.scheduler",
      account: cloud.accountId,
      time: momentOf(scheduledMs),
      region: cloud.region,
      resources: [scheduleArn],
      detail: "{}",
    });
  }
  const context: Record<string, string> = {
    "schedule-arn": scheduleArn,
    "scheduled-time": momentOf(scheduledMs),
    "execution-id": executionId,
    "attempt-number": String(tries + 1),
  };
  return target.Input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (whole, name: string) =>
    Object.hasOwn(context, name) ? (context[name] ?? whole) : whole,
  );
}
