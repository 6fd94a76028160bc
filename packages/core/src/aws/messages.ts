import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { once } from "./once.ts";

/** Puts a message on a queue. */
export async function send(queueUrl: string, body: object): Promise<void> {
  await sqs().send(
    new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(body) }),
  );
}

const sqs = once(() => new SQSClient({}));
