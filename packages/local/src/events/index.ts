import { randomUUID } from "node:crypto";
import type * as Events from "@aws-sdk/client-eventbridge";
import type { Cloud } from "../kernel/cloud.ts";
import { modelled } from "../kernel/kinds.ts";
import type { Service } from "../kernel/service.ts";
import { openClockwork } from "../scheduler/clockwork.ts";
import { type BusOptions, momentOf, nameOfBus, openBus } from "./bus.ts";
import { kinds } from "./kinds.ts";
import { putEvents } from "./put-events.ts";
import { ruleOperations, scheduleOf } from "./rule-operations.ts";
import { openRules } from "./rules.ts";
import { targetOperations } from "./target-operations.ts";
import { testPattern } from "./test-event-pattern.ts";

export type EventsService = Service & {
  /** How many deliveries are on their way or waiting for another try. */
  owed(): number;
};

/** EventBridge: `cloud.emit` and PutEvents on one side, the targets of rules on the other. */
export function openEvents(cloud: Cloud, options: BusOptions = {}): EventsService {
  const rules = openRules(cloud);
  const bus = openBus(cloud, rules, options);

  const clockwork = openClockwork(cloud, rules.soonestMs, (now) =>
    cloud.store.transaction(() => {
      for (const rule of rules.due(now)) {
        // However many times were missed, it fires once and goes on from now.
        rules.put({ ...rule, nextMs: scheduleOf(rule.schedule ?? "").after(now) });
        bus.fire(rule, {
          version: "0",
          id: randomUUID(),
          "detail-type": "Scheduled Event",
          source: "aws.events",
          account: cloud.accountId,
          time: momentOf(rule.nextMs ?? now),
          region: cloud.region,
          resources: [rule.arn],
          detail: {},
        });
      }
    }),
  );

  const service: EventsService = {
    name: "events",
    wire: { protocol: "json", version: "1.1", target: "AWSEvents" },
    operations: modelled(kinds, {
      ...ruleOperations(cloud, rules, () => cloud.store.afterCommit(clockwork.look)),
      ...targetOperations(cloud, rules),
      PutEvents: {
        needs: ({ Entries }: Events.PutEventsCommandInput) =>
          [...new Set((Entries ?? []).map((entry) => nameOfBus(entry.EventBusName)))].map(
            (name) => ({ action: "events:PutEvents", resource: rules.busArn(name) }),
          ),
        run: ({ Entries }: Events.PutEventsCommandInput) => putEvents(cloud, bus, Entries),
      },
      TestEventPattern: {
        needs: () => ({ action: "events:TestEventPattern", resource: "*" }),
        run: ({ EventPattern, Event }: Events.TestEventPatternCommandInput) => ({
          Result: testPattern(EventPattern ?? "", Event ?? ""),
        }),
      },
    }),
    start() {
      bus.outbox.start();
      clockwork.start();
    },
    async stop() {
      clockwork.stop();
      await bus.outbox.stop();
    },
    owed: () => bus.outbox.owed(),
  };
  cloud.add(service);
  return service;
}
