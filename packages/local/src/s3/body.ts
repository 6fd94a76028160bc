import { randomUUID } from "node:crypto";
import { createReadStream, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { chmod, link, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Algorithm } from "./checksum.ts";
import { type Slice, Stretch } from "./reading.ts";
import { BODY_MODE, measure, pour, type Source, type Sums } from "./writing.ts";

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
  read(slices: readonly Slice[]): Stretch;
  path(file: string): string;
  /** Removes files, once nobody reads them any more. */
  discard(files: readonly string[]): void;
  /** Keeps files from being discarded until the answer is called. */
  hold(files: readonly string[]): () => void;
  /** Removes what no row names: left by a process that died between rename and commit. */
  removeOrphans(known: ReadonlySet<string>): number;
}

export interface Written extends Sums {
  file: string;
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
    renameSync(from, path(file)); // quicker done than handed to a thread
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
      return new Stretch(slices, path).once("close", release);
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

function fresh(): string {
  return randomUUID().replaceAll("-", "");
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

const READ_BYTES = 256 * 1024;
