import { createHash } from "node:crypto";
import { closeSync, createReadStream, fsync, openSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import { type Algorithm, running } from "./checksum.ts";

export type Source = AsyncIterable<Uint8Array> | Uint8Array;

/** What is known of bytes once they have passed. */
export interface Sums {
  sizeBytes: number;
  md5: Buffer;
  digests: ReadonlyMap<Algorithm, Buffer>;
}

/**
 * Writes a new file. Hashing and writing overlap: while one batch is on its way to the disk, the
 * next is summed. What is small when it ends is written at once.
 */
export async function pour(
  source: Source,
  to: string,
  algorithms: Iterable<Algorithm>,
): Promise<Sums> {
  const sums = summing(algorithms);
  let handle: FileHandle | undefined;
  let batch: Uint8Array[] = [];
  let batchBytes = 0;
  let pending: Promise<void> = Promise.resolve();
  const flush = async () => {
    await pending;
    handle ??= await open(to, "wx", BODY_MODE);
    pending = writeAll(handle, batch);
    pending.catch(() => undefined); // reported by the next await
    batch = [];
    batchBytes = 0;
  };
  try {
    for await (const chunk of source instanceof Uint8Array ? [source] : source) {
      sums.update(chunk);
      batch.push(chunk);
      batchBytes += chunk.length;
      if (batchBytes >= WRITE_BYTES) await flush();
    }
    if (!handle && batchBytes <= SMALL_BYTES) await writeSmall(to, batch);
    else await flush();
    await pending;
    await handle?.sync();
  } finally {
    await handle?.close();
  }
  return sums.finish();
}

/** Only the fsync is worth a thread: the rest is done before one were free. */
async function writeSmall(to: string, batch: readonly Uint8Array[]): Promise<void> {
  const descriptor = openSync(to, "wx", BODY_MODE);
  try {
    writeFileSync(descriptor, Buffer.concat(batch));
    await sync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

async function writeAll(handle: FileHandle, batch: readonly Uint8Array[]): Promise<void> {
  if (batch.length === 0) return;
  const sizeBytes = batch.reduce((sum, chunk) => sum + chunk.length, 0);
  const { bytesWritten } = await handle.writev(batch);
  if (bytesWritten < sizeBytes) {
    // A full disk or a signal: the rest goes on its own, or fails with a reason.
    await writeAll(handle, [Buffer.concat(batch).subarray(bytesWritten)]);
  }
}

/** Sums a file that exists, and makes sure that it is on disk. */
export async function measure(path: string, algorithms: Iterable<Algorithm>): Promise<Sums> {
  const sums = summing(algorithms);
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES }))
    sums.update(chunk);
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  return sums.finish();
}

function summing(algorithms: Iterable<Algorithm>) {
  const md5 = createHash("md5");
  const others = [...new Set(algorithms)].map((name) => [name, running(name)] as const);
  let sizeBytes = 0;
  return {
    update(chunk: Uint8Array) {
      sizeBytes += chunk.length;
      md5.update(chunk);
      for (const [, sum] of others) sum.update(chunk);
    },
    finish: () => ({
      sizeBytes,
      md5: md5.digest(),
      digests: new Map(others.map(([name, sum]) => [name, sum.digest()])),
    }),
  };
}

const sync = promisify(fsync);

/** Read-only: a neighbour may hold another name for the same file. */
export const BODY_MODE = 0o400;
const READ_BYTES = 256 * 1024;
const WRITE_BYTES = 512 * 1024;
const SMALL_BYTES = 64 * 1024;
