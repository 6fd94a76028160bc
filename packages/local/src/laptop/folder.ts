import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openStore, type Store } from "../kernel/store.ts";

/**
 * Takes a data folder for this process alone; the claim ends with the process, however it ends.
 *
 * @param fresh forgets what earlier laptops left in it; what is not theirs stays
 * @throws Error with a sentence for the person at the terminal
 */
export function claimFolder(dataDir: string, { fresh = false } = {}): Store {
  if (fresh && !isOursOrEmpty(dataDir)) {
    throw new Error(`--fresh would empty ${dataDir}, which is not a data folder of Rushes.`);
  }
  const store = claimed(dataDir);
  if (!fresh) return store;
  store.close();
  for (const name of OURS) rmSync(join(dataDir, name), { recursive: true, force: true });
  return claimed(dataDir);
}

function claimed(dataDir: string): Store {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return openStore(join(dataDir, "cloud.sqlite"), { alone: true });
  } catch (error) {
    throw new Error(sentence(dataDir, error as Error), { cause: error });
  }
}

function sentence(dataDir: string, error: NodeJS.ErrnoException): string {
  const cause = (error.cause ?? error) as Error & { errcode?: number };
  if (cause.errcode === SQLITE_BUSY) {
    return `Another laptop is using ${dataDir}. End it, or choose another folder with --data.`;
  }
  if (error.code === "EEXIST" || error.code === "ENOTDIR") {
    return `${dataDir} is not a folder. Choose another place with --data.`;
  }
  return `The folder ${dataDir} cannot be written (${cause.message}). Choose another one with --data.`;
}

function isOursOrEmpty(dataDir: string): boolean {
  let names: string[];
  try {
    names = readdirSync(dataDir);
  } catch {
    return true; // not there, or not a folder: claiming it says which
  }
  return names.length === 0 || names.includes("cloud.sqlite");
}

const SQLITE_BUSY = 5;

/** Everything a laptop writes: `--fresh` takes nothing else away. */
const OURS = [
  "cloud.sqlite",
  "cloud.sqlite-wal",
  "cloud.sqlite-shm",
  "cloud.sqlite-journal",
  "endpoints.json",
  "cognito",
  "gateway",
  "secrets.json",
  "users.json",
  "iam",
  "lambda",
  "mediaconvert",
  "s3",
];
