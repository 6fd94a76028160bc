import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as Sqs from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Caller } from "../kernel/caller.ts";
import { Refusal } from "../kernel/refusal.ts";
import { anyone, testCloud } from "../kernel/testing.ts";
import { openSqs } from "./index.ts";

let now = Date.UTC(2026, 10, 22);
let machine: ReturnType<typeof testCloud>;

beforeEach(() => {
  now = Date.UTC(2026, 10, 22);
  machine = testCloud({ now: () => now });
  machine.cloud.origin = "http://127.0.0.1:4566";
  openSqs(machine.cloud);
});
afterEach(() => machine.close());

const call = <Out = Record<string, unknown>>(operation: string, input: object, caller = anyone) =>
  machine.cloud.call<Out>("sqs", operation, input, caller);

const create = async (QueueName: string, Attributes: Record<string, string> = {}) =>
  (await call<Sqs.CreateQueueResult>("CreateQueue", { QueueName, Attributes })).QueueUrl ?? "";

const receive = async (QueueUrl: string, more: Partial<Sqs.ReceiveMessageCommandInput> = {}) =>
  (
    await call<Sqs.ReceiveMessageResult>("ReceiveMessage", {
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ["All"],
      ...more,
    })
  ).Messages ?? [];

const bodies = async (url: string, more: Partial<Sqs.ReceiveMessageCommandInput> = {}) =>
  (await receive(url, more)).map((message) => message.Body);

const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;

describe("a queue", () => {
  it("is created once, however often, and refuses other attributes", async () => {
    const url = await create("films", { VisibilityTimeout: "60" });
    expect(url).toBe("http://127.0.0.1:4566/000000000000/films");
    expect(await create("films", { VisibilityTimeout: "60" })).toBe(url);
    await expect(create("films", { VisibilityTimeout: "61" })).rejects.toMatchObject({
      code: "QueueNameExists",
    });
  });

  it.each([
    ["CreateQueue", { QueueName: "no spaces" }, "InvalidParameterValue"],
    ["CreateQueue", { QueueName: "a", Attributes: { Colour: "red" } }, "InvalidAttributeName"],
    [
      "CreateQueue",
      { QueueName: "a", Attributes: { DelaySeconds: "901" } },
      "InvalidAttributeValue",
    ],
    ["CreateQueue", { QueueName: "a", Attributes: { KmsMasterKeyId: "k" } }, "NotImplemented"],
    ["SendMessage", { QueueUrl: "x/none", MessageBody: "m" }, "QueueDoesNotExist"],
    ["GetQueueUrl", { QueueName: "none" }, "QueueDoesNotExist"],
    ["SendMessage", { QueueUrl: "x/q" }, "MissingParameter"],
    ["SendMessage", { QueueUrl: "x/q", MessageBody: "\u0000" }, "InvalidMessageContents"],
    [
      "SendMessage",
      { QueueUrl: "x/q", MessageBody: "x".repeat(1_048_577) },
      "InvalidParameterValue",
    ],
    [
      "SendMessage",
      { QueueUrl: "x/q", MessageBody: "m", DelaySeconds: 901 },
      "InvalidParameterValue",
    ],
    ["ReceiveMessage", { QueueUrl: "x/q", MaxNumberOfMessages: 11 }, "InvalidParameterValue"],
    ["DeleteMessage", { QueueUrl: "x/q", ReceiptHandle: "nonsense" }, "ReceiptHandleIsInvalid"],
    ["SendMessageBatch", { QueueUrl: "x/q", Entries: [] }, "EmptyBatchRequest"],
    ["GetQueueAttributes", { QueueUrl: "x/q", AttributeNames: ["Colour"] }, "InvalidAttributeName"],
    [
      "SetQueueAttributes",
      {
        QueueUrl: "x/q",
        Attributes: {
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn("none"), maxReceiveCount: 1 }),
        },
      },
      "InvalidParameterValue",
    ],
  ])("%s of %j is %s", async (operation, input, code) => {
    await create("q");
    await expect(call(operation, input)).rejects.toMatchObject({ code });
  });

  it("lists, tags and deletes", async () => {
    for (const name of ["a1", "a2", "b1"]) await create(name);
    const first = await call<Sqs.ListQueuesResult>("ListQueues", {
      QueueNamePrefix: "a",
      MaxResults: 1,
    });
    expect(first.QueueUrls?.map((url) => url.split("/").at(-1))).toEqual(["a1"]);
    const second = await call<Sqs.ListQueuesResult>("ListQueues", {
      QueueNamePrefix: "a",
      MaxResults: 1,
      NextToken: first.NextToken,
    });
    expect(second.QueueUrls?.map((url) => url.split("/").at(-1))).toEqual(["a2"]);
    await call("TagQueue", { QueueUrl: "x/a1", Tags: { for: "films", and: "more" } });
    await call("UntagQueue", { QueueUrl: "x/a1", TagKeys: ["and"] });
    expect(await call("ListQueueTags", { QueueUrl: "x/a1" })).toEqual({ Tags: { for: "films" } });
    await call("DeleteQueue", { QueueUrl: "x/a1" });
    await expect(receive("x/a1")).rejects.toMatchObject({ code: "QueueDoesNotExist" });
  });

  it("lets in only whom its own policy or theirs allows", async () => {
    const url = await create("guarded", { Policy: JSON.stringify({ Statement: [] }) });
    const asked: unknown[] = [];
    const nobody: Caller = {
      ...anyone,
      check(need) {
        asked.push(need);
        throw new Refusal("AccessDenied", "no", { httpStatus: 403 });
      },
    };
    const sent = call("SendMessageBatch", { QueueUrl: url, Entries: [] }, nobody);
    await expect(sent).rejects.toMatchObject({ code: "AccessDenied" });
    expect(asked).toEqual([
      { action: "sqs:SendMessage", resource: arn("guarded"), policy: { Statement: [] } },
    ]);
  });
});

