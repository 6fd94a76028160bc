import { NotPretended, Refusal } from "../kernel/refusal.ts";
import { readPolicy } from "./policy.ts";
import { invalid } from "./refusals.ts";

/** Queue attributes as text, the way the API carries them. */
export type Attributes = Record<string, string>;

/** What a queue has when nobody says otherwise. */
export const defaults: Attributes = {
  DelaySeconds: "0",
  MaximumMessageSize: "1048576",
  MessageRetentionPeriod: "345600",
  ReceiveMessageWaitTimeSeconds: "0",
  SqsManagedSseEnabled: "true",
  VisibilityTimeout: "30",
};

export interface Redrive {
  deadLetterTargetArn: string;
  maxReceiveCount: number;
}

/**
 * Checks the attributes somebody sets. Values that are empty take an attribute away.
 *
 * @throws Refusal `InvalidAttributeName`, `InvalidAttributeValue`, `InvalidParameterValue`
 */
export function checkAttributes(set: Attributes): void {
  for (const [name, value] of Object.entries(set)) {
    const check = Object.hasOwn(settable, name) ? settable[name] : undefined;
    if (!check) throw new Refusal("InvalidAttributeName", `Unknown Attribute ${name}.`);
    if (value !== "") check(value, name);
  }
}

export function redriveOf(attributes: Attributes): Redrive | undefined {
  return attributes.RedrivePolicy ? readRedrive(attributes.RedrivePolicy) : undefined;
}

function readRedrive(text: string): Redrive {
  const refuse = (reason: string) => invalid("RedrivePolicy", text, reason);
  const policy = parsed(text, "RedrivePolicy");
  const count = Number(policy.maxReceiveCount);
  const arn = policy.deadLetterTargetArn;
  if (typeof arn !== "string") {
    throw refuse("Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
  }
  if (policy.maxReceiveCount === undefined) {
    throw refuse("Redrive policy does not contain mandatory attribute: maxReceiveCount.");
  }
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw refuse("Invalid value for maxReceiveCount: must be between 1 and 1000.");
  }
  return { deadLetterTargetArn: arn, maxReceiveCount: count };
}

/** Whether a queue lets another use it for its dead letters. */
export function takesDeadLettersOf(attributes: Attributes, sourceArn: string): boolean {
  if (!attributes.RedriveAllowPolicy) return true;
  const policy = parsed(attributes.RedriveAllowPolicy, "RedriveAllowPolicy");
  if (policy.redrivePermission === "denyAll") return false;
  if (policy.redrivePermission !== "byQueue") return true;
  return Array.isArray(policy.sourceQueueArns) && policy.sourceQueueArns.includes(sourceArn);
}

type Check = (value: string, name: string) => void;

const range =
  (least: number, most: number): Check =>
  (value, name) => {
    if (!/^\d+$/.test(value) || Number(value) < least || Number(value) > most) {
      throw new Refusal("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
    }
  };

const truth: Check = (value, name) => {
  if (value !== "true" && value !== "false") {
    throw new Refusal("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
  }
};

const json: Check = (value, name) => void parsed(value, name);

/** Source: Amazon SQS API reference, SetQueueAttributes. */
const settable: Record<string, Check> = {
  ContentBasedDeduplication: truth,
  DeduplicationScope: oneOf("queue", "messageGroup"),
  DelaySeconds: range(0, 900),
  FifoQueue: truth,
  FifoThroughputLimit: oneOf("perQueue", "perMessageGroupId"),
  KmsDataKeyReusePeriodSeconds: range(60, 86_400),
  KmsMasterKeyId: (value) => {
    // With the key that AWS manages nothing changes for anybody; with another, permissions do.
    if (value !== "alias/aws/sqs") {
      throw new NotPretended({ service: "sqs", action: `KmsMasterKeyId ${value}` });
    }
  },
  MaximumMessageSize: range(1024, 1_048_576),
  MessageRetentionPeriod: range(60, 1_209_600),
  Policy: (value, name) => {
    if (!readPolicy(value)) {
      throw new Refusal("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
    }
  },
  ReceiveMessageWaitTimeSeconds: range(0, 20),
  RedriveAllowPolicy: json,
  RedrivePolicy: (value) => void readRedrive(value),
  SqsManagedSseEnabled: truth,
  VisibilityTimeout: range(0, 43_200),
};

function oneOf(...values: string[]): Check {
  return (value, name) => {
    if (!values.includes(value)) {
      throw new Refusal("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
    }
  };
}

function parsed(text: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // the refusal below says it
  }
  throw new Refusal("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
}
