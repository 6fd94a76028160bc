import { createHash } from "node:crypto";
import type { SendMessageCommandInput } from "@aws-sdk/client-sqs";
import type { Caller } from "../kernel/caller.ts";
import { Refusal } from "../kernel/refusal.ts";
import { md5, md5OfAttributes, readAttributes, readBody, sizeOf } from "./message.ts";
import type { Messages } from "./messages.ts";
import type { Queue } from "./queues.ts";
import { invalid, missing, within } from "./refusals.ts";

export type ToSend = Omit<SendMessageCommandInput, "QueueUrl">;

/**
 * Sends one message.
 *
 * @returns what SendMessage answers, the digests included
 * @throws Refusal as SQS would
 */
export function sendMessage(messages: Messages, queue: Queue, input: ToSend, caller: Caller) {
  const body = readBody(input.MessageBody);
  const attributes = readAttributes(input.MessageAttributes);
  const trace = readTrace(input.MessageSystemAttributes);
  const most = Number(queue.attributes.MaximumMessageSize);
  if (sizeOf(body, attributes) > most) {
    throw new Refusal(
      "InvalidParameterValue",
      `One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`,
    );
  }
  const { id, sequence } = messages.send(queue, {
    body,
    attributes,
    trace,
    sender: caller.arn,
    delayMs: delayOf(queue, input.DelaySeconds) * 1000,
    ...lanesOf(queue, input, body),
  });
  const digest = md5OfAttributes(attributes);
  const traceDigest = trace
    ? md5OfAttributes({ AWSTraceHeader: { DataType: "String", StringValue: trace } })
    : undefined;
  return {
    MessageId: id,
    MD5OfMessageBody: md5(body),
    ...(digest ? { MD5OfMessageAttributes: digest } : {}),
    ...(traceDigest ? { MD5OfMessageSystemAttributes: traceDigest } : {}),
    ...(sequence ? { SequenceNumber: sequence } : {}),
  };
}

function delayOf(queue: Queue, asked: number | undefined): number {
  if (asked === undefined || asked === null) return Number(queue.attributes.DelaySeconds);
  const delay = within("DelaySeconds", asked, 0, 900);
  if (queue.fifo && delay > 0) {
    throw invalid(
      "DelaySeconds",
      asked,
      "The request include parameter that is not valid for this queue type.",
    );
  }
  return queue.fifo ? Number(queue.attributes.DelaySeconds) : delay;
}

/** Group and deduplication id; a standard queue takes a group for fairness and no deduplication. */
function lanesOf(queue: Queue, input: ToSend, body: string) {
  const groupId = input.MessageGroupId;
  if (groupId !== undefined && !LANE.test(groupId)) {
    throw invalid("MessageGroupId", groupId, MESSAGE_LANE);
  }
  const asked = input.MessageDeduplicationId;
  if (asked !== undefined && !LANE.test(asked)) {
    throw invalid("MessageDeduplicationId", asked, MESSAGE_LANE);
  }
  if (!queue.fifo) {
    if (asked !== undefined) {
      throw invalid(
        "MessageDeduplicationId",
        asked,
        "The request includes a parameter that is not valid for this queue type.",
      );
    }
    return { groupId, dedupId: undefined };
  }
  if (groupId === undefined) throw missing("MessageGroupId");
  if (asked === undefined && queue.attributes.ContentBasedDeduplication !== "true") {
    throw new Refusal(
      "InvalidParameterValue",
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  }
  return { groupId, dedupId: asked ?? createHash("sha256").update(body).digest("hex") };
}

function readTrace(given: ToSend["MessageSystemAttributes"]): string | undefined {
  for (const [name, value] of Object.entries(given ?? {})) {
    if (name !== "AWSTraceHeader" || typeof value?.StringValue !== "string") {
      throw new Refusal(
        "InvalidParameterValue",
        `Message system attribute name '${name}' is invalid.`,
      );
    }
    return value.StringValue;
  }
  return undefined;
}

const LANE = /^[\x21-\x7e]{1,128}$/;
const MESSAGE_LANE =
  "It can only include alphanumeric and punctuation characters. 1 to 128 in length.";
