import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "@rushes/cli/operator";
import { root } from "./laptop.ts";
import type { Moment } from "./mortal.ts";

/** Starts a laptop in a process of its own, and waits until it serves. */
export async function born(dataDir: string, moment: Moment, graph?: string): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      join(root, "test/support/mortal.ts"),
      dataDir,
      moment,
      ...(graph ? [graph] : []),
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const failed = once(child, "exit").then(() => {
    throw new Error("the laptop did not start");
  });
  if (child.stdout) await Promise.race([once(child.stdout, "data"), failed]);
  failed.catch(() => undefined); // it dies later, as it should
  return child;
}

/** Where the laptop of a folder is found. */
export const placeOf = (dataDir: string): Place =>
  JSON.parse(readFileSync(join(dataDir, "endpoints.json"), "utf8")) as Place;
