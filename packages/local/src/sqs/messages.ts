import { randomBytes, randomUUID } from "node:crypto";
import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import { redriveOf } from "./attributes.ts";
import type { MessageAttributes } from "./message.ts";
import {
  HANDLE,
  type MessageRow,
  NEXT,
  NEXT_FIFO,
  SCHEMA,
  type Stored,
  storedOf,
} from "./message-rows.ts";
import type { Queue, Queues } from "./queues.ts";
import { invalid } from "./refusals.ts";

export interface Sending {
  body: string;
  attributes: MessageAttributes;
  trace: string | undefined;
  sender: string;
  delayMs: number;
  groupId: string | undefined;
  dedupId: string | undefined;
}

export interface Messages {
  /** A FIFO queue answers a repetition with the first message's id and sequence number. */
  send(queue: Queue, sending: Sending): { id: string; sequence: string | undefined };
  /** Takes up to `most` messages out of sight; those received too often go to the dead letters. */
  take(queue: Queue, most: number, visibilityMs: number): Stored[];
  /** When the next hidden message comes into sight, if there is one. */
  nextMs(queue: Queue): number | undefined;
  /** @throws Refusal `ReceiptHandleIsInvalid`; a handle that was overtaken is silently no longer good */
  remove(queue: Queue, handle: unknown): void;
  hide(queue: Queue, handle: unknown, forMs: number): void;
  purge(queue: Queue): void;
  count(queue: Queue): { visible: number; inFlight: number; delayed: number };
}

/** How long a FIFO queue remembers what it was sent. */
const DEDUP_MS = 300_000;
const MOST_HIDDEN_MS = 43_200_000;

/**
 * @param came is told, after the commit, that a queue has something that may be received
 */
