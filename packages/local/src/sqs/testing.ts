import type * as Sqs from "@aws-sdk/client-sqs";
import { afterEach, beforeEach } from "vitest";
import { anyone, testCloud } from "../kernel/testing.ts";
import { openSqs } from "./index.ts";

/** One cloud with queues for each test, and a clock that is turned by hand. */
export function useQueues() {
  const at = { now: 0 };
  let machine: ReturnType<typeof testCloud>;

  beforeEach(() => {
    at.now = Date.UTC(2026, 10, 22);
    machine = testCloud({ now: () => at.now });
    machine.cloud.origin = "http://127.0.0.1:4566";
    openSqs(machine.cloud);
  });
  afterEach(() => machine.close());

  const call = <Out = Record<string, unknown>>(operation: string, input: object, caller = anyone) =>
    machine.cloud.call<Out>("sqs", operation, input, caller);

  const receive = async (QueueUrl: string, more: Partial<Sqs.ReceiveMessageCommandInput> = {}) =>
    (
      await call<Sqs.ReceiveMessageResult>("ReceiveMessage", {
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ["All"],
        ...more,
      })
    ).Messages ?? [];

  return {
    at,
    call,
    receive,
    create: async (QueueName: string, Attributes: Record<string, string> = {}) =>
      (await call<Sqs.CreateQueueResult>("CreateQueue", { QueueName, Attributes })).QueueUrl ?? "",
    bodies: async (url: string, more: Partial<Sqs.ReceiveMessageCommandInput> = {}) =>
      (await receive(url, more)).map((message) => message.Body),
    stop: () => machine.cloud.services.get("sqs")?.stop?.(),
  };
}
