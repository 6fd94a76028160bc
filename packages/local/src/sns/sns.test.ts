import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openFront } from "../front/index.ts";
import { openIam } from "../iam/index.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import { testCloud } from "../kernel/testing.ts";
import { openSqs } from "../sqs/index.ts";
import { openSns, type SnsService } from "./index.ts";

let dataDir: string;
let machine: ReturnType<typeof testCloud>;
let front: Awaited<ReturnType<typeof openFront>>;
let service: SnsService;
let sns: SNSClient;
let sqs: SQSClient;
let TopicArn: string;
let invoked: Input[];
let told: string[];

async function open() {
  const iam = openIam({ dataDir, accountId: "000000000000", region: "us-east-1" });
  machine = testCloud({ dataDir, iam });
  machine.cloud.tell = (line) => void told.push(line);
  openSqs(machine.cloud);
  service = openSns(machine.cloud, { wait: () => 5 });
  machine.cloud.add({
    name: "lambda",
    wire: { protocol: "json", version: "1.0", target: "None" },
    operations: {
      Invoke: {
        run(input: Input) {
          invoked.push(input);
          return {};
        },
      },
    },
  });
  front = await openFront(machine.cloud, { port: 0 });
  service.start?.();
  const config = {
    endpoint: front.origin,
    region: "us-east-1",
    credentials: iam.operatorKeys,
    maxAttempts: 1,
  };
  sns = new SNSClient(config);
  sqs = new SQSClient(config);
}

async function close() {
  sns.destroy();
  sqs.destroy();
  await front.close();
  await machine.close();
}

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "rushes-sns-"));
  invoked = [];
  told = [];
  await open();
  TopicArn = (await sns.send(new CreateTopicCommand({ Name: "news" }))).TopicArn ?? "";
});
afterEach(async () => {
  await close();
  rmSync(dataDir, { recursive: true, force: true });
});

const queueArn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const settled = () =>
  vi.waitFor(() => expect(service.owed()).toBe(0), { timeout: 10_000, interval: 5 });

async function queue(name: string, allows = TopicArn): Promise<string> {
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const Policy = JSON.stringify({
    Statement: {
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queueArn(name),
      Condition: { ArnEquals: { "aws:SourceArn": allows } },
    },
  });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  return QueueUrl;
}

async function received(QueueUrl: string, WaitTimeSeconds = 5): Promise<Message[]> {
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      WaitTimeSeconds,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ["All"],
    }),
  );
  return Messages ?? [];
}

const subscribe = async (Protocol: string, Endpoint: string, Attributes?: Record<string, string>) =>
  (
    await sns.send(
      new SubscribeCommand({ TopicArn, Protocol, Endpoint, ...(Attributes ? { Attributes } : {}) }),
    )
  ).SubscriptionArn ?? "";

