import type * as Events from "@aws-sdk/client-eventbridge";
import type { Need } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import type { Operation } from "../kernel/service.ts";
import { nameOfBus } from "./bus.ts";
import { checkRetryPolicy } from "./delivery.ts";
import type { Rules, StoredTarget } from "./rules.ts";
import { page } from "./show.ts";
import { kindOf } from "./target.ts";
import { checkInput } from "./transform.ts";

/** What can be done with the targets of rules. */
export function targetOperations(cloud: Cloud, rules: Rules): Record<string, Operation> {
  const arnOf = ({ Rule = "", EventBusName }: OnTargets) =>
    rules.arn(nameOfBus(EventBusName), Rule);
  const ruleOf = ({ Rule = "", EventBusName }: OnTargets) =>
    rules.require(nameOfBus(EventBusName), Rule);

  return {
    PutTargets: {
      needs: (input: Events.PutTargetsCommandInput): Need[] => [
        { action: "events:PutTargets", resource: arnOf(input) },
        ...(input.Targets ?? []).flatMap(({ RoleArn }) =>
          RoleArn
            ? {
                action: "iam:PassRole",
                resource: RoleArn,
                context: { "iam:PassedToService": "events.amazonaws.com" },
              }
            : [],
        ),
      ],
      run(input: Events.PutTargetsCommandInput) {
        const targets = (input.Targets ?? []).map(checked);
        const rule = ruleOf(input);
        const ids = new Set([...rules.targets(rule), ...targets].map(({ Id }) => Id));
        if (ids.size > MOST_TARGETS) {
          throw new Refusal(
            "LimitExceededException",
            `The requested resource exceeds the maximum number allowed: ${MOST_TARGETS} targets a rule.`,
          );
        }
        cloud.store.transaction(() => {
          for (const target of targets) rules.putTarget(rule, target);
        });
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
    },
    RemoveTargets: {
      needs: (input: OnTargets) => ({ action: "events:RemoveTargets", resource: arnOf(input) }),
      run(input: Events.RemoveTargetsCommandInput) {
        const rule = ruleOf(input);
        const FailedEntries = (input.Ids ?? [])
          .filter((id) => !rules.removeTarget(rule, id))
          .map((TargetId) => ({
            TargetId,
            ErrorCode: "ResourceNotFoundException",
            ErrorMessage: `Rule ${rule.name} has no target ${TargetId}.`,
          }));
        return { FailedEntryCount: FailedEntries.length, FailedEntries };
      },
    },
    ListTargetsByRule: {
      needs: (input: OnTargets) => ({ action: "events:ListTargetsByRule", resource: arnOf(input) }),
      run(input: Events.ListTargetsByRuleCommandInput) {
        const { items, more } = page(rules.targets(ruleOf(input)), input.Limit, input.NextToken);
        return { Targets: items, ...more };
      },
    },
    ListRuleNamesByTarget: {
      needs: (input: Events.ListRuleNamesByTargetCommandInput) => ({
        action: "events:ListRuleNamesByTarget",
        resource: rules.arn(nameOfBus(input.EventBusName), "*"),
      }),
      run(input: Events.ListRuleNamesByTargetCommandInput) {
        const names = rules
          .list(nameOfBus(input.EventBusName))
          .filter((rule) => rules.targets(rule).some(({ Arn }) => Arn === input.TargetArn))
          .map(({ name }) => name);
        const { items, more } = page(names, input.Limit, input.NextToken);
        return { RuleNames: items, ...more };
      },
    },
  };
}

interface OnTargets {
  Rule?: string | undefined;
  EventBusName?: string | undefined;
}

/** @throws Refusal `ValidationException`, or NotPretended for what this machine cannot do */
function checked(target: Events.Target): StoredTarget {
  const { Id, Arn } = target;
  if (!Id || !/^[A-Za-z0-9._-]{1,64}$/.test(Id)) {
    throw new Refusal("ValidationException", "Target Id is not valid.");
  }
  if (!Arn) throw new Refusal("ValidationException", `Target ${Id} has no Arn.`);
  for (const name of Object.keys(target)) {
    if (!KNOWN.has(name)) {
      throw new NotPretended({ service: "events", action: `${name} of a target` });
    }
  }
  if (kindOf(Arn) === "states" && !target.RoleArn) {
    throw new Refusal("ValidationException", `RoleArn is required for target ${Arn}.`);
  }
  if (Arn.endsWith(".fifo") && !target.SqsParameters?.MessageGroupId) {
    throw new Refusal(
      "ValidationException",
      `Parameter(s) SqsParameters must be specified for target: ${Id}.`,
    );
  }
  const grave = target.DeadLetterConfig?.Arn;
  if (grave && !/^arn:aws:sqs:[^:]+:\d{12}:[\w-]+$/.test(grave)) {
    throw new Refusal(
      "ValidationException",
      `Invalid DeadLetterConfig of target ${Id}: it must be the ARN of a standard queue.`,
    );
  }
  checkRetryPolicy(target.RetryPolicy);
  checkInput(target);
  return { ...target, Id, Arn };
}

const KNOWN = new Set([
  "Id",
  "Arn",
  "RoleArn",
  "Input",
  "InputPath",
  "InputTransformer",
  "SqsParameters",
  "DeadLetterConfig",
  "RetryPolicy",
]);

/** Source: EventBridge quotas. */
const MOST_TARGETS = 5;
