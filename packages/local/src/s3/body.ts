import { createHash, randomBytes } from "node:crypto";
import { createReadStream, mkdirSync, readdirSync, rmSync } from "node:fs";
import { chmod, type FileHandle, link, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { type Algorithm, running } from "./checksum.ts";

/**
 * The bytes of objects and parts: files that are written once and never changed. Their names are
 * made here and have nothing to do with a key, so no key can reach outside this folder.
 */
export interface Bodies {
  /** Writes a new file and hashes it on the way. On disk when it answers; no row names it yet. */
  write(source: Source, algorithms: Iterable<Algorithm>): Promise<Written>;
  /** Takes a file that exists: moved when it lies on the same disk, copied otherwise. */
  adopt(path: string, algorithms: Iterable<Algorithm>): Promise<Written>;
  /** Another name for the same bytes, for a copy that costs nothing. */
  again(file: string): Promise<string>;
  /** Reads across pieces. They stay on disk until the reader is done, whatever happens to the object. */
  read(slices: readonly Slice[]): Readable;
  path(file: string): string;
  /** Removes files, once nobody reads them any more. */
  discard(files: readonly string[]): void;
  /** Keeps files from being discarded until the answer is called. */
  hold(files: readonly string[]): () => void;
  /** Removes what no row names: left by a process that died between rename and commit. */
  removeOrphans(known: ReadonlySet<string>): number;
}

export type Source = AsyncIterable<Uint8Array> | Uint8Array;

export interface Written {
  file: string;
  sizeBytes: number;
  md5: Buffer;
  digests: ReadonlyMap<Algorithm, Buffer>;
}

/** A stretch of one file. `last` is included. */
export interface Slice {
  file: string;
  first: number;
  last: number;
}

export function openBodies(folder: string): Bodies {
  const waiting = join(folder, "incoming");
  rmSync(waiting, { recursive: true, force: true });
  mkdirSync(waiting, { recursive: true });
  const kept = join(folder, "bodies");
  mkdirSync(kept, { recursive: true });

  const readers = new Map<string, number>();
  const doomed = new Set<string>();
  const path = (file: string) => join(kept, file.slice(0, 2), file);
  const remove = (file: string) => void rm(path(file), { force: true }).catch(() => undefined);

  const hold = (files: readonly string[]) => {
    for (const file of files) readers.set(file, (readers.get(file) ?? 0) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      for (const file of files) {
        const left = (readers.get(file) ?? 1) - 1;
        if (left > 0) readers.set(file, left);
        else {
          readers.delete(file);
          if (doomed.delete(file)) remove(file);
        }
      }
    };
  };

  const shelves = new Set<string>();
  const makeShelf = async (file: string) => {
    const shelf = dirname(path(file));
    if (shelves.has(shelf)) return;
    await mkdir(shelf, { recursive: true });
    shelves.add(shelf);
  };
  const settle = async (from: string, file: string) => {
    await makeShelf(file);
    await rename(from, path(file));
  };

  return {
    path,
    hold,
    async write(source, algorithms) {
      const file = fresh();
      const temporary = join(waiting, file);
      try {
        const sums = await pour(source, temporary, algorithms);
        await settle(temporary, file);
        return { file, ...sums };
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
    async adopt(given, algorithms) {
      const file = fresh();
      const sums = await measure(given, algorithms);
      await chmod(given, BODY_MODE);
      try {
        await settle(given, file);
      } catch (error) {
        if (!isCode(error, "EXDEV")) throw error;
        const temporary = join(waiting, file);
        await pour(createReadStream(given, { highWaterMark: READ_BYTES }), temporary, []);
        await settle(temporary, file);
        await rm(given, { force: true });
      }
      return { file, ...sums };
    },
    async again(file) {
      const copy = fresh();
      const release = hold([file]); // at once: its object may go while we wait
      try {
        await makeShelf(copy);
        await link(path(file), path(copy));
      } catch (error) {
        if (isCode(error, "ENOENT")) throw error;
        const temporary = join(waiting, copy); // a disk without hard links
        await pour(createReadStream(path(file), { highWaterMark: READ_BYTES }), temporary, []);
        await settle(temporary, copy);
      } finally {
        release();
      }
      return copy;
    },
    read(slices) {
      const release = hold(slices.map((slice) => slice.file));
      const body = across(slices, path);
      return body.once("close", release);
    },
    discard(files) {
      for (const file of files) {
        if (readers.has(file)) doomed.add(file);
        else remove(file);
      }
    },
    removeOrphans(known) {
      let removed = 0;
      for (const shelf of readdirSync(kept, { withFileTypes: true })) {
        if (!shelf.isDirectory()) continue;
        for (const file of readdirSync(join(kept, shelf.name))) {
          if (known.has(file)) continue;
          rmSync(join(kept, shelf.name, file), { force: true });
          removed += 1;
        }
      }
      return removed;
    },
  };
}

/** One file after the other; the first is opened when the first byte is asked for. */
function across(slices: readonly Slice[], path: (file: string) => string): Readable {
  const waiting = slices.filter((slice) => slice.first <= slice.last);
  let current: { handle: FileHandle; at: number; last: number } | undefined;
  const close = async () => {
    const { handle } = current ?? {};
    current = undefined;
    await handle?.close();
  };
  const next = async (): Promise<Buffer | null> => {
    if (!current) {
      const slice = waiting.shift();
      if (!slice) return null;
      current = { handle: await open(path(slice.file), "r"), at: slice.first, last: slice.last };
    }
    const { handle, at, last } = current;
    const wanted = Math.min(READ_BYTES, last - at + 1);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
    if (bytesRead === 0) throw new Error("a body is shorter than its row says");
    if (current) current.at = at + bytesRead;
    if (current && at + bytesRead > last) await close();
    return buffer.subarray(0, bytesRead);
  };
  return new Readable({
    highWaterMark: READ_BYTES,
    read() {
      next().then(
        // Whoever asked may have left while the file was being opened.
        async (chunk) => {
          if (this.destroyed) await close();
          else this.push(chunk);
        },
        (error) => this.destroy(error),
      );
    },
    destroy(error, done) {
      close().then(
        () => done(error),
        (failure) => done(error ?? failure),
      );
    },
  });
}

/** Hashing and writing overlap: while one batch is on its way to the disk, the next is summed. */
async function pour(
  source: Source,
  to: string,
  algorithms: Iterable<Algorithm>,
): Promise<Omit<Written, "file">> {
  const sums = summing(algorithms);
  const handle = await open(to, "wx", BODY_MODE);
  try {
    let batch: Uint8Array[] = [];
    let batchBytes = 0;
    let pending: Promise<void> = Promise.resolve();
    const flush = async () => {
      await pending;
      pending = writeAll(handle, batch);
      pending.catch(() => undefined); // reported by the next await
      batch = [];
      batchBytes = 0;
    };
    for await (const chunk of source instanceof Uint8Array ? [source] : source) {
      sums.update(chunk);
      batch.push(chunk);
      batchBytes += chunk.length;
      if (batchBytes >= WRITE_BYTES) await flush();
    }
    await flush();
    await pending;
    await handle.sync();
  } finally {
    await handle.close();
  }
  return sums.finish();
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

async function measure(
  path: string,
  algorithms: Iterable<Algorithm>,
): Promise<Omit<Written, "file">> {
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

function fresh(): string {
  return randomBytes(16).toString("hex");
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

/** Read-only: a neighbour may hold another name for the same file. */
const BODY_MODE = 0o400;
const READ_BYTES = 256 * 1024;
const WRITE_BYTES = 512 * 1024;
