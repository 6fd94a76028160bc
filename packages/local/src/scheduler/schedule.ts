import { checkRetryPolicy, type RetryPolicy } from "../events/delivery.ts";
import { kindOf } from "../events/target.ts";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import { type Expression, readExpression } from "./expression.ts";

/** What a schedule aims at. Source: EventBridge Scheduler API reference, Target. */
export interface Target {
  Arn: string;
  RoleArn: string;
  Input?: string;
  RetryPolicy?: RetryPolicy;
  DeadLetterConfig?: { Arn?: string };
  SqsParameters?: { MessageGroupId?: string };
  EventBridgeParameters?: { DetailType: string; Source: string };
}

/** A schedule as CreateSchedule and UpdateSchedule describe it. */
export interface Schedule {
  Name: string;
  GroupName: string;
  ScheduleExpression: string;
  ScheduleExpressionTimezone: string;
  State: "ENABLED" | "DISABLED";
  FlexibleTimeWindow: { Mode: "OFF" | "FLEXIBLE"; MaximumWindowInMinutes?: number };
  Target: Target;
  ActionAfterCompletion: "NONE" | "DELETE";
  Description?: string;
  /** milliseconds since 1970 */
  startMs?: number;
  endMs?: number;
}

/** What somebody asks for; nothing in it is checked yet. */
export type Asked = Record<string, unknown>;

/** @throws Refusal `ValidationException`, or NotPretended for targets that are not here */
export function readSchedule(asked: Asked): Schedule {
  const { Name, GroupName = "default", ScheduleExpression, State = "ENABLED" } = asked;
  const zone = asked.ScheduleExpressionTimezone ?? "UTC";
  const after = asked.ActionAfterCompletion ?? "NONE";
  if (typeof Name !== "string" || !NAME.test(Name)) throw invalid("Name");
  if (typeof GroupName !== "string" || !NAME.test(GroupName)) throw invalid("GroupName");
  if (typeof zone !== "string") throw invalid("ScheduleExpressionTimezone");
  if (typeof ScheduleExpression !== "string" || !readExpression(ScheduleExpression, zone)) {
    throw new Refusal(
      "ValidationException",
      `Invalid Schedule Expression ${String(ScheduleExpression)}.`,
    );
  }
  if (State !== "ENABLED" && State !== "DISABLED") throw invalid("State");
  if (after !== "NONE" && after !== "DELETE") throw invalid("ActionAfterCompletion");
  if (asked.KmsKeyArn !== undefined) {
    throw new NotPretended({ service: "scheduler", action: "KmsKeyArn" });
  }
  const startMs = moment(asked.StartDate, "StartDate");
  const endMs = moment(asked.EndDate, "EndDate");
  if (startMs !== undefined && endMs !== undefined && endMs <= startMs) throw invalid("EndDate");
  return {
    Name,
    GroupName,
    ScheduleExpression,
    ScheduleExpressionTimezone: zone,
    State,
    FlexibleTimeWindow: readWindow(asked.FlexibleTimeWindow),
    Target: readTarget(asked.Target),
    ActionAfterCompletion: after,
    ...(typeof asked.Description === "string" ? { Description: asked.Description } : {}),
    ...(startMs === undefined ? {} : { startMs }),
    ...(endMs === undefined ? {} : { endMs }),
  };
}

/** When a schedule begins: a rate at once or at its start, the others when their clock says so. */
export function firstMs(schedule: Schedule, nowMs: number): number | undefined {
  const fromMs = Math.max(nowMs, schedule.startMs ?? 0);
  const expression = expressionOf(schedule);
  return within(schedule, expression.kind === "rate" ? fromMs : expression.after(fromMs - 1));
}

/**
 * When a schedule is due again. What was missed while nobody was there is not made up for, but a
 * rate keeps its beat.
 */
export function nextMs(schedule: Schedule, dueMs: number, nowMs: number): number | undefined {
  const expression = expressionOf(schedule);
  if (expression.kind !== "rate") return within(schedule, expression.after(nowMs));
  const everyMs = expression.after(0) ?? 1;
  const missed = Math.floor(Math.max(nowMs - dueMs, 0) / everyMs);
  return within(schedule, dueMs + (missed + 1) * everyMs);
}

function within(schedule: Schedule, ms: number | undefined): number | undefined {
  return ms !== undefined && schedule.endMs !== undefined && ms > schedule.endMs ? undefined : ms;
}

function expressionOf(schedule: Schedule): Expression {
  const { ScheduleExpression, ScheduleExpressionTimezone } = schedule;
  const found = readExpression(ScheduleExpression, ScheduleExpressionTimezone);
  if (!found) throw invalid("ScheduleExpression");
  return found;
}

function readWindow(asked: unknown): Schedule["FlexibleTimeWindow"] {
  const { Mode, MaximumWindowInMinutes } = (asked ?? {}) as Asked;
  if (Mode === "OFF") return { Mode };
  const minutes = Number(MaximumWindowInMinutes);
  if (Mode !== "FLEXIBLE" || !Number.isInteger(minutes) || minutes < 1 || minutes > 1440) {
    throw invalid("FlexibleTimeWindow");
  }
  return { Mode, MaximumWindowInMinutes: minutes };
}

function readTarget(asked: unknown): Target {
  const target = (asked ?? {}) as Partial<Target>;
  if (typeof target.Arn !== "string") throw invalid("Target.Arn");
  if (typeof target.RoleArn !== "string") throw invalid("Target.RoleArn");
  for (const name of Object.keys(target)) {
    if (!KNOWN.has(name)) {
      throw new NotPretended({ service: "scheduler", action: `${name} of a target` });
    }
  }
  const isCall = UNIVERSAL.test(target.Arn);
  const kind = isCall ? undefined : kindOf(target.Arn);
  if (kind === "events") {
    const { DetailType, Source } = target.EventBridgeParameters ?? {};
    if (!DetailType || !Source) throw invalid("Target.EventBridgeParameters");
  }
  if ((isCall || kind === "events") && !isObject(target.Input)) throw invalid("Target.Input");
  if (target.Input === "") throw invalid("Target.Input");
  checkRetryPolicy(target.RetryPolicy);
  return target as Target;
}

/** A target that is any operation of any service: `arn:aws:scheduler:::aws-sdk:sqs:purgeQueue`. */
export const UNIVERSAL = /^arn:aws:scheduler:::aws-sdk:([a-z0-9]+):([A-Za-z0-9]+)$/;

function isObject(text: string | undefined): boolean {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** In this process a Date, on the wire seconds since 1970. */
function moment(value: unknown, name: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Date) return value.getTime();
  if (typeof value !== "number") throw invalid(name);
  return value * 1000;
}

const invalid = (name: string) =>
  new Refusal("ValidationException", `1 validation error detected: ${name} is not valid.`);

const NAME = /^[0-9A-Za-z-_.]{1,64}$/;
const KNOWN = new Set([
  "Arn",
  "RoleArn",
  "Input",
  "RetryPolicy",
  "DeadLetterConfig",
  "SqsParameters",
  "EventBridgeParameters",
]);
