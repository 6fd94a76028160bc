import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Message, ReceiveMessageResult } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openIam } from "../iam/index.ts";
import type { Caller } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import { testCloud } from "../kernel/testing.ts";
import { openSqs } from "../sqs/index.ts";
import { type EventsService, openEvents } from "./index.ts";

let dataDir: string;
let now: number;
let machine: ReturnType<typeof testCloud>;
let cloud: Cloud;
let events: EventsService;
/** What stand-ins of other services were asked, and what they answer with. */
let asked: Array<{ operation: string; input: Input; caller: Caller }>;
let failing: Refusal | undefined;

function open() {
  const iam = openIam({ dataDir, accountId: "000000000000", region: "us-east-1" });
  iam.defineRole({
    name: "starter",
    arn: STARTER,
    trust: {
      Statement: {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sts:AssumeRole",
      },
    },
    policies: [
      { Statement: { Effect: "Allow", Action: "states:StartExecution", Resource: MACHINE } },
    ],
  });
  machine = testCloud({ dataDir, iam, now: () => now });
  cloud = machine.cloud;
  cloud.origin = "http://127.0.0.1:4566";
  openSqs(cloud);
  events = openEvents(cloud, { wait: () => 1 });
  const wire = { protocol: "json", version: "1.0", target: "None" } as const;
  const note = (
    operation: string,
    needs?: (input: Input) => { action: string; resource: string },
  ) => ({
    [operation]: {
      ...(needs ? { needs } : {}),
      run(input: Input, caller: Caller) {
        asked.push({ operation, input, caller });
        if (failing) throw failing;
        return {};
      },
    },
  });
  cloud.add({ name: "lambda", wire, operations: note("Invoke") });
  cloud.add({ name: "sns", wire, operations: note("Publish") });
  cloud.add({
    name: "states",
    wire,
    operations: note("StartExecution", ({ stateMachineArn }) => ({
      action: "states:StartExecution",
      resource: stateMachineArn,
    })),
  });
}

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "rushes-events-"));
  now = Date.UTC(2026, 10, 22, 9, 41, 7);
  asked = [];
  failing = undefined;
  open();
});
afterEach(async () => {
  await machine.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:workflow";
const STARTER = "arn:aws:iam::000000000000:role/starter";
const LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:sweep";
const queueArn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const RULE = "arn:aws:events:us-east-1:000000000000:rule/arrived";

const call = <Out = Record<string, unknown>>(service: string, operation: string, input: object) =>
  cloud.call<Out>(service, operation, input, cloud.iam.operator);

async function queue(name: string, allows: string | undefined = RULE) {
  await call("sqs", "CreateQueue", { QueueName: name });
  if (!allows) return;
  const Policy = JSON.stringify({
    Statement: {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queueArn(name),
      Condition: { ArnEquals: { "aws:SourceArn": allows } },
    },
  });
  await call("sqs", "SetQueueAttributes", { QueueUrl: `x/${name}`, Attributes: { Policy } });
}

async function rule(target: object, more: object = {}) {
  await call("events", "PutRule", {
    Name: "arrived",
    EventPattern: '{"source":["aws.s3"]}',
    ...more,
  });
  await call("events", "PutTargets", { Rule: "arrived", Targets: [{ Id: "one", ...target }] });
}

async function received(name: string): Promise<Message[]> {
  const { Messages } = await call<ReceiveMessageResult>("sqs", "ReceiveMessage", {
    QueueUrl: `x/${name}`,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: 5,
    MessageAttributeNames: ["All"],
  });
  return Messages ?? [];
}

const settled = () =>
  vi.waitFor(() => expect(events.owed()).toBe(0), { timeout: 10_000, interval: 5 });

const arrived = (key: string, id?: string) =>
  cloud.emit({
    source: "aws.s3",
    "detail-type": "Object Created",
    resources: [],
    detail: { key },
    ...(id ? { id } : {}),
  });

describe("an event that an AWS service sends", () => {
  it("comes to a queue that lets the rule in, whole", async () => {
    await queue("films");
    await rule({ Arn: queueArn("films"), SqsParameters: { MessageGroupId: "g" } });
    events.start?.();
    arrived("a.mov");
    const [message] = await received("films");
    expect(JSON.parse(message?.Body ?? "")).toMatchObject({
      version: "0",
      source: "aws.s3",
      account: "000000000000",
      region: "us-east-1",
      time: "2026-11-22T09:41:07Z",
      detail: { key: "a.mov" },
    });
  });

  it("is part of the caller's transaction, and nothing of it stays when that fails", async () => {
    await queue("films");
    await rule({ Arn: queueArn("films") });
    const broken = () =>
      cloud.store.transaction(() => {
        arrived("a.mov");
        throw new Error("no");
      });
    expect(broken).toThrow("no");
    expect(events.owed()).toBe(0);
    cloud.store.transaction(() => arrived("b.mov"));
    expect(events.owed()).toBe(1);
  });

  it("that no rule matches leaves nothing behind", async () => {
    await rule({ Arn: LAMBDA }, { EventPattern: '{"source":["aws.mediaconvert"]}' });
    arrived("a.mov");
    await call("events", "DisableRule", { Name: "arrived" });
    expect(events.owed()).toBe(0);
  });

  it("can be sent again under its own id", async () => {
    await rule({ Arn: LAMBDA });
    events.start?.();
    arrived("a.mov", "the-id");
    arrived("a.mov", "the-id");
    await settled();
    expect(asked.map(({ input }) => JSON.parse(String(input.Payload)).id)).toEqual([
      "the-id",
      "the-id",
    ]);
  });

  it("is delivered after a restart when the machine was killed before", async () => {
    await queue("films");
    await rule({ Arn: queueArn("films") });
    arrived("a.mov");
    cloud.store.close(); // never started: as if killed between the commit and the delivery
    open();
    events.start?.();
    expect(await received("films")).toHaveLength(1);
  });
});

describe("a target", () => {
  it("function is invoked and not waited for, by EventBridge for this rule", async () => {
    await rule({ Arn: LAMBDA, InputPath: "$.detail" });
    events.start?.();
    arrived("a.mov");
    await settled();
    expect(asked).toMatchObject([
      { operation: "Invoke", input: { FunctionName: LAMBDA, InvocationType: "Event" } },
    ]);
    expect(String(asked[0]?.input.Payload)).toBe('{"key":"a.mov"}');
  });

  it("topic is published to", async () => {
    const Arn = "arn:aws:sns:us-east-1:000000000000:news";
    await rule({ Arn, Input: '"fixed"' });
    events.start?.();
    arrived("a.mov");
    await settled();
    expect(asked[0]?.input).toEqual({ TopicArn: Arn, Message: '"fixed"' });
  });

  it("state machine is started under the role, under one name however often it is tried", async () => {
    failing = new Refusal("ServiceUnavailable", "busy", { httpStatus: 503 });
    await rule({ Arn: MACHINE, RoleArn: STARTER });
    events.start?.();
    arrived("a.mov", "5f0c1c1e-8f0b-4f43-9a4e-2d6f6a1f7c90");
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(0));
    failing = new Refusal("ExecutionAlreadyExists", "started by a try that nobody saw end");
    now += 10;
    await settled();
    const names = new Set(asked.map(({ input }) => input.name));
    expect(names.size).toBe(1);
    expect([...names][0]).toMatch(/^5f0c1c1e-8f0b-4f43-9a4e-2d6f6a1f7c90_[0-9a-f-]{36}$/);
  });

  it("bus hands the event on to its own rules", async () => {
    await call("events", "CreateEventBus", { Name: "second" });
    const second = "arn:aws:events:us-east-1:000000000000:event-bus/second";
    cloud.iam.defineRole({
      name: "forwarder",
      arn: "arn:aws:iam::000000000000:role/forwarder",
      trust: {
        Statement: {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sts:AssumeRole",
        },
      },
      policies: [{ Statement: { Effect: "Allow", Action: "events:PutEvents", Resource: second } }],
    });
    await rule({ Arn: second, RoleArn: "arn:aws:iam::000000000000:role/forwarder" });
    await call("events", "PutRule", {
      Name: "there",
      EventBusName: "second",
      EventPattern: '{"source":["aws.s3"]}',
    });
    await call("events", "PutTargets", {
      Rule: "there",
      EventBusName: "second",
      Targets: [{ Id: "one", Arn: LAMBDA }],
    });
    events.start?.();
    arrived("a.mov");
    await settled();
    expect(asked).toMatchObject([{ operation: "Invoke" }]);
  });
});

describe("what cannot be delivered", () => {
  const reasons = (message: Message | undefined) =>
    Object.fromEntries(
      Object.entries(message?.MessageAttributes ?? {}).map(([name, value]) => [
        name,
        value.StringValue,
      ]),
    );

  it.each([
    ["a queue that lets the rule not in", queueArn("closed"), undefined, "NO_PERMISSIONS"],
    ["a queue that is not there", queueArn("nowhere"), undefined, "NO_RESOURCE"],
    ["a role that may not", MACHINE.replace("workflow", "other"), STARTER, "NO_PERMISSIONS"],
    ["a role that is not there", MACHINE, `${STARTER}2`, "NO_PERMISSIONS"],
  ])("because of %s goes to the dead letters at once", async (_, Arn, RoleArn, code) => {
    await queue("closed", "arn:aws:events:us-east-1:000000000000:rule/another");
    await queue("dead");
    // A queue is the resource's own to give: without a policy of its own only roles may send.
    await rule({
      Arn,
      ...(RoleArn ? { RoleArn } : {}),
      DeadLetterConfig: { Arn: queueArn("dead") },
    });
    events.start?.();
    arrived("a.mov");
    const [message] = await received("dead");
    expect(reasons(message)).toMatchObject({
      RULE_ARN: RULE,
      TARGET_ARN: Arn,
      ERROR_CODE: code,
      ERROR_MESSAGE: expect.any(String),
      RETRY_ATTEMPTS: "0",
    });
    expect(reasons(message)).not.toHaveProperty("EXHAUSTED_RETRY_CONDITION");
    expect(JSON.parse(message?.Body ?? "")).toMatchObject({ detail: { key: "a.mov" } });
  });

  it.each([
    [{ MaximumRetryAttempts: 2 }, 0, "MaximumRetryAttempts", "2"],
    [{ MaximumEventAgeInSeconds: 60 }, 61_000, "MaximumEventAgeInSeconds", expect.any(String)],
  ])("within %j is given up", async (RetryPolicy, laterMs, condition, attempts) => {
    failing = new Refusal("TooManyRequestsException", "busy", { httpStatus: 429 });
    await queue("dead");
    await rule({ Arn: LAMBDA, RetryPolicy, DeadLetterConfig: { Arn: queueArn("dead") } });
    events.start?.();
    arrived("a.mov");
    await vi.waitFor(() => expect(asked.length).toBe(1));
    now += laterMs;
    const ticking = setInterval(() => {
      now += 1;
    }, 1);
    const [message] = await received("dead");
    clearInterval(ticking);
    expect(reasons(message)).toMatchObject({
      ERROR_CODE: "THROTTLING",
      EXHAUSTED_RETRY_CONDITION: condition,
      RETRY_ATTEMPTS: attempts,
    });
  });

  it("for want of JSON is INVALID_JSON", async () => {
    await queue("dead");
    await rule({
      Arn: LAMBDA,
      InputTransformer: { InputPathsMap: { k: "$.detail.key" }, InputTemplate: '{"k":<k>}' },
      DeadLetterConfig: { Arn: queueArn("dead") },
    });
    events.start?.();
    arrived('a"b');
    expect(reasons((await received("dead"))[0])).toMatchObject({ ERROR_CODE: "INVALID_JSON" });
    expect(asked).toEqual([]);
  });
});

describe("PutEvents", () => {
  it("judges each entry by itself", async () => {
    const answer = await call("events", "PutEvents", {
      Entries: [
        { Source: "rushes", DetailType: "Test", Detail: "{}" },
        { Source: "aws.s3", DetailType: "Test", Detail: "{}" },
        { Source: "rushes", DetailType: "Test", Detail: "[]" },
        { Source: "rushes", Detail: "{}" },
      ],
    });
    expect(answer).toMatchObject({
      FailedEntryCount: 3,
      Entries: [
        { EventId: expect.any(String) },
        { ErrorCode: "NotAuthorizedForSourceException" },
        { ErrorCode: "MalformedDetail" },
        { ErrorCode: "InvalidArgument" },
      ],
    });
    await expect(call("events", "PutEvents", { Entries: [] })).rejects.toMatchObject({
      code: "ValidationException",
    });
  });
});

describe("a rule", () => {
  it("is described, listed, turned off and on, and deleted after its targets", async () => {
    await rule({ Arn: LAMBDA });
    expect(await call("events", "DescribeRule", { Name: "arrived" })).toMatchObject({
      Arn: RULE,
      State: "ENABLED",
    });
    await call("events", "DisableRule", { Name: "arrived" });
    expect(await call("events", "ListRules", {})).toMatchObject({
      Rules: [{ Name: "arrived", State: "DISABLED" }],
    });
    expect(await call("events", "ListRuleNamesByTarget", { TargetArn: LAMBDA })).toEqual({
      RuleNames: ["arrived"],
    });
    await expect(call("events", "DeleteRule", { Name: "arrived" })).rejects.toMatchObject({
      message: "Rule can't be deleted since it has targets.",
    });
    expect(
      await call("events", "RemoveTargets", { Rule: "arrived", Ids: ["one", "two"] }),
    ).toMatchObject({ FailedEntryCount: 1 });
    await call("events", "DeleteRule", { Name: "arrived" });
    await expect(call("events", "DescribeRule", { Name: "arrived" })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });

  it.each([
    [{ Arn: "arn:aws:kinesis:us-east-1:000000000000:stream/s" }, "NotImplemented"],
    [{ Arn: LAMBDA, HttpParameters: {} }, "NotImplemented"],
    [{ Arn: MACHINE }, "ValidationException"],
    [{ Arn: LAMBDA, RetryPolicy: { MaximumRetryAttempts: 186 } }, "ValidationException"],
    [{ Arn: LAMBDA, DeadLetterConfig: { Arn: queueArn("q.fifo") } }, "ValidationException"],
  ])("refuses the target %j", async (target, code) => {
    await expect(rule(target)).rejects.toMatchObject({ code });
  });

  it("with a schedule fires its targets, once after a long pause", async () => {
    await call("events", "PutRule", { Name: "often", ScheduleExpression: "rate(5 minutes)" });
    await call("events", "PutTargets", { Rule: "often", Targets: [{ Id: "one", Arn: LAMBDA }] });
    events.start?.();
    now += 3_600_000;
    // Every start of the machine puts the rule again; that does not disturb its pace.
    await call("events", "PutRule", { Name: "often", ScheduleExpression: "rate(5 minutes)" });
    await vi.waitFor(() => expect(asked.length).toBe(1), { timeout: 5000 });
    expect(JSON.parse(String(asked[0]?.input.Payload))).toMatchObject({
      source: "aws.events",
      "detail-type": "Scheduled Event",
      detail: {},
    });
    await settled();
    expect(asked.length).toBe(1);
  });
});
