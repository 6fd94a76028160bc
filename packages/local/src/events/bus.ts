import { randomUUID } from "node:crypto";
import type { Cloud, CloudEvent } from "../kernel/cloud.ts";
import { type Outbox, openOutbox } from "../kernel/outbox.ts";
import { bury, errorCodeOf, verdictOn } from "./delivery.ts";
import { type Pattern, readPattern } from "./pattern.ts";
import type { Rule, Rules, StoredTarget } from "./rules.ts";
import { reach } from "./target.ts";
import { payloadOf } from "./transform.ts";

/** One event on its way to one target. The target is as it was when the event matched. */
interface Delivery {
  ruleArn: string;
  ruleName: string;
  target: StoredTarget;
  event: CloudEvent;
  ingestedAt: string;
  executionName: string;
}

export interface Bus {
  /** Puts an event on a bus; durable with the transaction around it. */
  put(event: CloudEvent, bus?: string): void;
  /** Sends an event to the targets of one rule, whatever its pattern. */
  fire(rule: Rule, event: CloudEvent): void;
  readonly outbox: Pick<Outbox<object>, "start" | "stop" | "owed">;
}

export interface BusOptions {
  /** How long to wait after the nth failed try, in milliseconds. */
  wait?: (tries: number) => number;
}

export function openBus(cloud: Cloud, rules: Rules, options: BusOptions = {}): Bus {
  const patterns = new Map<string, { text: string; pattern: Pattern }>();

  const patternOf = ({ arn, pattern: text = "" }: Rule): Pattern => {
    const known = patterns.get(arn);
    if (known?.text === text) return known.pattern;
    const pattern = readPattern(text);
    patterns.set(arn, { text, pattern });
    return pattern;
  };

  const callerFor = ({ ruleArn, target }: Delivery) => {
    const context = { "aws:SourceArn": ruleArn, "aws:SourceAccount": cloud.accountId };
    return target.RoleArn
      ? cloud.iam.assume(target.RoleArn, PRINCIPAL, context)
      : cloud.iam.service(PRINCIPAL, context);
  };

  const outbox = openOutbox<Delivery>(cloud, "events", {
    async run({ work }) {
      const payload = payloadOf(work.target, work.event, work);
      await reach(
        cloud,
        work.target.Arn,
        {
          payload,
          executionName: work.executionName,
          groupId: work.target.SqsParameters?.MessageGroupId,
          putEvent: () => put(work.event, nameOfBus(work.target.Arn)),
        },
        callerFor(work),
      );
    },
    judge: (errand, error) =>
      verdictOn(errand, error, errand.work.target.RetryPolicy ?? {}, cloud.now(), options.wait),
    async giveUp({ work, tries }, error, exhausted) {
      const queue = work.target.DeadLetterConfig?.Arn;
      if (!queue) {
        cloud.tell(`events: ${work.ruleName} dropped an event, ${errorCodeOf(error)}`);
        return;
      }
      const context = { "aws:SourceArn": work.ruleArn, "aws:SourceAccount": cloud.accountId };
      await bury(
        cloud,
        queue,
        JSON.stringify(work.event),
        {
          RULE_ARN: work.ruleArn,
          TARGET_ARN: work.target.Arn,
          ERROR_CODE: errorCodeOf(error),
          ERROR_MESSAGE: error instanceof Error ? error.message : String(error),
          EXHAUSTED_RETRY_CONDITION: exhausted,
          RETRY_ATTEMPTS: String(tries),
        },
        cloud.iam.service(PRINCIPAL, context),
      );
      const [grave, target] = [queue, work.target.Arn].map((arn) => arn.split(":").at(-1));
      cloud.tell(
        `events: ${work.ruleName} could not reach ${target}, ${errorCodeOf(error)}: the event lies in ${grave}`,
      );
    },
  });

  const fire = (rule: Rule, event: CloudEvent) => {
    for (const target of rules.targets(rule)) {
      outbox.owe({
        ruleArn: rule.arn,
        ruleName: rule.name,
        target,
        event,
        ingestedAt: momentOf(cloud.now()),
        executionName: `${event.id}_${randomUUID()}`.slice(0, 80),
      });
    }
  };

  const put = (event: CloudEvent, bus = "default") => {
    const matching = rules.listening(bus).filter((rule) => patternOf(rule).matches(event));
    if (matching.length === 0) return;
    cloud.store.transaction(() => {
      for (const rule of matching) fire(rule, event);
    });
  };

  cloud.onEmit(({ id = randomUUID(), time = momentOf(cloud.now()), ...event }) =>
    put({
      version: "0",
      id,
      "detail-type": event["detail-type"],
      source: event.source,
      account: cloud.accountId,
      time,
      region: cloud.region,
      resources: event.resources,
      detail: event.detail,
    }),
  );

  return { outbox, put, fire };
}

/** A moment as events carry it: whole seconds, UTC. */
export function momentOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Buses are named by name or by ARN. */
export function nameOfBus(nameOrArn: string | undefined): string {
  return nameOrArn?.slice(nameOrArn.lastIndexOf("/") + 1) || "default";
}

const PRINCIPAL = "events.amazonaws.com";
