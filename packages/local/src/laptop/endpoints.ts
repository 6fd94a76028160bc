import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Keys } from "../kernel/caller.ts";
import { writePrivate } from "../kernel/private-file.ts";

/** Where everything is and with which keys: what scripts read. */
export interface Endpoints {
  /** origin of the AWS APIs */
  aws: string;
  /** origin of the CDN */
  cdn: string;
  /** origin of the HTTP API itself, when the graph has one; viewers reach it through the CDN */
  apiDirect?: string;
  region: string;
  accountId: string;
  credentials: Pick<Keys, "accessKeyId" | "secretAccessKey">;
  /** names, ARNs and addresses of what is deployed, as the graph's outputs name them */
  resources: Record<string, string>;
}

/** Writes `endpoints.json`, readable by its owner alone: it holds keys. */
export function writeEndpoints(dataDir: string, endpoints: Endpoints): string {
  const file = join(dataDir, NAME);
  writePrivate(file, `${JSON.stringify(endpoints, null, 2)}\n`);
  return file;
}

/** Takes away what the last run wrote: who waits for the file must not read where that one was. */
export function forgetEndpoints(dataDir: string): void {
  rmSync(join(dataDir, NAME), { force: true });
}

const NAME = "endpoints.json";
