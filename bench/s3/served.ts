import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Keys } from "@rushes/local/kernel/caller";

/** Where a server listens, and who may ask it. */
export interface Place {
  origin: string;
  keys: Keys;
}

/** A server in a process of its own. */
export interface Served extends Place {
  /** Resident memory so far. */
  memory(): Promise<Memory>;
  close(): Promise<void>;
}

export interface Memory {
  idleBytes: number;
  peakBytes: number;
}

/** Starts `./<name>.ts` as a server whose data lies in `folder`. */
export async function launch(name: "bare" | "laptop", folder: string): Promise<Served> {
  const child = fork(fileURLToPath(import.meta.resolve(`./${name}.ts`)), [folder]);
  const place = (await reply(child)) as Place;
  return {
    ...place,
    async memory() {
      child.send("memory");
      return (await reply(child)) as Memory;
    },
    async close() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

/** The other side: a process that serves until whoever started it lets go. */
export async function serve(open: (folder: string) => Promise<Place>): Promise<void> {
  const place = await open(process.argv[2] ?? "");
  const idleBytes = process.memoryUsage.rss();
  process.on("message", () => {
    process.send?.({ idleBytes, peakBytes: process.resourceUsage().maxRSS * 1024 });
  });
  process.on("disconnect", () => process.exit());
  process.send?.(place);
}

async function reply(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const exited = once(child, "exit", { signal: ended.signal }).then(() => {
    throw new Error("the server ended before it answered");
  });
  exited.catch(() => undefined);
  try {
    const [message] = await Promise.race([once(child, "message"), exited]);
    return message;
  } finally {
    ended.abort();
  }
}
