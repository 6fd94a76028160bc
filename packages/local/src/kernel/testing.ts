import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Caller, Iam } from "./caller.ts";
import { type Cloud, openCloud } from "./cloud.ts";

/** A caller to whom everything is allowed, for tests about something else than permissions. */
export const anyone: Caller = {
  arn: "arn:aws:iam::000000000000:root",
  accountId: "000000000000",
  check: () => undefined,
};

/** A permissive IAM, for tests of one service alone. */
export const openIam: Iam = {
  operator: anyone,
  anonymous: anyone,
  assume: () => anyone,
  service: () => anyone,
  keysFor: () => ({ accessKeyId: "ASIATEST", secretAccessKey: "test" }),
  operatorKeys: { accessKeyId: "AKIATEST", secretAccessKey: "test" },
  signer: () => ({ secretAccessKey: "test", caller: anyone }),
  defineRole: () => undefined,
  assumeAs: () => ({ accessKeyId: "ASIATEST", secretAccessKey: "test" }),
  secretFor: () => Buffer.alloc(32),
};

/** An empty cloud in a folder of its own; `close` removes the folder. */
export function testCloud(options: { now?: () => number; iam?: Iam; dataDir?: string } = {}): {
  cloud: Cloud;
  dataDir: string;
  close(): Promise<void>;
} {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "rushes-"));
  const cloud = openCloud({
    dataDir,
    region: "us-east-1",
    accountId: "000000000000",
    iam: options.iam ?? openIam,
    ...(options.now ? { now: options.now } : {}),
  });
  return {
    cloud,
    dataDir,
    async close() {
      for (const service of cloud.services.values()) await service.stop?.();
      cloud.store.close();
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
