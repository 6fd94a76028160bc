import type * as Sqs from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { anyone, testCloud } from "../kernel/testing.ts";
import { openSqs } from "./index.ts";
import { useQueues } from "./testing.ts";

const { at, call, create, receive, bodies, stop } = useQueues();

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
    at.now += 30_000;
    expect(await bodies(url, { MaxNumberOfMessages: 1 })).toEqual(["a2"]);
  });

  it("takes a message once in five minutes", async () => {
    const url = await create("q.fifo", { FifoQueue: "true" });
    const first = await send(url, "m", "g", { MessageDeduplicationId: "1" });
    expect(await send(url, "m", "g", { MessageDeduplicationId: "1" })).toEqual(first);
    at.now += 300_000;
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
    await stop();
    await expect(waiting).rejects.toMatchObject({ code: "ServiceUnavailable" });
  });
});