describe("a subscribed queue", () => {
  it("gets the envelope that AWS makes", async () => {
    const url = await queue("films");
    const arn = await subscribe("sqs", queueArn("films"));
    const { MessageId } = await sns.send(
      new PublishCommand({
        TopicArn,
        Subject: "fertig für alle 🎬",
        Message: '{"videoId":"vid_1"}',
        MessageAttributes: { status: { DataType: "String", StringValue: "READY" } },
      }),
    );
    const [message] = await received(url);
    expect(JSON.parse(message?.Body ?? "")).toEqual({
      Type: "Notification",
      MessageId,
      TopicArn,
      Subject: "fertig für alle 🎬",
      Message: '{"videoId":"vid_1"}',
      Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      SignatureVersion: "1",
      Signature: expect.any(String),
      SigningCertURL: expect.stringContaining(front.origin),
      UnsubscribeURL: expect.stringContaining(encodeURIComponent(arn)),
      MessageAttributes: { status: { Type: "String", Value: "READY" } },
    });
    expect(message?.MessageAttributes).toBeUndefined();
  });

  it("gets the bare message and its attributes when it asked for that", async () => {
    const url = await queue("films");
    await subscribe("sqs", queueArn("films"), { RawMessageDelivery: "true" });
    const MessageAttributes = {
      status: { DataType: "String", StringValue: "READY" },
      bytes: { DataType: "Binary", BinaryValue: new Uint8Array([1, 2, 3]) },
    };
    await sns.send(new PublishCommand({ TopicArn, Message: "bare", MessageAttributes }));
    const [message] = await received(url);
    expect(message).toMatchObject({ Body: "bare", MessageAttributes });
  });

  it("that does not let the topic in gets nothing; the dead letters do", async () => {
    await queue("closed", "arn:aws:sns:us-east-1:000000000000:another");
    const dead = await queue("dead");
    await subscribe("sqs", queueArn("closed"), {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn("dead") }),
    });
    await sns.send(new PublishCommand({ TopicArn, Message: "lost" }));
    const [message] = await received(dead);
    expect(JSON.parse(message?.Body ?? "")).toMatchObject({ Message: "lost" });
  });

  it("that is gone costs a line and nothing else", async () => {
    await subscribe("sqs", queueArn("nowhere"));
    await sns.send(new PublishCommand({ TopicArn, Message: "lost" }));
    await settled();
    expect(told).toEqual(["sns: news dropped a message for sqs, NO_RESOURCE"]);
  });

  it("gets what was published before the machine stopped", async () => {
    const url = await queue("films");
    await subscribe("sqs", queueArn("films"), { RawMessageDelivery: "true" });
    await service.stop?.();
    await sns.send(new PublishCommand({ TopicArn, Message: "late" }));
    expect(service.owed()).toBe(1);
    await close();
    await open();
    expect((await received(url)).map(({ Body }) => Body)).toEqual(["late"]);
  });
});

describe("a filter", () => {
  const attribute = (DataType: string, StringValue: string) => ({ x: { DataType, StringValue } });
  it.each([
    [{ x: ["READY", "FAILED"] }, {}, attribute("String", "READY"), true],
    [{ x: ["READY"] }, {}, attribute("String", "FAILED"), false],
    [{ x: ["READY"] }, {}, undefined, false],
    [{ x: [{ exists: false }] }, {}, undefined, true],
    [{ x: [{ numeric: [">", 5] }] }, {}, attribute("Number", "6"), true],
    [{ x: ["a"] }, {}, attribute("String.Array", '["a","b"]'), true],
    [{ x: [{ "anything-but": ["READY"] }] }, {}, attribute("String", "FAILED"), true],
    [{ a: { b: [1] } }, { a: { b: 1 } }, undefined, true],
    [{ a: { b: [1] } }, { a: { b: 2 } }, undefined, false],
  ])(
    "%j on the body %j with %j lets it through: %j",
    async (policy, body, attributes, expected) => {
      const url = await queue("films");
      const isBody = "a" in policy;
      await subscribe("sqs", queueArn("films"), {
        RawMessageDelivery: "true",
        FilterPolicy: JSON.stringify(policy),
        ...(isBody ? { FilterPolicyScope: "MessageBody" } : {}),
      });
      await sns.send(
        new PublishCommand({
          TopicArn,
          Message: JSON.stringify(body),
          ...(attributes ? { MessageAttributes: attributes } : {}),
        }),
      );
      await settled();
      expect(await received(url, 0)).toHaveLength(expected ? 1 : 0);
    },
  );

  it.each(["{", '{"a":{"b":["c"]}}', '{"a":[{"wildcard":"*"}]}', '{"a":"b"}'])(
    "%s is refused",
    async (FilterPolicy) => {
      await expect(subscribe("sqs", queueArn("q"), { FilterPolicy })).rejects.toMatchObject({
        name: "InvalidParameterException",
      });
    },
  );
});

