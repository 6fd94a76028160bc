import type { Kinds } from "../kernel/kinds.ts";

/** What the members of SQS's requests are. Source: the SQS model. */
export const kinds: Kinds = {
  AttributeNames: "texts",
  Attributes: "map",
  DelaySeconds: "number",
  Entries: "records",
  Id: "text",
  MaxNumberOfMessages: "number",
  MaxResults: "number",
  MessageAttributeNames: "texts",
  MessageBody: "text",
  MessageDeduplicationId: "text",
  MessageGroupId: "text",
  MessageSystemAttributeNames: "texts",
  NextToken: "text",
  QueueName: "text",
  QueueNamePrefix: "text",
  QueueOwnerAWSAccountId: "text",
  QueueUrl: "text",
  ReceiptHandle: "text",
  ReceiveRequestAttemptId: "text",
  TagKeys: "texts",
  Tags: "map",
  tags: "map",
  VisibilityTimeout: "number",
  WaitTimeSeconds: "number",
};
