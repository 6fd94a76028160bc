import type { MessageAttributes } from "./message.ts";

/** A message as it lies in its queue. */
export interface Stored {
  id: string;
  queue: string;
  body: string;
  attributes: MessageAttributes;
  trace: string | undefined;
  sender: string;
  sentMs: number;
  receives: number;
  firstReceivedMs: number;
  handle: string;
  groupId: string | undefined;
  dedupId: string | undefined;
  sequence: string | undefined;
  deadFrom: string | undefined;
}

export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sqs_messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, queue TEXT NOT NULL,
    body TEXT NOT NULL, attributes TEXT NOT NULL, trace TEXT, sender TEXT NOT NULL,
    sent_ms INTEGER NOT NULL, kept_ms INTEGER NOT NULL, visible_ms INTEGER NOT NULL,
    receives INTEGER NOT NULL DEFAULT 0, first_ms INTEGER, taken_ms INTEGER, handle TEXT,
    group_id TEXT, dedup_id TEXT, sequence TEXT, dead_from TEXT);
  CREATE INDEX IF NOT EXISTS sqs_messages_due ON sqs_messages (queue, visible_ms, seq);
  CREATE INDEX IF NOT EXISTS sqs_messages_group ON sqs_messages (queue, group_id, visible_ms);
  CREATE INDEX IF NOT EXISTS sqs_messages_age ON sqs_messages (queue, kept_ms);
  CREATE TABLE IF NOT EXISTS sqs_recent (
    queue TEXT NOT NULL, dedup_id TEXT NOT NULL, id TEXT NOT NULL, sequence TEXT NOT NULL,
    until_ms INTEGER NOT NULL, PRIMARY KEY (queue, dedup_id));
`;

export const NEXT = `
  SELECT * FROM sqs_messages WHERE queue = ?1 AND visible_ms <= ?2 ORDER BY visible_ms, seq LIMIT ?3`;

/** In order within a group; a group waits while one of its messages is in flight or delayed before. */
export const NEXT_FIFO = `
  SELECT * FROM sqs_messages AS next WHERE queue = ?1 AND visible_ms <= ?2 AND NOT EXISTS (
    SELECT 1 FROM sqs_messages AS other
    WHERE other.queue = next.queue AND other.group_id = next.group_id AND other.visible_ms > ?2
      AND (other.handle IS NOT NULL OR other.seq < next.seq))
  ORDER BY seq LIMIT ?3`;

/** A receipt handle: the message and a secret of this one receive. */
export const HANDLE = /^[0-9a-f-]{36}\.[A-Za-z0-9_-]{24}$/;

export function storedOf(row: MessageRow): Stored {
  return {
    id: row.id,
    queue: row.queue,
    body: row.body,
    attributes: JSON.parse(row.attributes) as MessageAttributes,
    trace: row.trace ?? undefined,
    sender: row.sender,
    sentMs: row.sent_ms,
    receives: row.receives,
    firstReceivedMs: row.first_ms ?? row.sent_ms,
    handle: row.handle ?? "",
    groupId: row.group_id ?? undefined,
    dedupId: row.dedup_id ?? undefined,
    sequence: row.sequence ?? undefined,
    deadFrom: row.dead_from ?? undefined,
  };
}

export interface MessageRow extends Record<string, unknown> {
  seq: number;
  id: string;
  queue: string;
  body: string;
  attributes: string;
  trace: string | null;
  sender: string;
  sent_ms: number;
  kept_ms: number;
  visible_ms: number;
  receives: number;
  first_ms: number | null;
  taken_ms: number | null;
  handle: string | null;
  group_id: string | null;
  dedup_id: string | null;
  sequence: string | null;
  dead_from: string | null;
}