it("a function gets the event that AWS makes", async () => {
  const fn = "arn:aws:lambda:us-east-1:000000000000:function:hear";
  const arn = await subscribe("lambda", fn);
  await sns.send(new PublishCommand({ TopicArn, Message: "hi" }));
  await settled();
  expect(invoked).toMatchObject([{ FunctionName: fn, InvocationType: "Event" }]);
  expect(JSON.parse(String(invoked[0].Payload))).toMatchObject({
    Records: [
      {
        EventSource: "aws:sns",
        EventSubscriptionArn: arn,
        Sns: { Type: "Notification", Subject: null, Message: "hi", MessageAttributes: {} },
      },
    ],
  });
});

describe("an address", () => {
  let server: Server;
  let heard: Array<{ headers: IncomingMessage["headers"]; body: string }>;
  let statuses: number[];
  let endpoint: string;

  beforeEach(async () => {
    heard = [];
    statuses = [];
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        heard.push({ headers: request.headers, body });
        response.writeHead(statuses.shift() ?? 200).end();
      });
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  afterEach(() => new Promise((closed) => server.close(closed)));

  async function confirmed(attributes?: Record<string, string>) {
    expect(await subscribe("http", endpoint, attributes)).toBe("pending confirmation");
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    const asked = JSON.parse(heard.shift()?.body ?? "");
    expect(asked.Type).toBe("SubscriptionConfirmation");
    await sns.send(new PublishCommand({ TopicArn, Message: "too early" }));
    await settled();
    expect(heard).toEqual([]);
    return asked as { SubscribeURL: string; Token: string };
  }

  it("hears messages once it has followed the link, tries again included", async () => {
    const { SubscribeURL } = await confirmed();
    const answer = await fetch(SubscribeURL);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain("<ConfirmSubscriptionResult><SubscriptionArn>arn:");
    statuses = [503, 500];
    await sns.send(new PublishCommand({ TopicArn, Message: "hi" }));
    await settled();
    expect(heard).toHaveLength(3);
    expect(heard[2]?.headers).toMatchObject({
      "x-amz-sns-message-type": "Notification",
      "x-amz-sns-topic-arn": TopicArn,
    });
    expect(JSON.parse(heard[2]?.body ?? "")).toMatchObject({ Message: "hi" });
  });

  it("is given up after three more tries, or at once when it says no", async () => {
    const dead = await queue("dead");
    const { Token } = await confirmed({
      RawMessageDelivery: "true",
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn("dead") }),
    });
    await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
    statuses = [500, 500, 500, 500];
    await sns.send(new PublishCommand({ TopicArn, Message: "one" }));
    expect((await received(dead)).map(({ Body }) => Body)).toEqual(["one"]);
    expect(heard).toHaveLength(4);
    statuses = [403];
    await sns.send(new PublishCommand({ TopicArn, Message: "two" }));
    expect((await received(dead)).map(({ Body }) => Body)).toEqual(["two"]);
    expect(heard).toHaveLength(5);
  });

  it("can leave by the link in the message, and a wrong token confirms nothing", async () => {
    const { SubscribeURL } = await confirmed();
    const wrong = await fetch(SubscribeURL.replace(/Token=.{8}/, "Token=00000000"));
    expect(wrong.status).toBe(400);
    await fetch(SubscribeURL);
    await sns.send(new PublishCommand({ TopicArn, Message: "hi" }));
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    await fetch(JSON.parse(heard[0]?.body ?? "").UnsubscribeURL);
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(Subscriptions ?? []).toEqual([]);
  });

  it("nobody may do more by a link", async () => {
    const answer = await fetch(`${front.origin}/?Action=DeleteTopic&TopicArn=${TopicArn}`);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect((await sns.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn }]);
  });
});

it.each([
  ["email", "a@b.example"],
  ["sms", "+4917000000"],
  ["http", "http://example.com/hook"],
  ["https", "https://169.254.169.254/"],
])("%s to %s is refused by name", async (protocol, endpoint) => {
  await expect(subscribe(protocol, endpoint)).rejects.toMatchObject({ name: "NotImplemented" });
});

