import { createHash, randomUUID } from "node:crypto";
import { named } from "./small-machine.ts";

/** SQS, as far as core leans on it: what was sent, in order. */
export interface Queues {
  call(operation: string, input: { QueueUrl?: string; MessageBody?: string }): object;
  sent: { queue: string; body: unknown }[];
}

export function smallQueues(): Queues {
  const sent: Queues["sent"] = [];
  return {
    sent,
    call(operation, { QueueUrl = "", MessageBody = "" }) {
      if (operation !== "SendMessage") throw named("UnknownOperation");
      sent.push({ queue: QueueUrl.split("/").at(-1) ?? "", body: JSON.parse(MessageBody) });
      const MD5OfMessageBody = createHash("md5").update(MessageBody).digest("hex");
      return { MessageId: randomUUID(), MD5OfMessageBody };
    },
  };
}