describe("a message", () => {
  it("comes with the digests that clients check, and only the attributes asked for", async () => {
    const url = await create("q");
    const MessageAttributes = {
      kind: { DataType: "String", StringValue: "film" },
      bytes: { DataType: "Binary", BinaryValue: Buffer.from("abc") },
    };
    const sent = await call<Sqs.SendMessageResult>("SendMessage", {
      QueueUrl: url,
      MessageBody: "hi",
      MessageAttributes,
      MessageGroupId: "owner-1",
    });
    expect(sent.MD5OfMessageBody).toBe("49f68a5c8493ec2c0bf489821c21fc3b");
    const [message] = await receive(url, { MessageAttributeNames: ["All"] });
    expect(message?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
    expect(message?.MessageAttributes?.bytes?.BinaryValue).toBe("YWJj");
    expect(message?.Attributes).toMatchObject({
      ApproximateReceiveCount: "1",
      MessageGroupId: "owner-1",
    });
    now += 30_000;
    const [again] = await receive(url, { MessageAttributeNames: ["ki.*", "kind"] });
    expect(Object.keys(again?.MessageAttributes ?? {})).toEqual(["kind"]);
    expect(again?.Attributes?.ApproximateReceiveCount).toBe("2");
  });

  it("is out of sight while somebody has it, and back when the time is over", async () => {
    const url = await create("q", { VisibilityTimeout: "10" });
    await call("SendMessage", { QueueUrl: url, MessageBody: "m" });
    const [message] = await receive(url);
    now += 9_999;
    expect(await bodies(url)).toEqual([]);
    now += 1;
    expect(await bodies(url)).toEqual(["m"]);
    // The first receiver is too late: its handle is no longer the message's.
    await call("DeleteMessage", { QueueUrl: url, ReceiptHandle: message?.ReceiptHandle });
    now += 10_000;
    expect(await bodies(url)).toEqual(["m"]);
  });

  it("can be given back at once, held longer, and not held for ever", async () => {
    const url = await create("q");
    await call("SendMessage", { QueueUrl: url, MessageBody: "m" });
    const change = (ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
      call("ChangeMessageVisibility", { QueueUrl: url, ReceiptHandle, VisibilityTimeout });
    const [first] = await receive(url);
    await change(first?.ReceiptHandle, 0);
    const [second] = await receive(url);
    expect(second?.Body).toBe("m");
    await change(second?.ReceiptHandle, 100);
    now += 99_000;
    expect(await bodies(url)).toEqual([]);
    await expect(change(second?.ReceiptHandle, 43_200)).rejects.toMatchObject({
      message: expect.stringContaining("43200"),
    });
    now += 1_000;
    await expect(change(second?.ReceiptHandle, 5)).rejects.toMatchObject({
      code: "MessageNotInflight",
    });
  });

  it("waits its delay, is counted where it is, and is purged", async () => {
    const url = await create("q", { DelaySeconds: "5" });
    await call("SendMessage", { QueueUrl: url, MessageBody: "late" });
    await call("SendMessage", { QueueUrl: url, MessageBody: "now", DelaySeconds: 0 });
    await call("SendMessage", { QueueUrl: url, MessageBody: "flying", DelaySeconds: 0 });
    expect(await bodies(url, { MaxNumberOfMessages: 1 })).toEqual(["now"]);
    const counts = async () =>
      (
        await call<Sqs.GetQueueAttributesResult>("GetQueueAttributes", {
          QueueUrl: url,
          AttributeNames: ["All"],
        })
      ).Attributes;
    expect(await counts()).toMatchObject({
      ApproximateNumberOfMessages: "1",
      ApproximateNumberOfMessagesNotVisible: "1",
      ApproximateNumberOfMessagesDelayed: "1",
      QueueArn: arn("q"),
    });
    await call("PurgeQueue", { QueueUrl: url });
    expect(await counts()).toMatchObject({ ApproximateNumberOfMessages: "0" });
  });

  it("is forgotten when the queue has kept it long enough", async () => {
    const url = await create("q", { MessageRetentionPeriod: "60" });
    await call("SendMessage", { QueueUrl: url, MessageBody: "m" });
    now += 60_000;
    expect(await bodies(url)).toEqual([]);
  });

  it("goes to the dead letters when it was received too often, and tells where it was", async () => {
    await create("dead");
    const url = await create("q", {
      VisibilityTimeout: "0",
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn("dead"), maxReceiveCount: 2 }),
    });
    await call("SendMessage", { QueueUrl: url, MessageBody: "m" });
    expect(await bodies(url)).toEqual(["m"]);
    expect(await bodies(url)).toEqual(["m"]);
    expect(await bodies(url)).toEqual([]);
    const [dead] = await receive("x/dead");
    expect(dead?.Attributes).toMatchObject({
      ApproximateReceiveCount: "3",
      DeadLetterQueueSourceArn: arn("q"),
    });
    const sources = await call("ListDeadLetterSourceQueues", { QueueUrl: "x/dead" });
    expect(sources).toEqual({ queueUrls: [url] });
  });

  it("in a batch fails by itself", async () => {
    const url = await create("q");
    const sent = await call<Sqs.SendMessageBatchResult>("SendMessageBatch", {
      QueueUrl: url,
      Entries: [
        { Id: "good", MessageBody: "m" },
        { Id: "bad", MessageBody: "" },
      ],
    });
    expect(sent.Successful?.map((entry) => entry.Id)).toEqual(["good"]);
    expect(sent.Failed).toMatchObject([{ Id: "bad", Code: "MissingParameter", SenderFault: true }]);
    const [message] = await receive(url);
    const removed = await call<Sqs.DeleteMessageBatchResult>("DeleteMessageBatch", {
      QueueUrl: url,
      Entries: [{ Id: "a", ReceiptHandle: message?.ReceiptHandle }],
    });
    expect(removed).toEqual({ Successful: [{ Id: "a" }], Failed: [] });
  });
});

