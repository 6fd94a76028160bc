import type * as Events from "@aws-sdk/client-eventbridge";
import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import type { Operation } from "../kernel/service.ts";
import { type Expression, readExpression } from "../scheduler/expression.ts";
import { nameOfBus } from "./bus.ts";
import { readPattern } from "./pattern.ts";
import type { Rule, Rules } from "./rules.ts";
import { page, shownRule } from "./show.ts";

interface OnRule {
  Name?: string | undefined;
  EventBusName?: string | undefined;
}

/**
 * What can be done with rules and buses.
 *
 * @param changed is told when a schedule may have changed
 */
export function ruleOperations(
  cloud: Cloud,
  rules: Rules,
  changed: () => void,
): Record<string, Operation> {
  const on = (
    action: string,
    run: (rule: Rule, input: OnRule) => object | undefined,
  ): Operation => ({
    needs: (input: OnRule) => ({ action: `events:${action}`, resource: arnOf(rules, input) }),
    run: (input: OnRule) =>
      run(rules.require(nameOfBus(input.EventBusName), input.Name ?? ""), input),
  });
  const turn = (action: string, state: Rule["state"]) =>
    on(action, (rule) => {
      const nextMs = rule.schedule && scheduleOf(rule.schedule).after(cloud.now());
      rules.put({ ...rule, state, nextMs: nextMs || undefined });
      changed();
      return {};
    });

  return {
    PutRule: {
      needs: (input: Events.PutRuleCommandInput) => ({
        action: "events:PutRule",
        resource: arnOf(rules, input),
      }),
      run(input: Events.PutRuleCommandInput) {
        const rule = ruleOf(cloud, rules, input);
        rules.requireBus(rule.bus);
        rules.put(rule);
        changed();
        return { RuleArn: rule.arn };
      },
    },
    DescribeRule: on("DescribeRule", (rule) => ({
      ...shownRule(rule),
      CreatedBy: cloud.accountId,
    })),
    EnableRule: turn("EnableRule", "ENABLED"),
    DisableRule: turn("DisableRule", "DISABLED"),
    DeleteRule: {
      needs: (input: OnRule) => ({ action: "events:DeleteRule", resource: arnOf(rules, input) }),
      run({ Name = "", EventBusName }: OnRule) {
        const rule = rules.find(nameOfBus(EventBusName), Name);
        if (!rule) return {};
        if (rules.targets(rule).length > 0) {
          throw new Refusal("ValidationException", "Rule can't be deleted since it has targets.");
        }
        rules.remove(rule);
        return {};
      },
    },
    ListRules: {
      needs: (input: Events.ListRulesCommandInput) => ({
        action: "events:ListRules",
        resource: rules.arn(nameOfBus(input.EventBusName), "*"),
      }),
      run({ NamePrefix = "", EventBusName, Limit, NextToken }: Events.ListRulesCommandInput) {
        const found = rules
          .list(nameOfBus(EventBusName))
          .filter(({ name }) => name.startsWith(NamePrefix));
        const { items, more } = page(found, Limit, NextToken);
        return { Rules: items.map(shownRule), ...more };
      },
    },
    CreateEventBus: {
      needs: ({ Name = "" }: OnRule) => ({
        action: "events:CreateEventBus",
        resource: rules.busArn(Name),
      }),
      run({ Name = "" }: OnRule) {
        if (!/^[A-Za-z0-9._-]{1,256}$/.test(Name)) {
          throw new Refusal("ValidationException", "Event bus name is not valid.");
        }
        if (rules.buses().includes(Name)) {
          throw new Refusal("ResourceAlreadyExistsException", `Event bus ${Name} already exists.`);
        }
        rules.addBus(Name);
        return { EventBusArn: rules.busArn(Name) };
      },
    },
    DeleteEventBus: {
      needs: ({ Name = "" }: OnRule) => ({
        action: "events:DeleteEventBus",
        resource: rules.busArn(Name),
      }),
      run({ Name = "" }: OnRule) {
        if (Name === "default") {
          throw new Refusal("ValidationException", "Cannot delete event bus default.");
        }
        if (rules.list(Name).length > 0) {
          throw new Refusal(
            "ValidationException",
            "Event bus can't be deleted since it has rules.",
          );
        }
        rules.removeBus(Name);
        return {};
      },
    },
    DescribeEventBus: {
      needs: ({ Name }: OnRule) => ({
        action: "events:DescribeEventBus",
        resource: rules.busArn(nameOfBus(Name)),
      }),
      run(input: OnRule) {
        const Name = nameOfBus(input.Name);
        rules.requireBus(Name);
        return { Name, Arn: rules.busArn(Name) };
      },
    },
    ListEventBuses: {
      needs: () => ({ action: "events:ListEventBuses", resource: "*" }),
      run({ NamePrefix = "", Limit, NextToken }: Events.ListEventBusesCommandInput) {
        const found = rules.buses().filter((name) => name.startsWith(NamePrefix));
        const { items, more } = page(found, Limit, NextToken);
        return { EventBuses: items.map((Name) => ({ Name, Arn: rules.busArn(Name) })), ...more };
      },
    },
  };
}

/** The rule that PutRule describes; what it does not mention is as if it was new. */
function ruleOf(cloud: Cloud, rules: Rules, input: Events.PutRuleCommandInput): Rule {
  const { Name = "", State = "ENABLED", EventPattern, ScheduleExpression } = input;
  const bus = nameOfBus(input.EventBusName);
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(Name)) {
    throw new Refusal("ValidationException", "Parameter Name is not valid.");
  }
  if (State !== "ENABLED" && State !== "DISABLED") {
    throw new NotPretended({ service: "events", action: `State ${State}` });
  }
  if (input.Tags?.length) throw new NotPretended({ service: "events", action: "Tags of a rule" });
  if (!EventPattern && !ScheduleExpression) {
    throw new Refusal(
      "ValidationException",
      "Parameter(s) EventPattern or ScheduleExpression must be specified.",
    );
  }
  if (EventPattern) readPattern(EventPattern);
  if (ScheduleExpression && bus !== "default") {
    throw new Refusal(
      "ValidationException",
      "ScheduleExpression is supported only on the default event bus.",
    );
  }
  const before = rules.find(bus, Name);
  const schedule = ScheduleExpression ? scheduleOf(ScheduleExpression) : undefined;
  // The same schedule put again, as every start of the machine does, keeps its pace.
  const isKept = before?.schedule === ScheduleExpression && before?.state === State;
  return {
    bus,
    name: Name,
    arn: rules.arn(bus, Name),
    state: State,
    pattern: EventPattern || undefined,
    schedule: ScheduleExpression || undefined,
    description: input.Description,
    roleArn: input.RoleArn,
    nextMs: isKept ? before?.nextMs : schedule?.after(cloud.now()),
  };
}

/** @throws Refusal `ValidationException` */
export function scheduleOf(text: string): Expression {
  const schedule = readExpression(text);
  if (schedule && schedule.kind !== "at") return schedule;
  throw new Refusal("ValidationException", "Parameter ScheduleExpression is not valid.");
}

const arnOf = (rules: Rules, { Name = "", EventBusName }: OnRule) =>
  rules.arn(nameOfBus(EventBusName), Name);
