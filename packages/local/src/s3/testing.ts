import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { openFront } from "../front/index.ts";
import { openIam } from "../iam/index.ts";
import type { Keys } from "../kernel/caller.ts";
import type { CloudEvent } from "../kernel/cloud.ts";
import { testCloud } from "../kernel/testing.ts";
import { openS3 } from "./index.ts";

interface Options {
  /** The SDK's client, which only tests may bring into this package. */
  S3Client: new (
    config: S3ClientConfig,
  ) => S3Client;
  /** Kept when given; else a folder that goes with the rig. */
  dataDir?: string;
  now?: () => number;
}

/** An S3 behind the real front, with real clients, in a folder of its own. */
export async function openRig(options: Options) {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "rushes-s3-"));
  const now = options.now ?? Date.now;
  const iam = openIam({ dataDir, accountId: "000000000000", region: "us-east-1", now });
  const { cloud, close } = testCloud({ iam, dataDir, now });
  const events: Array<Pick<CloudEvent, "detail-type" | "source" | "resources" | "detail">> = [];
  cloud.onEmit((event) => void events.push(event));
  const s3 = openS3(cloud);
  const front = await openFront(cloud, { port: 0 });
  const clients: S3Client[] = [];
  const client = (more: S3ClientConfig & { keys?: Keys } = {}) => {
    const { keys, ...config } = more;
    const made = new options.S3Client({
      endpoint: front.origin,
      region: "us-east-1",
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: keys ?? iam.operatorKeys,
      ...config,
    });
    clients.push(made);
    return made;
  };
  return {
    cloud,
    dataDir,
    events,
    iam,
    s3,
    origin: front.origin,
    client,
    async close() {
      for (const one of clients) one.destroy();
      await front.close();
      await close();
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type Rig = Awaited<ReturnType<typeof openRig>>;

let count = 0;

/** A bucket name of its own. */
export function bucketName(): string {
  count += 1;
  return `bucket-${process.pid}-${count}`;
}
