import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReceiveMessageResult } from "@aws-sdk/client-sqs";
import { expect, it, vi } from "vitest";
import { anyone, testCloud } from "../kernel/testing.ts";
import { openSqs } from "../sqs/index.ts";
import { openEvents } from "./index.ts";

it("every event that was put arrives, though the process is killed again and again", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "rushes-killed-"));
  const from = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { testCloud, anyone } from ${from("../kernel/testing.ts")};
    import { openSqs } from ${from("../sqs/index.ts")};
    import { openEvents } from ${from("./index.ts")};
    const { cloud } = testCloud({ dataDir: ${JSON.stringify(dataDir)} });
    openSqs(cloud);
    const events = openEvents(cloud);
    const call = (service, operation, input) => cloud.call(service, operation, input, anyone);
    await call("sqs", "CreateQueue", { QueueName: "q" });
    await call("events", "PutRule", { Name: "r", EventPattern: '{"source":["test"]}' });
    const Arn = "arn:aws:sqs:us-east-1:000000000000:q";
    await call("events", "PutTargets", { Rule: "r", Targets: [{ Id: "1", Arn, InputPath: "$.detail.n" }] });
    events.start();
    for (let n = 0; ; n += 1) {
      const name = process.argv[1] + "-" + n;
      cloud.emit({ source: "test", "detail-type": "t", resources: [], detail: { n: name } });
      process.stdout.write(name + "\\n");
      if (n % 3 === 0) await new Promise((go) => setImmediate(go));
    }`;
  const put: string[] = [];
  for (const round of ["a", "b", "c"]) {
    const options = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script];
    const child = spawn(process.execPath, [...options, round]);
    let said = "";
    await new Promise<void>((killed) => {
      child.stdout.on("data", (chunk) => {
        said += chunk;
        if (said.split("\n").length > 30) child.kill("SIGKILL");
      });
      child.on("close", () => killed());
    });
    put.push(...said.split("\n").slice(0, -1));
  }
  const machine = testCloud({ dataDir });
  openSqs(machine.cloud);
  const events = openEvents(machine.cloud);
  events.start?.();
  await vi.waitFor(() => expect(events.owed()).toBe(0), { timeout: 20_000 });
  const arrived = new Set<string>();
  for (;;) {
    const input = { QueueUrl: "x/q", MaxNumberOfMessages: 10, VisibilityTimeout: 600 };
    const { Messages = [] } = await machine.cloud.call<ReceiveMessageResult>(
      "sqs",
      "ReceiveMessage",
      input,
      anyone,
    );
    if (Messages.length === 0) break;
    for (const { Body } of Messages) arrived.add(JSON.parse(Body ?? ""));
  }
  expect(put.length).toBeGreaterThanOrEqual(90);
  expect(put.filter((name) => !arrived.has(name))).toEqual([]);
  await machine.close();
  rmSync(dataDir, { recursive: true, force: true });
});
