import type { Message, ReceiveMessageCommandInput } from "@aws-sdk/client-sqs";
import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Bell } from "./bell.ts";
import { chosen, type MessageAttributes, md5, md5OfAttributes } from "./message.ts";
import type { Stored } from "./message-rows.ts";
import type { Messages } from "./messages.ts";
import { nameOf, type Queues } from "./queues.ts";
import { within } from "./refusals.ts";

/** A message as it is received; binary attribute values are base64 text, as on the wire. */
export type Received = Omit<Message, "MessageAttributes"> & {
  MessageAttributes?: MessageAttributes;
};

/** Receives messages, waiting for the first one when the request or the queue says so. */
export async function receiveMessage(
  {
    cloud,
    queues,
    messages,
    bell,
  }: { cloud: Cloud; queues: Queues; messages: Messages; bell: Bell },
  input: ReceiveMessageCommandInput,
): Promise<{ Messages?: Received[] }> {
  const name = nameOf(input.QueueUrl);
  const queue = queues.require(name);
  const most = within("MaxNumberOfMessages", input.MaxNumberOfMessages ?? 1, 1, 10);
  const hideSeconds = within(
    "VisibilityTimeout",
    input.VisibilityTimeout ?? queue.attributes.VisibilityTimeout,
    0,
    43_200,
  );
  const waitSeconds = within(
    "WaitTimeSeconds",
    input.WaitTimeSeconds ?? queue.attributes.ReceiveMessageWaitTimeSeconds,
    0,
    20,
  );
  const until = performance.now() + waitSeconds * 1000;
  for (;;) {
    if (bell.silent)
      throw new Refusal("ServiceUnavailable", "SQS is stopping.", { httpStatus: 503 });
    const found = messages.take(queues.require(name), most, hideSeconds * 1000);
    if (found.length > 0) return { Messages: found.map((message) => shown(message, input)) };
    const leftMs = until - performance.now();
    if (leftMs <= 0) return {};
    const nextMs = messages.nextMs(queue);
    await bell.wait(
      name,
      Math.min(leftMs, nextMs === undefined ? leftMs : Math.max(nextMs - cloud.now(), 1)),
    );
  }
}

function shown(message: Stored, input: ReceiveMessageCommandInput): Received {
  const attributes = chosen(message.attributes, input.MessageAttributeNames ?? []);
  const digest = md5OfAttributes(attributes);
  const system = systemAttributes(message, [
    ...(input.AttributeNames ?? []),
    ...(input.MessageSystemAttributeNames ?? []),
  ]);
  return {
    MessageId: message.id,
    ReceiptHandle: message.handle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(system ? { Attributes: system } : {}),
    ...(digest ? { MD5OfMessageAttributes: digest, MessageAttributes: attributes } : {}),
  };
}

function systemAttributes(message: Stored, wanted: readonly string[]) {
  const all: Record<string, string | undefined> = {
    SenderId: message.sender,
    SentTimestamp: String(message.sentMs),
    ApproximateReceiveCount: String(message.receives),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedMs),
    MessageGroupId: message.groupId,
    MessageDeduplicationId: message.dedupId,
    SequenceNumber: message.sequence,
    AWSTraceHeader: message.trace,
    DeadLetterQueueSourceArn: message.deadFrom,
  };
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(all)) {
    if (value !== undefined && (wanted.includes("All") || wanted.includes(name))) {
      found[name] = value;
    }
  }
  return Object.keys(found).length > 0 ? found : undefined;
}
