import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { anyone, openIam, testCloud } from "../kernel/testing.ts";
import { openSqs } from "../sqs/index.ts";
import type { FunctionDefinition } from "./function.ts";
import { openLambda } from "./index.ts";
import { fixture } from "./testing.ts";

const ARN = "arn:aws:sqs:us-east-1:000000000000:work";
const closing: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function machine(
  handler: string,
  mapping: object = {},
  more: Partial<FunctionDefinition> = {},
  dataDir?: string,
) {
  const { cloud, close } = testCloud(dataDir ? { dataDir } : {});
  cloud.origin = "http://127.0.0.1:4566";
  openSqs(cloud);
  const lambda = openLambda(cloud, { retryMs: [10, 20] });
  closing.push(close);
  const call = <Output = Record<string, unknown>>(operation: string, input: object) =>
    cloud.call<Output>("sqs", operation, input, anyone);
  await call("CreateQueue", { QueueName: "work" });
  await lambda.define(fixture(handler, more));
  await lambda.defineMapping({ EventSourceArn: ARN, FunctionName: handler, ...mapping });
  const QueueUrl = "http://127.0.0.1:4566/000000000000/work";
  return {
    cloud,
    lambda,
    send: (...bodies: string[]) =>
      call("SendMessageBatch", {
        QueueUrl,
        Entries: bodies.map((MessageBody, index) => ({
          Id: String(index),
          MessageBody,
          MessageAttributes: { kind: { DataType: "String", StringValue: "film" } },
        })),
      }),
    async waiting(): Promise<{ visible: number; inFlight: number }> {
      const { Attributes } = await call<{ Attributes: Record<string, string> }>(
        "GetQueueAttributes",
        { QueueUrl, AttributeNames: ["All"] },
      );
      return {
        visible: Number(Attributes.ApproximateNumberOfMessages),
        inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
      };
    },
    /** The line of the function's log that is JSON. */
    printed(): string {
      const file = join(cloud.folder("lambda"), "logs", `${handler}.log`);
      const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
      return lines.find((line) => line.startsWith("{")) ?? "";
    },
    ended: (outcome = "succeeded") =>
      lambda.invocations().filter((one) => one.outcome === outcome && one.function === handler),
  };
}

const soon = { timeout: 10_000, interval: 20 };

