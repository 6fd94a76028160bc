import { randomUUID } from "node:crypto";
import type { PublishBatchRequestEntry } from "@aws-sdk/client-sns";
import type { Cloud } from "../kernel/cloud.ts";
import type { Outbox } from "../kernel/outbox.ts";
import { Refusal } from "../kernel/refusal.ts";
import { type MessageAttributes, readAttributes, sizeOf } from "../sqs/message.ts";
import type { Delivery } from "./delivery.ts";
import { wants } from "./filter.ts";
import { invalid } from "./refusals.ts";
import { type Subscriptions, scopeOf } from "./subscriptions.ts";
import type { Topic } from "./topics.ts";

export type ToPublish = Omit<PublishBatchRequestEntry, "Id">;

/**
 * Publishes to everybody who is subscribed now; the debts to them are one transaction.
 *
 * @returns the message's id
 * @throws Refusal `InvalidParameter`
 */
export function publish(
  {
    cloud,
    subscriptions,
    deliveries,
  }: {
    cloud: Cloud;
    subscriptions: Subscriptions;
    deliveries: Outbox<Delivery>;
  },
  topic: Topic,
  input: ToPublish,
): string {
  const attributes = attributesOf(input);
  const { Message, Subject } = input;
  if (typeof Message !== "string" || Message === "") throw invalid("Empty message");
  if (sizeOf(Message, attributes) > MOST_BYTES) throw invalid("Message too long");
  if (Subject !== undefined && !SUBJECT.test(Subject)) throw invalid("Subject");
  if (input.MessageGroupId !== undefined || input.MessageDeduplicationId !== undefined) {
    const name = input.MessageGroupId === undefined ? "MessageDeduplicationId" : "MessageGroupId";
    throw invalid(
      `${name} Reason: The request includes ${name} parameter that is not valid for this topic type`,
    );
  }
  const bodyFor = variants(Message, input.MessageStructure);
  const id = randomUUID();
  const timestamp = new Date(cloud.now()).toISOString();
  cloud.store.transaction(() => {
    for (const { arn, protocol, endpoint, attributes: own, isConfirmed } of subscriptions.list(
      topic.arn,
    )) {
      const message = bodyFor(protocol);
      if (!isConfirmed || !wants(own.FilterPolicy, scopeOf(own), message, attributes)) continue;
      deliveries.owe({
        subscription: { arn, protocol, endpoint, attributes: own },
        notification: { id, topicArn: topic.arn, subject: Subject, message, attributes, timestamp },
      });
    }
  });
  return id;
}

/** With the structure `json` a message has a body for each protocol, and one for the others. */
function variants(message: string, structure: string | undefined): (protocol: string) => string {
  if (structure === undefined || structure === "") return () => message;
  if (structure !== "json") throw invalid("MessageStructure");
  let bodies: unknown;
  try {
    bodies = JSON.parse(message);
  } catch {
    throw invalid("Message Structure - JSON message body failed to parse");
  }
  const found = (typeof bodies === "object" && bodies !== null ? bodies : {}) as Record<
    string,
    unknown
  >;
  const usual = found.default;
  if (typeof usual !== "string") {
    throw invalid("Message Structure - No default entry in JSON message body");
  }
  return (protocol) => {
    const own = found[protocol];
    return typeof own === "string" ? own : usual;
  };
}

/** SNS and SQS have the same attributes, and other words for what is wrong with them. */
function attributesOf(input: ToPublish): MessageAttributes {
  try {
    return readAttributes(input.MessageAttributes);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal("ParameterValueInvalid", error.message);
  }
}

/** Source: Amazon SNS quotas and API reference, Publish. */
const MOST_BYTES = 262_144;
const SUBJECT = /^(?!\s)[^\p{Cc}\u2028\u2029]{1,100}$/u;
