import { Refusal } from "../kernel/refusal.ts";
import type { Rule } from "./rules.ts";

/** A rule as the API shows it. */
export function shownRule(rule: Rule) {
  return {
    Name: rule.name,
    Arn: rule.arn,
    State: rule.state,
    EventBusName: rule.bus,
    ...(rule.pattern === undefined ? {} : { EventPattern: rule.pattern }),
    ...(rule.schedule === undefined ? {} : { ScheduleExpression: rule.schedule }),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    ...(rule.roleArn === undefined ? {} : { RoleArn: rule.roleArn }),
  };
}

/** A page of a list in order. The token says where the next page begins. */
export function page<Item>(
  items: readonly Item[],
  limit: number | undefined,
  token: string | undefined,
): { items: Item[]; more: { NextToken?: string } } {
  const from = token === undefined ? 0 : Number(Buffer.from(token, "base64url").toString());
  const most = limit ?? 100;
  if (!Number.isInteger(from) || from < 0) {
    throw new Refusal("ValidationException", "The token is invalid.");
  }
  if (!Number.isInteger(most) || most < 1 || most > 100) {
    throw new Refusal(
      "ValidationException",
      "Value at 'limit' failed to satisfy constraint: Member must be between 1 and 100",
    );
  }
  const next = from + most;
  return {
    items: items.slice(from, next),
    more: next < items.length ? { NextToken: Buffer.from(String(next)).toString("base64url") } : {},
  };
}
