import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readSession, type TokenStore } from "../sign-in/token-store.ts";
import { readRecord, type UploadRecords } from "../upload/records.ts";

/** A session in a file that only its owner can read. */
export function fileStore(path: string): TokenStore {
  return {
    read: async () => readSession(await text(path)),
    write: (session) => keep(path, session),
  };
}

/** Unfinished uploads in a folder, a file each, so that several programs may write at once. */
export function recordFolder(folder: string): UploadRecords {
  const file = (key: string) =>
    join(folder, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.json`);
  return {
    read: async (key) => readRecord(await text(file(key))),
    write: (key, record) => keep(file(key), record),
  };
}

async function text(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes it whole or not at all; nothing is kept of nothing. */
async function keep(path: string, value: object | undefined): Promise<void> {
  if (!value) return rm(path, { force: true });
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await writeFile(draft, JSON.stringify(value), { mode: 0o600, flush: true });
    await chmod(draft, 0o600);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
