import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Keys } from "../kernel/caller.ts";

/** Where everything is and with which keys: what scripts read. */
export interface Endpoints {
  /** origin of the AWS APIs */
  aws: string;
  /** origin of the CDN */
  cdn: string;
  region: string;
  accountId: string;
  credentials: Pick<Keys, "accessKeyId" | "secretAccessKey">;
  /** names, ARNs and addresses of what is deployed, as the graph's outputs name them */
  resources: Record<string, string>;
}

/** Writes `endpoints.json`, readable by its owner alone: it holds keys. */
export function writeEndpoints(dataDir: string, endpoints: Endpoints): string {
  const file = join(dataDir, "endpoints.json");
  writeFileSync(file, `${JSON.stringify(endpoints, null, 2)}\n`, { mode: 0o600 });
  return file;
}
