import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { once } from "./once.ts";

/**
 * Puts a message on a queue.
 *
 * @param afterSeconds how long it stays unseen, a quarter of an hour at most
 */
export async function send(queueUrl: string, body: object, afterSeconds = 0): Promise<void> {
  await sqs().send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(body),
      ...(afterSeconds > 0 ? { DelaySeconds: Math.min(Math.ceil(afterSeconds), 900) } : {}),
    }),
  );
}

/** Lets a message that was received come again after a while, twelve hours at most. */
export async function postpone(
  queueUrl: string,
  receiptHandle: string,
  seconds: number,
): Promise<void> {
  await sqs().send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: Math.min(Math.max(0, Math.ceil(seconds)), MOST_SECONDS),
    }),
  );
}

/** Twelve hours counted from the receive, less what was needed to come here. */
const MOST_SECONDS = 12 * 3600 - 60;

const sqs = once(() => new SQSClient({}));
