import type { Message, MessageAttributeValue } from "@aws-sdk/client-sqs";

/** An SQS message as a function gets it. Source: Lambda developer guide, using Lambda with SQS. */
export interface QueueRecord {
  messageId: string;
  receiptHandle: string;
  body: string;
  attributes: Record<string, string>;
  messageAttributes: Record<string, RecordAttribute>;
  md5OfMessageAttributes?: string;
  md5OfBody: string;
  eventSource: "aws:sqs";
  eventSourceARN: string;
  awsRegion: string;
}

interface RecordAttribute {
  stringValue?: string;
  binaryValue?: string;
  stringListValues: string[];
  binaryListValues: string[];
  dataType: string;
}

export function recordOf(message: Message, arn: string): QueueRecord {
  const attributes = Object.entries(message.MessageAttributes ?? {});
  return {
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    attributes: { ...message.Attributes },
    messageAttributes: Object.fromEntries(
      attributes.map(([name, value]) => [name, attributeOf(value)]),
    ),
    ...(message.MD5OfMessageAttributes
      ? { md5OfMessageAttributes: message.MD5OfMessageAttributes }
      : {}),
    md5OfBody: message.MD5OfBody ?? "",
    eventSource: "aws:sqs",
    eventSourceARN: arn,
    awsRegion: arn.split(":")[3] ?? "",
  };
}

function attributeOf(value: MessageAttributeValue): RecordAttribute {
  const binary = value.BinaryValue as Uint8Array | string | undefined;
  return {
    ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
    ...(binary === undefined
      ? {}
      : {
          binaryValue: typeof binary === "string" ? binary : Buffer.from(binary).toString("base64"),
        }),
    stringListValues: [],
    binaryListValues: [],
    dataType: value.DataType ?? "String",
  };
}

/**
 * Which messages of a batch a function says it could not do.
 *
 * @param answer the function's result, JSON
 * @returns ids, or `all` when the answer cannot be trusted with a part. Source: Lambda developer
 *   guide, partial batch responses: success and failure conditions
 */
export function failuresIn(answer: string, sent: QueueRecord[]): Set<string> | "all" {
  const said = JSON.parse(answer) as { batchItemFailures?: unknown } | null;
  const failures = said === null || typeof said !== "object" ? undefined : said.batchItemFailures;
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return "all";
  const known = new Set(sent.map((record) => record.messageId));
  const named = failures.map((one: { itemIdentifier?: unknown } | null) => one?.itemIdentifier);
  if (named.some((id) => typeof id !== "string" || !known.has(id))) return "all";
  return new Set(named as string[]);
}