describe("a queue that feeds a function", () => {
  it("gives it records in AWS's shape and deletes what is done", async () => {
    const { lambda, send, waiting, ended, printed } = await machine("recite");
    await lambda.start?.();
    await send("film");
    await vi.waitFor(() => expect(ended()).toHaveLength(1), soon);
    await vi.waitFor(
      async () => expect(await waiting()).toEqual({ visible: 0, inFlight: 0 }),
      soon,
    );
    expect(ended()).toMatchObject([{ kind: "mapping", source: ARN }]);
    await vi.waitFor(() => expect(printed()).toContain("Records"), soon);
    expect(JSON.parse(printed())).toEqual({
      Records: [
        {
          messageId: expect.any(String),
          receiptHandle: expect.any(String),
          body: "film",
          attributes: expect.objectContaining({
            ApproximateReceiveCount: "1",
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: expect.any(String),
          }),
          messageAttributes: {
            kind: {
              stringValue: "film",
              stringListValues: [],
              binaryListValues: [],
              dataType: "String",
            },
          },
          md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
          md5OfBody: createHash("md5").update("film").digest("hex"),
          eventSource: "aws:sqs",
          eventSourceARN: ARN,
          awsRegion: "us-east-1",
        },
      ],
    });
  });

  it("keeps only what the function could not do, and shows it again later", async () => {
    const { cloud, lambda, send, waiting, ended } = await machine("sorter", {
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
    const tell = vi.spyOn(cloud, "tell");
    await lambda.start?.();
    await send("good", "bad", "fine");
    await vi.waitFor(() => expect(ended().length).toBeGreaterThan(0), soon);
    await vi.waitFor(
      async () => expect(await waiting()).toEqual({ visible: 0, inFlight: 1 }),
      soon,
    );
    expect(tell.mock.calls.flat()).toContainEqual(
      expect.stringMatching(/^lambda: sorter gave 1 of [1-3] messages back to work$/),
    );
  });

  it("keeps all of a batch when the answer names what was not in it", async () => {
    const { lambda, send, waiting, ended } = await machine("confused", {
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
    await lambda.start?.();
    await send("one", "two");
    await vi.waitFor(() => expect(ended().length).toBeGreaterThan(0), soon);
    await vi.waitFor(
      async () => expect(await waiting()).toEqual({ visible: 0, inFlight: 2 }),
      soon,
    );
  });

  it("keeps all of a batch when the function fails", async () => {
    const { lambda, send, waiting, ended } = await machine("throws");
    await lambda.start?.();
    await send("one");
    await vi.waitFor(() => expect(ended("failed")).toHaveLength(1), soon);
    expect(await waiting()).toEqual({ visible: 0, inFlight: 1 });
  });

  it("runs no more batches at once than it may", async () => {
    const { lambda, send, ended } = await machine("steady", {
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    await lambda.start?.();
    await send("1", "2", "3", "4", "5");
    await vi.waitFor(() => expect(ended()).toHaveLength(5), soon);
    const spans = ended().map((one) => [one.startedAtMs, one.startedAtMs + (one.durationMs ?? 0)]);
    const most = Math.max(
      ...spans.map(
        ([at = 0]) => spans.filter(([from = 0, to = 0]) => from <= at && at < to).length,
      ),
    );
    expect(most).toBeLessThanOrEqual(2);
  });

  it("waits a while for a fuller batch", async () => {
    const { lambda, send, ended } = await machine("nothing", {
      BatchSize: 20,
      MaximumBatchingWindowInSeconds: 1,
    });
    await send("1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
    await send("11", "12", "13", "14", "15");
    await lambda.start?.();
    await vi.waitFor(() => expect(ended()).toHaveLength(1), soon);
  });

  it("deletes what its filters leave out, unseen", async () => {
    const { lambda, send, waiting, ended } = await machine("throws", {
      FilterCriteria: { Filters: [{ Pattern: '{"body":{"status":["COMPLETE"]}}' }] },
    });
    await lambda.start?.();
    await send('{"status":"PROGRESSING"}', "no JSON", '{"status":"COMPLETE"}');
    await vi.waitFor(() => expect(ended("failed")).toHaveLength(1), soon);
    await vi.waitFor(
      async () => expect(await waiting()).toEqual({ visible: 0, inFlight: 1 }),
      soon,
    );
  });

  it("has back at the next start what it held when the machine went down", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "rushes-"));
    closing.push(async () => rmSync(dataDir, { recursive: true }));
    const first = await machine("loops", {}, {}, dataDir);
    await first.lambda.start?.();
    await first.send("one");
    await vi.waitFor(() => expect(first.ended("running")).toHaveLength(1), soon);
    await closing.pop()?.();
    const second = await machine("nothing", {}, {}, dataDir);
    expect(await second.waiting()).toEqual({ visible: 0, inFlight: 1 });
    expect(second.lambda.invocations()).toMatchObject([{ function: "loops", outcome: "lost" }]);
    await second.lambda.start?.();
    await vi.waitFor(() => expect(second.ended()).toHaveLength(1), soon);
    await vi.waitFor(
      async () => expect(await second.waiting()).toEqual({ visible: 0, inFlight: 0 }),
      soon,
    );
  });

  it("that is taken away gives back what it still receives", async () => {
    const { cloud, lambda, send, waiting } = await machine("loops");
    await lambda.start?.();
    const { EventSourceMappings } = await cloud.call<{ EventSourceMappings: [{ UUID: string }] }>(
      "lambda",
      "ListEventSourceMappings",
      {},
      anyone,
    );
    const { UUID } = EventSourceMappings[0];
    await cloud.call("lambda", "DeleteEventSourceMapping", { UUID }, anyone);
    await send("one");
    await vi.waitFor(
      async () => expect(await waiting()).toEqual({ visible: 1, inFlight: 0 }),
      soon,
    );
    expect(lambda.invocations()).toEqual([]);
  });

  it.each([
    [{ BatchSize: 0 }, "BatchSize"],
    [{ BatchSize: 11 }, "Maximum batch window"],
    [{ ScalingConfig: { MaximumConcurrency: 1 } }, "MaximumConcurrency"],
    [{ FilterCriteria: { Filters: [{ Pattern: "{" }] } }, "Invalid filter pattern"],
  ])("is refused with %j", async (mapping, sentence) => {
    await expect(machine("nothing", mapping)).rejects.toThrow(sentence);
  });

  it("is refused when a message would be seen again while the function has it", async () => {
    await expect(machine("nothing", {}, { timeoutSeconds: 31 })).rejects.toThrow(
      "Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds",
    );
  });

  it("is refused when the function's role may not read the queue", async () => {
    const { Refusal } = await import("../kernel/refusal.ts");
    const check = () => {
      throw new Refusal("AccessDenied", "no", { httpStatus: 403 });
    };
    const { cloud, close } = testCloud({
      iam: { ...openIam, assume: () => ({ ...anyone, check }) },
    });
    closing.push(close);
    openSqs(cloud);
    const lambda = openLambda(cloud);
    await cloud.call("sqs", "CreateQueue", { QueueName: "work" }, anyone);
    await lambda.define(fixture("nothing"));
    await expect(
      lambda.defineMapping({ EventSourceArn: ARN, FunctionName: "nothing" }),
    ).rejects.toThrow("does not have permissions to call ReceiveMessage on SQS");
  });

  it("is listed, changed and taken away", async () => {
    const { cloud } = await machine("nothing", { BatchSize: 5 });
    const call = <Output = Record<string, unknown>>(operation: string, input: object) =>
      cloud.call<Output>("lambda", operation, input, anyone);
    const { EventSourceMappings: listed } = await call<{ EventSourceMappings: [{ UUID: string }] }>(
      "ListEventSourceMappings",
      { FunctionName: "nothing" },
    );
    const { UUID } = listed[0];
    expect(listed).toMatchObject([{ EventSourceArn: ARN, BatchSize: 5, State: "Enabled" }]);
    await expect(
      call("CreateEventSourceMapping", { EventSourceArn: ARN, FunctionName: "nothing" }),
    ).rejects.toMatchObject({ code: "ResourceConflictException" });
    await call("UpdateEventSourceMapping", { UUID, Enabled: false });
    expect(await call("GetEventSourceMapping", { UUID })).toMatchObject({ State: "Disabled" });
    await call("DeleteEventSourceMapping", { UUID });
    await expect(call("GetEventSourceMapping", { UUID })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });
});
