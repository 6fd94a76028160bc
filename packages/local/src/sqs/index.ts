import type * as Sqs from "@aws-sdk/client-sqs";
import type { Need } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { modelled } from "../kernel/kinds.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Operation, Service } from "../kernel/service.ts";
import { redriveOf } from "./attributes.ts";
import { batch } from "./batch.ts";
import { openBell } from "./bell.ts";
import { kinds } from "./kinds.ts";
import { readAttributes, sizeOf } from "./message.ts";
import { openMessages } from "./messages.ts";
import { nameOf, openQueues, type Queue, type Queues } from "./queues.ts";
import { receiveMessage } from "./receive.ts";
import { missing, noSuchQueue, queryCodes, within } from "./refusals.ts";
import { sendMessage } from "./send.ts";
import { attributesOf, page } from "./show.ts";

/** Queues in the one store: a message and what caused it are one transaction. */
export function openSqs(cloud: Cloud): Service {
  const queues = openQueues(cloud);
  const bell = openBell();
  const messages = openMessages(cloud, queues, bell.ring);

  /** An operation on one queue that its URL names. */
  const on = <I extends { QueueUrl?: string | undefined }>(
    action: string,
    run: (queue: Queue, input: I, caller: Parameters<Operation["run"]>[1]) => object | undefined,
  ): Operation => ({
    needs: (input: I) => need(queues, action, nameOf(input.QueueUrl)),
    run: (input: I, caller) => run(queues.require(nameOf(input.QueueUrl)), input, caller),
  });

  const service: Service = {
    name: "sqs",
    wire: { protocol: "json", version: "1.0", target: "AmazonSQS", queryCodes },
    operations: modelled(kinds, {
      CreateQueue: {
        needs: ({ QueueName }: Sqs.CreateQueueCommandInput) =>
          need(queues, "CreateQueue", QueueName ?? ""),
        run({ QueueName, Attributes, tags }: Sqs.CreateQueueCommandInput) {
          return {
            QueueUrl: queues.url(queues.create(QueueName, { ...Attributes }, tags ?? {}).name),
          };
        },
      },
      GetQueueUrl: {
        needs: ({ QueueName }: Sqs.GetQueueUrlCommandInput) =>
          need(queues, "GetQueueUrl", QueueName ?? ""),
        run({ QueueName, QueueOwnerAWSAccountId }: Sqs.GetQueueUrlCommandInput) {
          if (!QueueName) throw missing("QueueName");
          if (QueueOwnerAWSAccountId && QueueOwnerAWSAccountId !== cloud.accountId) {
            throw noSuchQueue();
          }
          return { QueueUrl: queues.url(queues.require(QueueName).name) };
        },
      },
      ListQueues: {
        needs: () => ({ action: "sqs:ListQueues", resource: "*" }),
        run({ QueueNamePrefix, MaxResults, NextToken }: Sqs.ListQueuesCommandInput) {
          const names = queues.list(QueueNamePrefix ?? "").map((queue) => queue.name);
          const { items, next } = page(names, MaxResults, NextToken);
          return { QueueUrls: items.map(queues.url), ...(next ? { NextToken: next } : {}) };
        },
      },
      DeleteQueue: on("DeleteQueue", (queue) =>
        cloud.store.transaction(() => {
          messages.purge(queue);
          queues.remove(queue.name);
          return {};
        }),
      ),
      PurgeQueue: on("PurgeQueue", (queue) => {
        messages.purge(queue);
        return {};
      }),
      GetQueueAttributes: on(
        "GetQueueAttributes",
        (queue, input: Sqs.GetQueueAttributesCommandInput) => {
          const Attributes = attributesOf(queue, messages.count(queue), input.AttributeNames ?? []);
          return Object.keys(Attributes).length > 0 ? { Attributes } : {};
        },
      ),
      SetQueueAttributes: on(
        "SetQueueAttributes",
        (queue, input: Sqs.SetQueueAttributesCommandInput) => {
          queues.set(queue, { ...input.Attributes });
          bell.ring(queue.name);
          return {};
        },
      ),
      ListDeadLetterSourceQueues: on(
        "ListDeadLetterSourceQueues",
        (queue, { MaxResults, NextToken }: Sqs.ListDeadLetterSourceQueuesCommandInput) => {
          const names = queues
            .list("")
            .filter((source) => redriveOf(source.attributes)?.deadLetterTargetArn === queue.arn)
            .map((source) => source.name);
          const { items, next } = page(names, MaxResults, NextToken);
          return { queueUrls: items.map(queues.url), ...(next ? { NextToken: next } : {}) };
        },
      ),
      TagQueue: on("TagQueue", (queue, input: Sqs.TagQueueCommandInput) => {
        queues.tag(queue, { ...queue.tags, ...input.Tags });
        return {};
      }),
      UntagQueue: on("UntagQueue", (queue, input: Sqs.UntagQueueCommandInput) => {
        const gone = new Set(input.TagKeys);
        queues.tag(
          queue,
          Object.fromEntries(Object.entries(queue.tags).filter(([key]) => !gone.has(key))),
        );
        return {};
      }),
      ListQueueTags: on("ListQueueTags", (queue) => ({ Tags: queue.tags })),
      SendMessage: on("SendMessage", (queue, input: Sqs.SendMessageCommandInput, caller) =>
        sendMessage(messages, queue, input, caller),
      ),
      SendMessageBatch: on(
        "SendMessage",
        (queue, input: Sqs.SendMessageBatchCommandInput, caller) => {
          refuseTooLong(input.Entries ?? []);
          return batch(input.Entries, (entry) => sendMessage(messages, queue, entry, caller));
        },
      ),
      ReceiveMessage: {
        needs: ({ QueueUrl }: Sqs.ReceiveMessageCommandInput) =>
          need(queues, "ReceiveMessage", nameOf(QueueUrl)),
        run: (input: Sqs.ReceiveMessageCommandInput) =>
          receiveMessage({ cloud, queues, messages, bell }, input),
      },
      DeleteMessage: on("DeleteMessage", (queue, input: Sqs.DeleteMessageCommandInput) => {
        messages.remove(queue, input.ReceiptHandle);
        return {};
      }),
      DeleteMessageBatch: on("DeleteMessage", (queue, input: Sqs.DeleteMessageBatchCommandInput) =>
        batch(input.Entries, (entry) => {
          messages.remove(queue, entry.ReceiptHandle);
          return {};
        }),
      ),
      ChangeMessageVisibility: on(
        "ChangeMessageVisibility",
        (queue, input: Sqs.ChangeMessageVisibilityCommandInput) => {
          messages.hide(queue, input.ReceiptHandle, hiddenMs(input.VisibilityTimeout));
          return {};
        },
      ),
      ChangeMessageVisibilityBatch: on(
        "ChangeMessageVisibility",
        (queue, input: Sqs.ChangeMessageVisibilityBatchCommandInput) =>
          batch(input.Entries, (entry) => {
            messages.hide(queue, entry.ReceiptHandle, hiddenMs(entry.VisibilityTimeout));
            return {};
          }),
      ),
    }),
    async stop() {
      bell.silence();
    },
  };
  cloud.add(service);
  return service;
}

