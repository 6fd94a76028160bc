import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  InvalidMessageContents,
  QueueDoesNotExist,
  ReceiptHandleIsInvalid,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openFront } from "../front/index.ts";
import { openIam } from "../iam/index.ts";
import { testCloud } from "../kernel/testing.ts";
import { openSqs } from "./index.ts";

const dataDir = mkdtempSync(join(tmpdir(), "rushes-sqs-"));
const iam = openIam({ dataDir, accountId: "000000000000", region: "us-east-1" });
const machine = testCloud({ dataDir, iam });
let front: Awaited<ReturnType<typeof openFront>>;
let sqs: SQSClient;
let QueueUrl: string;

beforeAll(async () => {
  openSqs(machine.cloud);
  front = await openFront(machine.cloud, { port: 0 });
  sqs = new SQSClient({
    endpoint: front.origin,
    region: "us-east-1",
    credentials: iam.operatorKeys,
    maxAttempts: 1,
  });
  ({ QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "q" })));
});
afterAll(async () => {
  sqs.destroy();
  await front.close();
  await machine.close();
  rmSync(dataDir, { recursive: true, force: true });
});

it("the SDK's client sends, receives and deletes, and finds the digests right", async () => {
  expect(QueueUrl).toBe(`${front.origin}/000000000000/q`);
  expect((await sqs.send(new GetQueueUrlCommand({ QueueName: "q" }))).QueueUrl).toBe(QueueUrl);
  const MessageAttributes = {
    text: { DataType: "String", StringValue: "größer ☃ 🎬" },
    bytes: { DataType: "Binary", BinaryValue: new Uint8Array([0, 255, 7]) },
  };
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "ä 🎬", MessageAttributes }));
  await sqs.send(
    new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: "1", MessageBody: "second" }] }),
  );
  const receive = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: 1,
    MessageAttributeNames: ["All"],
  });
  const { Messages = [] } = await sqs.send(receive);
  expect(Messages).toMatchObject([{ Body: "ä 🎬", MessageAttributes }, { Body: "second" }]);
  for (const { ReceiptHandle } of Messages) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  const handle = Messages[0]?.ReceiptHandle;
  const change = { QueueUrl, ReceiptHandle: handle, VisibilityTimeout: 1 };
  await expect(sqs.send(new ChangeMessageVisibilityCommand(change))).rejects.toMatchObject({
    name: "InvalidParameterValue",
  });
});

it("errors are the SDK's own", async () => {
  const nowhere = `${front.origin}/000000000000/none`;
  const sending = (url: string, MessageBody: string) =>
    sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody }));
  await expect(sending(nowhere, "m")).rejects.toBeInstanceOf(QueueDoesNotExist);
  await expect(sending(QueueUrl, "\u0001")).rejects.toBeInstanceOf(InvalidMessageContents);
  const remove = new DeleteMessageCommand({ QueueUrl, ReceiptHandle: "no" });
  await expect(sqs.send(remove)).rejects.toBeInstanceOf(ReceiptHandleIsInvalid);
});

it("an error also tells the code it had in the query protocol, which boto reads", async () => {
  const codeOf = async (call: Promise<unknown>) => {
    const error = await call.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const { $response } = error as { $response?: { headers: Record<string, string> } };
    return $response?.headers["x-amzn-query-error"];
  };
  const gone = `${front.origin}/000000000000/gone`;
  const send = (MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  expect(await codeOf(sqs.send(new ReceiveMessageCommand({ QueueUrl: gone })))).toBe(
    "AWS.SimpleQueueService.NonExistentQueue;Sender",
  );
  expect(await codeOf(send("\u0000"))).toBe("InvalidMessageContents;Sender");
});
