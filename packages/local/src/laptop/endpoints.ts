import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Graph } from "../deploy/graph.ts";
import type { Keys } from "../kernel/caller.ts";
import { writePrivate } from "../kernel/private-file.ts";

/** Where everything is and with which keys: what scripts read. */
export interface Endpoints {
  /** origin of the AWS APIs */
  aws: string;
  /** origin of the CDN */
  cdn: string;
  /** where viewers reach the HTTP API, when the graph's outputs say so as `ApiUrl` */
  api?: string;
  /** origin of the HTTP API itself, when the graph has one */
  apiDirect?: string;
  region: string;
  accountId: string;
  credentials: Pick<Keys, "accessKeyId" | "secretAccessKey">;
  /** the graph's first user pool, and its client */
  userPoolId?: string;
  clientId?: string;
  /** who may sign in, where whoever started the laptop has made users */
  users?: User[];
  /** names, ARNs and addresses of what is deployed, as the graph's outputs name them */
  resources: Record<string, string>;
}

/** Somebody of a user pool. */
export interface User {
  email: string;
  password: string;
  group: string;
}

/** What follows from the graph alone; addresses and ids are left out where it has none. */
export function placesOf(
  graph: Graph,
  resources: Record<string, string>,
): Pick<Endpoints, "api" | "userPoolId" | "clientId" | "resources"> {
  const idOf = (type: string) => graph.resources.find((one) => one.type === type)?.id;
  const userPoolId = idOf("aws:cognito/userPool:UserPool");
  const clientId = idOf("aws:cognito/userPoolClient:UserPoolClient");
  return {
    ...(resources.ApiUrl === undefined ? {} : { api: resources.ApiUrl }),
    ...(userPoolId === undefined ? {} : { userPoolId }),
    ...(clientId === undefined ? {} : { clientId }),
    resources,
  };
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
