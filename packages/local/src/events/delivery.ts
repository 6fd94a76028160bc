import type { Caller } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { type Errand, patience, type Verdict } from "../kernel/outbox.ts";
import { NotPretended, Refusal } from "../kernel/refusal.ts";

/** How long a target is tried. */
export interface RetryPolicy {
  MaximumRetryAttempts?: number | undefined;
  MaximumEventAgeInSeconds?: number | undefined;
}

/** Why a target did not take something, in EventBridge's words. */
export function errorCodeOf(error: unknown): string {
  if (error instanceof NotPretended) return "SDK_CLIENT_ERROR";
  if (!(error instanceof Refusal)) return "INTERNAL_ERROR";
  if (error.code === "INVALID_JSON") return "INVALID_JSON";
  if (/^(AccessDenied|AuthorizationError$)/.test(error.code)) return "NO_PERMISSIONS";
  if (NOT_THERE.test(error.code)) return "NO_RESOURCE";
  if (THROTTLED.test(error.code)) return "THROTTLING";
  return error.httpStatus < 500 ? "SDK_CLIENT_ERROR" : "ERROR_FROM_TARGET";
}

/** What would be refused again is given up at once; the rest is tried with patience. */
export function verdictOn(
  { tries, owedAtMs }: Errand<unknown>,
  error: unknown,
  policy: RetryPolicy,
  nowMs: number,
  wait: (tries: number) => number = patience,
): Verdict {
  if (!PASSING.has(errorCodeOf(error))) return { kind: "give-up" };
  if (tries >= (policy.MaximumRetryAttempts ?? MOST_TRIES)) {
    return { kind: "give-up", exhausted: "MaximumRetryAttempts" };
  }
  const inMs = wait(tries);
  const untilMs = owedAtMs + (policy.MaximumEventAgeInSeconds ?? MOST_SECONDS) * 1000;
  if (nowMs + inMs > untilMs) return { kind: "give-up", exhausted: "MaximumEventAgeInSeconds" };
  return { kind: "again", inMs };
}

/** @throws Refusal `ValidationException` */
export function checkRetryPolicy(policy: RetryPolicy | undefined): void {
  const { MaximumRetryAttempts: tries, MaximumEventAgeInSeconds: seconds } = policy ?? {};
  if (tries !== undefined && !isWithin(tries, 0, MOST_TRIES)) {
    throw new Refusal(
      "ValidationException",
      `MaximumRetryAttempts must be between 0 and ${MOST_TRIES}.`,
    );
  }
  if (seconds !== undefined && !isWithin(seconds, 60, MOST_SECONDS)) {
    throw new Refusal(
      "ValidationException",
      `MaximumEventAgeInSeconds must be between 60 and ${MOST_SECONDS}.`,
    );
  }
}

/** Sends what was given up to a dead-letter queue. */
export async function bury(
  cloud: Cloud,
  queueArn: string,
  body: string,
  reasons: Record<string, string | undefined>,
  caller: Caller,
): Promise<void> {
  const MessageAttributes = Object.fromEntries(
    Object.entries(reasons)
      .filter(([, value]) => value)
      .map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
  );
  await cloud.call(
    "sqs",
    "SendMessage",
    { QueueUrl: queueUrlOf(cloud, queueArn), MessageBody: body, MessageAttributes },
    caller,
  );
}

export function queueUrlOf(cloud: Cloud, arn: string): string {
  const [, , , , account = "", name = ""] = arn.split(":");
  return `${cloud.origin}/${account}/${name}`;
}

const isWithin = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;

const NOT_THERE =
  /NotFound|DoesNotExist|NonExistent|NoSuch|^ResourceNotFoundException$|^StateMachineDeleting$/;
const THROTTLED = /Throttl|TooManyRequests|LimitExceeded|OverLimit/;
const PASSING = new Set(["INTERNAL_ERROR", "THROTTLING", "ERROR_FROM_TARGET"]);

/** Source: EventBridge user guide, retry policy: 24 hours and 185 times. */
const MOST_TRIES = 185;
const MOST_SECONDS = 86_400;
