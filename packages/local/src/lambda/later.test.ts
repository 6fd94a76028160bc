import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { anyone, testCloud } from "../kernel/testing.ts";
import { openSqs } from "../sqs/index.ts";
import { openLambda } from "./index.ts";
import { ask, fixture } from "./testing.ts";

const closing: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const soon = { timeout: 10_000, interval: 20 };
const Event = { InvocationType: "Event" };

function machine(dataDir?: string) {
  const { cloud, close } = testCloud(dataDir ? { dataDir } : {});
  cloud.origin = "http://127.0.0.1:4566";
  openSqs(cloud);
  const lambda = openLambda(cloud, { retryMs: [10, 20] });
  closing.push(close);
  return { cloud, lambda };
}

it("runs an event later, and says so at once", async () => {
  const { cloud, lambda } = machine();
  await lambda.define(fixture("nothing"));
  await lambda.start?.();
  expect(await ask(cloud, "nothing", {}, Event)).toMatchObject({ status: 202, result: undefined });
  await vi.waitFor(
    () => expect(lambda.invocations()).toMatchObject([{ kind: "Event", outcome: "succeeded" }]),
    soon,
  );
});

it("tries an event three times, then tells the destination", async () => {
  const { cloud, lambda } = machine();
  await cloud.call("sqs", "CreateQueue", { QueueName: "dead" }, anyone);
  const onFailure = "arn:aws:sqs:us-east-1:000000000000:dead";
  await lambda.define(fixture("throws", { asynchronous: { onFailure } }));
  await lambda.start?.();
  await ask(cloud, "throws", { film: 1 }, Event);
  const QueueUrl = "http://127.0.0.1:4566/000000000000/dead";
  const { Messages } = await cloud.call<{ Messages: [{ Body: string }] }>(
    "sqs",
    "ReceiveMessage",
    { QueueUrl, WaitTimeSeconds: 10 },
    anyone,
  );
  expect(JSON.parse(Messages[0].Body)).toMatchObject({
    version: "1.0",
    requestContext: {
      functionArn: "arn:aws:lambda:us-east-1:000000000000:function:throws:$LATEST",
      condition: "RetriesExhausted",
      approximateInvokeCount: 3,
    },
    requestPayload: { film: 1 },
    responseContext: { statusCode: 200, functionError: "Unhandled" },
    responsePayload: { errorType: "SourceUnreadable" },
  });
  const ids = lambda.invocations().map((one) => one.requestId);
  expect(ids).toHaveLength(3);
  expect(new Set(ids).size).toBe(1);
});

it("tries no more often than the function allows", async () => {
  const { cloud, lambda } = machine();
  await lambda.define(fixture("throws", { asynchronous: { maximumRetryAttempts: 0 } }));
  await lambda.start?.();
  await ask(cloud, "throws", {}, Event);
  await vi.waitFor(() => {
    expect(lambda.invocations()).toMatchObject([{ outcome: "failed" }]);
    expect(cloud.store.all("SELECT * FROM lambda_later")).toEqual([]);
  }, soon);
});

it("waits while the function has too much to do", async () => {
  const { cloud, lambda } = machine();
  await lambda.define(fixture("slow", { reservedConcurrency: 1 }));
  await lambda.start?.();
  await Promise.all([1, 2].map(() => ask(cloud, "slow", { ms: 100 }, Event)));
  await vi.waitFor(() => {
    const outcomes = lambda.invocations().map((one) => one.outcome);
    expect(outcomes.filter((one) => one === "succeeded")).toHaveLength(2);
    expect(outcomes).toContain("throttled");
  }, soon);
});

it("goes on after the machine went down, and counts the try that took it down", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "rushes-"));
  const first = machine(dataDir);
  await first.lambda.define(fixture("loops"));
  await first.lambda.start?.();
  await ask(first.cloud, "loops", {}, Event);
  await vi.waitFor(() => expect(first.lambda.invocations()).toHaveLength(1), soon);
  await closing.pop()?.();
  const second = machine(dataDir);
  closing.unshift(async () => rmSync(dataDir, { recursive: true }));
  expect(second.cloud.store.all("SELECT attempts FROM lambda_later")).toEqual([{ attempts: 1 }]);
  await second.lambda.define(fixture("loops", { exportName: "nothing" }));
  await second.lambda.start?.();
  await vi.waitFor(
    () =>
      expect(second.lambda.invocations().map((one) => one.outcome)).toEqual(["lost", "succeeded"]),
    soon,
  );
});
