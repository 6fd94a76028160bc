import type * as Sqs from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import type { Caller } from "../kernel/caller.ts";
import { Refusal } from "../kernel/refusal.ts";
import { anyone } from "../kernel/testing.ts";
import { useQueues } from "./testing.ts";

const { at, call, create, receive, bodies } = useQueues();

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
    ["CreateQueue", { QueueName: ["a"] }, "SerializationException"],
    ["SendMessageBatch", { QueueUrl: "x/none", Entries: {} }, "SerializationException"],
    ["DeleteMessageBatch", { QueueUrl: "x/none", Entries: [null] }, "SerializationException"],
    ["ListQueues", { NextToken: 1 }, "SerializationException"],
    ["CreateQueue", { QueueName: "a", Attributes: { Colour: "red" } }, "InvalidAttributeName"],
    [
      "CreateQueue",
      { QueueName: "a", Attributes: { DelaySeconds: "901" } },
      "InvalidAttributeValue",
    ],
    ["CreateQueue", { QueueName: "a", Attributes: { KmsMasterKeyId: "k" } }, "NotImplemented"],
    ["CreateQueue", { QueueName: "a", Attributes: { Policy: "{}" } }, "InvalidAttributeValue"],
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
    at.now += 30_000;
    const [again] = await receive(url, { MessageAttributeNames: ["ki.*", "kind"] });
    expect(Object.keys(again?.MessageAttributes ?? {})).toEqual(["kind"]);
    expect(again?.Attributes?.ApproximateReceiveCount).toBe("2");
  });

  it("is out of sight while somebody has it, and back when the time is over", async () => {
    const url = await create("q", { VisibilityTimeout: "10" });
    await call("SendMessage", { QueueUrl: url, MessageBody: "m" });
    const [message] = await receive(url);
    at.now += 9_999;
    expect(await bodies(url)).toEqual([]);
    at.now += 1;
    expect(await bodies(url)).toEqual(["m"]);
    // The first receiver is too late: its handle is no longer the message's.
    await call("DeleteMessage", { QueueUrl: url, ReceiptHandle: message?.ReceiptHandle });
    at.now += 10_000;
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
    at.now += 99_000;
    expect(await bodies(url)).toEqual([]);
    await expect(change(second?.ReceiptHandle, 43_200)).rejects.toMatchObject({
      message: expect.stringContaining("43200"),
    });
    at.now += 1_000;
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
    at.now += 60_000;
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
        { Id: "worse", MessageBody: "m", MessageAttributes: { a: { DataType: "Colour" } } },
      ],
    });
    expect(sent.Successful?.map((entry) => entry.Id)).toEqual(["good"]);
    expect(sent.Failed).toMatchObject([
      { Id: "bad", Code: "MissingParameter", SenderFault: true },
      { Id: "worse", Code: "InvalidParameterValue" },
    ]);
    const [message] = await receive(url);
    const removed = await call<Sqs.DeleteMessageBatchResult>("DeleteMessageBatch", {
      QueueUrl: url,
      Entries: [{ Id: "a", ReceiptHandle: message?.ReceiptHandle }],
    });
    expect(removed).toEqual({ Successful: [{ Id: "a" }], Failed: [] });
  });
});
