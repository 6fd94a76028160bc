import { randomBytes, randomUUID } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Store } from "../kernel/store.ts";

/**
 * A version id: 28 random characters and four that follow from them. AWS tells an id it never gave
 * (InvalidArgument) from one that is gone (NoSuchVersion), and so can we.
 */
export function versionId(): string {
  const stem = [...randomBytes(28)].map((byte) => LETTERS[byte & 63]).join("");
  return stem + proof(stem);
}

export function isVersionId(text: string): boolean {
  return text === "null" || (text.length === 32 && proof(text.slice(0, 28)) === text.slice(28));
}

export function uploadId(): string {
  return [...randomBytes(64)].map((byte) => LETTERS[byte & 63]).join("");
}

/** As in S3's answers: 16 characters. */
export function requestId(): string {
  return randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase();
}

/**
 * The next order mark, larger than every one before it whatever the clock does. Seconds and a
 * fraction, written like S3's; call it inside the transaction that stores the change.
 */
export function sequencer(store: Store, nowMs: number): string {
  const last = store.get<{ last: string }>("SELECT last FROM s3_sequencer WHERE only = 1");
  const byClock = (BigInt(Math.floor(nowMs)) << 32n) / 1000n;
  const after = last ? BigInt(`0x${last.last}`) + 1n : 0n;
  const next = (byClock > after ? byClock : after).toString(16).toUpperCase().padStart(18, "0");
  store.run(
    "INSERT INTO s3_sequencer (only, last) VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET last = excluded.last",
    next,
  );
  return next;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";

function proof(stem: string): string {
  const sum = crc32(`version:${stem}`);
  return [0, 6, 12, 18].map((shift) => LETTERS[(sum >>> shift) & 63]).join("");
}