export function openMessages(
  cloud: Cloud,
  queues: Queues,
  came: (queue: string) => void,
): Messages {
  const { store } = cloud;
  store.schema(SCHEMA);
  const ring = (queue: string) => store.afterCommit(() => came(queue));

  /** Messages older than the queue keeps them are gone, seen or not. */
  const forget = (queue: Queue, now: number) => {
    const keepMs = Number(queue.attributes.MessageRetentionPeriod) * 1000;
    store.run(
      "DELETE FROM sqs_messages WHERE queue = ? AND kept_ms <= ?",
      queue.name,
      now - keepMs,
    );
  };

  /** @returns true when the message went away */
  const die = (queue: Queue, row: MessageRow, now: number): boolean => {
    const redrive = redriveOf(queue.attributes);
    if (!redrive || row.receives < redrive.maxReceiveCount) return false;
    const grave = queues.find(redrive.deadLetterTargetArn.split(":").at(-1) ?? "");
    if (!grave) return false;
    store.run(
      `UPDATE sqs_messages SET queue = ?, visible_ms = ?, handle = NULL, dead_from = ?, kept_ms = ?
       WHERE seq = ?`,
      grave.name,
      now,
      queue.arn,
      grave.fifo ? now : row.kept_ms, // a standard queue goes on counting from the first sending
      row.seq,
    );
    ring(grave.name);
    return true;
  };

  const give = (row: MessageRow, now: number, visibilityMs: number): Stored => {
    const handle = `${row.id}.${randomBytes(18).toString("base64url")}`;
    const firstMs = row.first_ms ?? now;
    store.run(
      `UPDATE sqs_messages SET receives = receives + 1, first_ms = ?, taken_ms = ?,
         visible_ms = ?, handle = ? WHERE seq = ?`,
      firstMs,
      now,
      now + visibilityMs,
      handle,
      row.seq,
    );
    return storedOf({ ...row, handle, receives: row.receives + 1, first_ms: firstMs });
  };

  const held = (queue: Queue, handle: unknown): MessageRow | undefined => {
    if (typeof handle !== "string" || !HANDLE.test(handle)) {
      throw new Refusal(
        "ReceiptHandleIsInvalid",
        `The input receipt handle "${handle}" is not a valid receipt handle.`,
      );
    }
    return store.get<MessageRow>(
      "SELECT * FROM sqs_messages WHERE queue = ? AND handle = ?",
      queue.name,
      handle,
    );
  };

  return {
    send(queue, sending) {
      return store.transaction(() => {
        const now = cloud.now();
        if (queue.fifo) {
          store.run("DELETE FROM sqs_recent WHERE until_ms <= ?", now);
          const before = store.get<{ id: string; sequence: string }>(
            "SELECT id, sequence FROM sqs_recent WHERE queue = ? AND dedup_id = ?",
            queue.name,
            scoped(queue, sending),
          );
          if (before) return { id: before.id, sequence: before.sequence };
        }
        const id = randomUUID();
        const { id: seq } = store.run(
          `INSERT INTO sqs_messages (id, queue, body, attributes, trace, sender, sent_ms, kept_ms,
             visible_ms, group_id, dedup_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          id,
          queue.name,
          sending.body,
          JSON.stringify(sending.attributes),
          sending.trace ?? null,
          sending.sender,
          now,
          now,
          now + sending.delayMs,
          sending.groupId ?? null,
          sending.dedupId ?? null,
        );
        let sequence: string | undefined;
        if (queue.fifo) {
          sequence = String(seq).padStart(20, "0");
          store.run("UPDATE sqs_messages SET sequence = ? WHERE seq = ?", sequence, seq);
          store.run(
            "INSERT INTO sqs_recent (queue, dedup_id, id, sequence, until_ms) VALUES (?, ?, ?, ?, ?)",
            queue.name,
            scoped(queue, sending),
            id,
            sequence,
            now + DEDUP_MS,
          );
        }
        ring(queue.name);
        return { id, sequence };
      });
    },

    take(queue, most, visibilityMs) {
      return store.transaction(() => {
        const now = cloud.now();
        forget(queue, now);
        const taken: Stored[] = [];
        const seen = new Set<number>();
        // Dead letters leave room, so the queue is asked again until it has nothing new.
        while (taken.length < most) {
          const rows = store
            .all<MessageRow>(queue.fifo ? NEXT_FIFO : NEXT, queue.name, now, most - taken.length)
            .filter((row) => !seen.has(row.seq));
          if (rows.length === 0) break;
          for (const row of rows) {
            seen.add(row.seq);
            if (die(queue, row, now)) continue;
            taken.push(give(row, now, visibilityMs));
          }
        }
        return taken;
      });
    },

    nextMs: (queue) =>
      store.get<{ at: number | null }>(
        "SELECT min(visible_ms) AS at FROM sqs_messages WHERE queue = ? AND visible_ms > ?",
        queue.name,
        cloud.now(),
      )?.at ?? undefined,

    remove(queue, handle) {
      const row = held(queue, handle);
      if (!row) return;
      if (queue.fifo && row.visible_ms <= cloud.now()) {
        throw invalid("ReceiptHandle", handle, "The receipt handle has expired.");
      }
      store.run("DELETE FROM sqs_messages WHERE seq = ?", row.seq);
      if (queue.fifo) ring(queue.name);
    },

    hide(queue, handle, forMs) {
      const row = held(queue, handle);
      const now = cloud.now();
      if (!row) {
        throw invalid(
          "ReceiptHandle",
          handle,
          "Message does not exist or is not available for visibility timeout change.",
        );
      }
      if (row.visible_ms <= now) {
        throw new Refusal("MessageNotInflight", "The message referred to isn't in flight.");
      }
      if (now + forMs > (row.taken_ms ?? now) + MOST_HIDDEN_MS) {
        throw invalid(
          "VisibilityTimeout",
          forMs / 1000,
          "Total VisibilityTimeout for the message is beyond the limit [43200 seconds].",
        );
      }
      store.run("UPDATE sqs_messages SET visible_ms = ? WHERE seq = ?", now + forMs, row.seq);
      ring(queue.name);
    },

    purge: (queue) => void store.run("DELETE FROM sqs_messages WHERE queue = ?", queue.name),

    count(queue) {
      const now = cloud.now();
      forget(queue, now);
      const row = store.get<{ visible: number; flying: number; delayed: number }>(
        `SELECT count(*) FILTER (WHERE visible_ms <= ?1) AS visible,
           count(*) FILTER (WHERE visible_ms > ?1 AND handle IS NOT NULL) AS flying,
           count(*) FILTER (WHERE visible_ms > ?1 AND handle IS NULL) AS delayed
         FROM sqs_messages WHERE queue = ?2`,
        now,
        queue.name,
      );
      return { visible: row?.visible ?? 0, inFlight: row?.flying ?? 0, delayed: row?.delayed ?? 0 };
    },
  };
}

/** Deduplication is by queue, or in high-throughput queues by message group. */
function scoped(queue: Queue, { dedupId, groupId }: Sending): string {
  return queue.attributes.DeduplicationScope === "messageGroup"
    ? JSON.stringify([groupId, dedupId])
    : (dedupId ?? "");
}