/**
 * The permission, weighed with the queue's own policy. A queue that is not there is told first: SQS
 * says the same to those who may and to those who may not.
 */
function need(queues: Queues, action: string, name: string): Need {
  if (action !== "CreateQueue" && name) queues.require(name);
  return { action: `sqs:${action}`, resource: queues.arn(name), policy: queues.policy(name) };
}

function hiddenMs(seconds: unknown): number {
  if (seconds === undefined || seconds === null) throw missing("VisibilityTimeout");
  return within("VisibilityTimeout", seconds, 0, 43_200) * 1000;
}

function refuseTooLong(entries: Sqs.SendMessageBatchRequestEntry[]): void {
  const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
  if (bytes > MOST_BATCH_BYTES) {
    throw new Refusal(
      "BatchRequestTooLong",
      `Batch requests cannot be longer than ${MOST_BATCH_BYTES} bytes. You have sent ${bytes} bytes.`,
    );
  }
}

/** An entry with bad attributes is refused by itself, later: here it is as long as its body. */
function bytesOf({ MessageBody = "", MessageAttributes }: Sqs.SendMessageBatchRequestEntry) {
  try {
    return sizeOf(MessageBody, readAttributes(MessageAttributes));
  } catch {
    return sizeOf(String(MessageBody), {});
  }
}

const MOST_BATCH_BYTES = 1_048_576;