describe("a FIFO queue", () => {
  const send = (url: string, MessageBody: string, MessageGroupId: string, more: object = {}) =>
    call<Sqs.SendMessageResult>("SendMessage", {
      QueueUrl: url,
      MessageBody,
      MessageGroupId,
      ...more,
    });

  it("keeps the order of a group, and the group waits for what is in flight", async () => {
    const url = await create("q.fifo", { FifoQueue: "true", ContentBasedDeduplication: "true" });
    for (const body of ["a1", "a2", "a3"]) await send(url, body, "a");
    await send(url, "b1", "b");
    const [a1, a2] = await receive(url, { MaxNumberOfMessages: 2 });
    expect([a1?.Body, a2?.Body]).toEqual(["a1", "a2"]);
    expect(await bodies(url)).toEqual(["b1"]);
    await call("DeleteMessage", { QueueUrl: url, ReceiptHandle: a1?.ReceiptHandle });
    expect(await bodies(url)).toEqual([]);
    now += 30_000;
    expect(await bodies(url, { MaxNumberOfMessages: 1 })).toEqual(["a2"]);
  });

  it("takes a message once in five minutes", async () => {
    const url = await create("q.fifo", { FifoQueue: "true" });
    const first = await send(url, "m", "g", { MessageDeduplicationId: "1" });
    expect(await send(url, "m", "g", { MessageDeduplicationId: "1" })).toEqual(first);
    now += 300_000;
    const later = await send(url, "m", "g", { MessageDeduplicationId: "1" });
    expect(later.MessageId).not.toBe(first.MessageId);
    await expect(send(url, "m", "g")).rejects.toMatchObject({ code: "InvalidParameterValue" });
  });
});

describe("waiting for a message", () => {
  it("ends when one is sent, and does not hold up another queue", async () => {
    const [slow, quick] = [await create("slow"), await create("quick")];
    const waiting = bodies(slow, { WaitTimeSeconds: 20 });
    await call("SendMessage", { QueueUrl: quick, MessageBody: "q" });
    expect(await bodies(quick, { WaitTimeSeconds: 20 })).toEqual(["q"]);
    await call("SendMessage", { QueueUrl: slow, MessageBody: "s" });
    expect(await waiting).toEqual(["s"]);
  });

  it("ends when a message comes back into sight", async () => {
    now = 0;
    const started = performance.now();
    const clock = testCloud({ now: () => performance.now() - started });
    openSqs(clock.cloud);
    const ask = <Out>(operation: string, input: object) =>
      clock.cloud.call<Out>("sqs", operation, input, anyone);
    await ask("CreateQueue", { QueueName: "q", Attributes: { VisibilityTimeout: "1" } });
    await ask("SendMessage", { QueueUrl: "x/q", MessageBody: "m" });
    await ask("ReceiveMessage", { QueueUrl: "x/q" });
    const again = await ask<Sqs.ReceiveMessageResult>("ReceiveMessage", {
      QueueUrl: "x/q",
      WaitTimeSeconds: 10,
    });
    expect(again.Messages?.[0]?.Body).toBe("m");
    await clock.close();
  });

  it("ends when the machine stops", async () => {
    const url = await create("q");
    const waiting = receive(url, { WaitTimeSeconds: 20 });
    await machine.cloud.services.get("sqs")?.stop?.();
    await expect(waiting).rejects.toMatchObject({ code: "ServiceUnavailable" });
  });
});

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
