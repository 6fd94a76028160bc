import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as Sqs from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import { anyone, testCloud } from "../kernel/testing.ts";
import { openSqs } from "./index.ts";

it("loses nothing it has acknowledged when the process is killed", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "rushes-sqs-"));
  const script = `
    import { testCloud, anyone } from ${JSON.stringify(new URL("../kernel/testing.ts", import.meta.url).href)};
    import { openSqs } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
    const { cloud } = testCloud({ dataDir: ${JSON.stringify(dataDir)} });
    openSqs(cloud);
    await cloud.call("sqs", "CreateQueue", { QueueName: "q" }, anyone);
    for (let n = 0; ; n += 1) {
      await cloud.call("sqs", "SendMessage", { QueueUrl: "x/q", MessageBody: String(n) }, anyone);
      if (n === 0) await cloud.call("sqs", "ReceiveMessage", { QueueUrl: "x/q" }, anyone);
      process.stdout.write(n + "\\n");
      await new Promise((go) => setImmediate(go));
    }`;
  const child = spawn(process.execPath, [
    "--disable-warning=ExperimentalWarning",
    "--input-type=module",
    "-e",
    script,
  ]);
  let said = "";
  await new Promise<void>((killed) => {
    child.stdout.on("data", (chunk) => {
      said += chunk;
      if (said.split("\n").length > 20) child.kill("SIGKILL");
    });
    child.on("close", () => killed());
  });
  const acknowledged = said.split("\n").length - 1;
  expect(acknowledged).toBeGreaterThan(19);
  const revived = testCloud({ dataDir });
  openSqs(revived.cloud);
  const { Attributes } = await revived.cloud.call<Sqs.GetQueueAttributesResult>(
    "sqs",
    "GetQueueAttributes",
    { QueueUrl: "x/q", AttributeNames: ["All"] },
    anyone,
  );
  expect(Number(Attributes?.ApproximateNumberOfMessages)).toBeGreaterThanOrEqual(acknowledged - 1);
  expect(Attributes?.ApproximateNumberOfMessagesNotVisible).toBe("1");
  await revived.close();
  rmSync(dataDir, { recursive: true, force: true });
});
