import type { Message } from "@aws-sdk/client-sqs";
import type { Caller } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { DeployedFunction } from "./function.ts";
import type { Run } from "./invoke.ts";
import { type Mapping, queueUrl } from "./mapping.ts";
import { failuresIn, type QueueRecord, recordOf } from "./record.ts";

/** What carries messages from a queue to a function. */
export interface Poller {
  /** Takes no further message. Batches under way are left: their messages come again. */
  stop(): void;
}

/** @param found asked for each batch, so that a function defined anew is the one that runs */
export function startPoller(
  cloud: Cloud,
  mapping: Mapping,
  found: () => DeployedFunction,
  run: Run,
): Poller {
  const QueueUrl = queueUrl(cloud, mapping.eventSourceArn);
  const most = mapping.maximumConcurrency ?? USUAL_CONCURRENCY;
  let isStopped = false;
  let underWay = 0;
  let freed: () => void = () => undefined;
  let wake: () => void = () => undefined;

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const receive = async (actor: Caller, wanted: number, waitSeconds: number) => {
    const { Messages } = await cloud.call<{ Messages?: Message[] }>(
      "sqs",
      "ReceiveMessage",
      {
        QueueUrl,
        MaxNumberOfMessages: Math.min(wanted, MOST_AT_ONCE),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      },
      actor,
    );
    const messages = Messages ?? [];
    note(messages);
    return messages;
  };

  const gather = async (actor: Caller) => {
    const batch = await receive(actor, mapping.batchSize, LONG_POLL_SECONDS);
    const untilMs = Date.now() + mapping.windowSeconds * 1000;
    while (batch.length > 0 && batch.length < mapping.batchSize && !isStopped) {
      const leftMs = untilMs - Date.now();
      if (leftMs <= 0) break;
      const wait = Math.min(LONG_POLL_SECONDS, Math.ceil(leftMs / 1000));
      batch.push(...(await receive(actor, mapping.batchSize - batch.length, wait)));
    }
    return batch;
  };

  const note = (messages: Message[]) => {
    if (messages.length === 0) return;
    cloud.store.transaction(() => {
      for (const { ReceiptHandle } of messages) {
        cloud.store.run(
          "INSERT OR IGNORE INTO lambda_in_flight (receipt, queue_url) VALUES (?, ?)",
          ReceiptHandle ?? "",
          QueueUrl,
        );
      }
    });
  };

  const settle = (messages: Message[]) => {
    cloud.store.transaction(() => {
      for (const { ReceiptHandle } of messages) {
        cloud.store.run("DELETE FROM lambda_in_flight WHERE receipt = ?", ReceiptHandle ?? "");
      }
    });
  };

  const remove = async (actor: Caller, records: QueueRecord[]) => {
    for (let first = 0; first < records.length; first += MOST_AT_ONCE) {
      const Entries = records.slice(first, first + MOST_AT_ONCE).map((record, index) => ({
        Id: String(index),
        ReceiptHandle: record.receiptHandle,
      }));
      await cloud.call("sqs", "DeleteMessageBatch", { QueueUrl, Entries }, actor);
    }
  };

  const work = async (actor: Caller, messages: Message[]) => {
    const all = messages.map((message) => recordOf(message, mapping.eventSourceArn));
    const isWanted = (record: QueueRecord) =>
      mapping.filters.length === 0 || mapping.filters.some((filter) => filter.matches(record));
    const wanted = all.filter(isWanted);
    const done = all.filter((record) => !wanted.includes(record));
    if (wanted.length > 0) {
      const ran = await run(found(), {
        payload: JSON.stringify({ Records: wanted }),
        kind: "mapping",
        source: mapping.eventSourceArn,
      });
      const failed = !ran.ok
        ? "all"
        : mapping.reportsFailures
          ? failuresIn(ran.payload, wanted)
          : new Set<string>();
      if (failed !== "all") done.push(...wanted.filter((one) => !failed.has(one.messageId)));
      if (ran.ok && (failed === "all" || failed.size > 0)) {
        const count = failed === "all" ? wanted.length : failed.size;
        cloud.tell(
          `lambda: ${found().name} gave ${count} of ${wanted.length} messages back to ${queueOf(mapping)}`,
        );
      }
    }
    if (!isStopped) await remove(actor, done);
  };

  const loop = async () => {
    while (!isStopped) {
      if (underWay >= most) {
        await new Promise<void>((resolve) => {
          freed = resolve;
        });
        continue;
      }
      try {
        const actor = found().actor();
        const batch = await gather(actor);
        if (batch.length === 0) continue;
        if (isStopped) {
          await giveBack(cloud, batch);
          break;
        }
        underWay += 1;
        void work(actor, batch)
          .catch((error: unknown) => complain(cloud, mapping, error))
          .finally(() => {
            if (!isStopped) settle(batch);
            underWay -= 1;
            freed();
          });
      } catch (error) {
        if (isStopped) break;
        complain(cloud, mapping, error);
        await pause(AFTER_ERROR_MS);
      }
    }
  };

  void loop();
  return {
    // A poll that waits is left to wait: what it still receives is given back.
    stop() {
      isStopped = true;
      freed();
      wake();
    },
  };
}

/** Makes what pollers held when the machine went down visible again, instead of after its timeout. */
export async function giveBackAll(cloud: Cloud): Promise<void> {
  const held = cloud.store.all<{ receipt: string; queue_url: string }>(
    "SELECT receipt, queue_url FROM lambda_in_flight",
  );
  for (const { receipt, queue_url } of held) await giveBackOne(cloud, receipt, queue_url);
}

async function giveBack(cloud: Cloud, messages: Message[]): Promise<void> {
  for (const { ReceiptHandle: receipt = "" } of messages) {
    const row = cloud.store.get<{ queue_url: string }>(
      "SELECT queue_url FROM lambda_in_flight WHERE receipt = ?",
      receipt,
    );
    if (row) await giveBackOne(cloud, receipt, row.queue_url);
  }
}

async function giveBackOne(cloud: Cloud, receipt: string, url: string): Promise<void> {
  const QueueUrl = `${cloud.origin}${new URL(url).pathname}`;
  const visible = { QueueUrl, ReceiptHandle: receipt, VisibilityTimeout: 0 };
  try {
    await cloud.call("sqs", "ChangeMessageVisibility", visible, cloud.iam.operator);
  } catch (error) {
    // The queue has stopped too: the next start gives it back. Else it is visible again, or gone.
    if (error instanceof Refusal && error.httpStatus >= 500) return;
  }
  cloud.store.run("DELETE FROM lambda_in_flight WHERE receipt = ?", receipt);
}

export const IN_FLIGHT = `CREATE TABLE IF NOT EXISTS lambda_in_flight (
  receipt TEXT PRIMARY KEY, queue_url TEXT NOT NULL)`;

function complain(cloud: Cloud, mapping: Mapping, error: unknown): void {
  const why = error instanceof Refusal ? error.code : error instanceof Error ? error.name : "error";
  cloud.tell(`lambda: the mapping from ${queueOf(mapping)} waits, ${why}`);
}

const queueOf = ({ eventSourceArn }: Mapping) => eventSourceArn.split(":").at(-1);

/** Batches under way when no maximum is set. AWS begins with five pollers. */
const USUAL_CONCURRENCY = 5;

/** The longest that SQS lets a poll wait. */
const LONG_POLL_SECONDS = 20;

/** Most messages in one ReceiveMessage or DeleteMessageBatch. Source: Amazon SQS quotas. */
const MOST_AT_ONCE = 10;

const AFTER_ERROR_MS = 2000;