it("a message has a body for each protocol when it says so", async () => {
  const url = await queue("films");
  await subscribe("sqs", queueArn("films"), { RawMessageDelivery: "true" });
  const json = { default: "for all", sqs: "for queues" };
  await sns.send(
    new PublishCommand({ TopicArn, MessageStructure: "json", Message: JSON.stringify(json) }),
  );
  expect((await received(url))[0]?.Body).toBe("for queues");
  const bad = new PublishCommand({ TopicArn, MessageStructure: "json", Message: "{}" });
  await expect(sns.send(bad)).rejects.toMatchObject({ name: "InvalidParameterException" });
});

it("a batch is published entry by entry", async () => {
  const url = await queue("films");
  await subscribe("sqs", queueArn("films"), { RawMessageDelivery: "true" });
  const answer = await sns.send(
    new PublishBatchCommand({
      TopicArn,
      PublishBatchRequestEntries: [
        { Id: "a", Message: "one" },
        { Id: "b", Message: "two", Subject: "line\nbreak" },
      ],
    }),
  );
  expect(answer.Successful).toMatchObject([{ Id: "a", MessageId: expect.any(String) }]);
  expect(answer.Failed).toMatchObject([{ Id: "b", Code: "InvalidParameter", SenderFault: true }]);
  expect((await received(url)).map(({ Body }) => Body)).toEqual(["one"]);
});

it("topics, subscriptions and tags are kept, shown and taken away", async () => {
  const again = new CreateTopicCommand({ Name: "news", Tags: [{ Key: "for", Value: "films" }] });
  expect((await sns.send(again)).TopicArn).toBe(TopicArn);
  const tagged = new CreateTopicCommand({ Name: "tagged", Tags: [{ Key: "for", Value: "films" }] });
  const { TopicArn: ResourceArn = "" } = await sns.send(tagged);
  expect((await sns.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags).toEqual([
    { Key: "for", Value: "films" },
  ]);
  await sns.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["for"] }));
  expect((await sns.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags ?? []).toEqual([]);

  const SubscriptionArn = await subscribe("sqs", queueArn("films"));
  expect(await subscribe("sqs", queueArn("films"))).toBe(SubscriptionArn);
  await sns.send(
    new SetSubscriptionAttributesCommand({
      SubscriptionArn,
      AttributeName: "RawMessageDelivery",
      AttributeValue: "true",
    }),
  );
  const shown = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
  expect(shown.Attributes).toMatchObject({
    RawMessageDelivery: "true",
    PendingConfirmation: "false",
  });
  const topic = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
  expect(topic.Attributes).toMatchObject({ TopicArn, SubscriptionsConfirmed: "1" });
  await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
  await sns.send(new DeleteTopicCommand({ TopicArn }));
  await expect(sns.send(new PublishCommand({ TopicArn, Message: "m" }))).rejects.toMatchObject({
    name: "NotFoundException",
  });
});

it("a topic lets in only whom its policy or theirs allows", async () => {
  const rule = "arn:aws:events:us-east-1:000000000000:rule/arrived";
  const { cloud } = machine;
  const caller = cloud.iam.service("events.amazonaws.com", { "aws:SourceArn": rule });
  const publish = () => cloud.call("sns", "Publish", { TopicArn, Message: "m" }, caller);
  await expect(publish()).rejects.toMatchObject({ code: "AuthorizationError", httpStatus: 403 });
  const AttributeValue = JSON.stringify({
    Statement: {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sns:Publish",
      Resource: TopicArn,
    },
  });
  await sns.send(
    new SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue }),
  );
  await expect(publish()).resolves.toMatchObject({ MessageId: expect.any(String) });
  expect(await publish().catch((error) => error instanceof Refusal)).not.toBe(true);
});
