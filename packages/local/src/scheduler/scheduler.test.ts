import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReceiveMessageResult } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openEvents } from "../events/index.ts";
import { openIam } from "../iam/index.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { testCloud } from "../kernel/testing.ts";
import { openSqs } from "../sqs/index.ts";
import { openScheduler, type SchedulerService } from "./index.ts";
import { route } from "./route.ts";

const ROLE = "arn:aws:iam::000000000000:role/ticker";
const QUEUE = "arn:aws:sqs:us-east-1:000000000000:ticks";
const start = Date.UTC(2026, 10, 22, 9, 41, 7);

let now: number;
let dataDir: string;
let machine: ReturnType<typeof testCloud>;
let cloud: Cloud;
let scheduler: SchedulerService;

async function open() {
  const iam = openIam({ dataDir, accountId: "000000000000", region: "us-east-1" });
  iam.defineRole({
    name: "ticker",
    arn: ROLE,
    trust: {
      Statement: {
        Effect: "Allow",
        Principal: { Service: "scheduler.amazonaws.com" },
        Action: "sts:AssumeRole",
      },
    },
    policies: [
      {
        Statement: {
          Effect: "Allow",
          Action: ["sqs:SendMessage", "sqs:PurgeQueue", "events:PutEvents"],
          Resource: [
            QUEUE,
            `${QUEUE}-dead`,
            "arn:aws:events:us-east-1:000000000000:event-bus/default",
          ],
        },
      },
    ],
  });
  machine = testCloud({ dataDir, iam, now: () => now });
  cloud = machine.cloud;
  openSqs(cloud);
  openEvents(cloud);
  scheduler = openScheduler(cloud, { wait: () => 1 });
  for (const QueueName of ["ticks", "ticks-dead"]) await call("sqs", "CreateQueue", { QueueName });
  scheduler.start?.();
}

beforeEach(async () => {
  now = start;
  dataDir = mkdtempSync(join(tmpdir(), "rushes-scheduler-"));
  await open();
});
afterEach(async () => {
  await machine.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const call = <Out = Record<string, unknown>>(service: string, operation: string, input: object) =>
  cloud.call<Out>(service, operation, input, cloud.iam.operator);

const create = (more: object, target: object = {}) =>
  call("scheduler", "CreateSchedule", {
    Name: "tick",
    FlexibleTimeWindow: { Mode: "OFF" },
    ...more,
    Target: {
      Arn: QUEUE,
      RoleArn: ROLE,
      Input: '{"tick":"<aws.scheduler.scheduled-time>"}',
      ...target,
    },
  });

async function ticks(name = "ticks", WaitTimeSeconds = 3) {
  const { Messages } = await call<ReceiveMessageResult>("sqs", "ReceiveMessage", {
    QueueUrl: `x/${name}`,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds,
    MessageAttributeNames: ["All"],
  });
  for (const { ReceiptHandle } of Messages ?? []) {
    await call("sqs", "DeleteMessage", { QueueUrl: `x/${name}`, ReceiptHandle });
  }
  return Messages ?? [];
}

const bodies = async (wait?: number) => (await ticks("ticks", wait)).map(({ Body }) => Body);

describe("a schedule", () => {
  it("at a rate fires at once, then keeps its beat, and makes up for nothing", async () => {
    await create({ ScheduleExpression: "rate(5 minutes)" });
    expect(await bodies()).toEqual(['{"tick":"2026-11-22T09:41:07Z"}']);
    now = start + 3_650_000; // an hour and 50 seconds later
    expect(await bodies()).toEqual(['{"tick":"2026-11-22T09:46:07Z"}']);
    now = start + 3_899_000;
    expect(await bodies(0)).toEqual([]);
    now = start + 3_900_000;
    expect(await bodies()).toEqual(['{"tick":"2026-11-22T10:46:07Z"}']);
  });

  it("that is put again unchanged, as at every start, keeps its beat over a restart", async () => {
    await create({ ScheduleExpression: "rate(5 minutes)" });
    expect(await bodies()).toHaveLength(1);
    await machine.close();
    await open();
    await call("scheduler", "UpdateSchedule", {
      Name: "tick",
      FlexibleTimeWindow: { Mode: "OFF" },
      ScheduleExpression: "rate(5 minutes)",
      Target: { Arn: QUEUE, RoleArn: ROLE, Input: '{"other":true}' },
    });
    expect(await bodies(0)).toEqual([]);
    now = start + 300_000;
    expect(await bodies()).toEqual(['{"other":true}']);
  });

  it("by the clock of a zone fires then", async () => {
    await create({
      ScheduleExpression: "cron(0 11 * * ? *)",
      ScheduleExpressionTimezone: "Europe/Berlin",
    });
    now = Date.UTC(2026, 10, 22, 10, 0, 0);
    expect(await bodies()).toEqual(['{"tick":"2026-11-22T10:00:00Z"}']);
  });

  it("for one moment is gone after it, when it says so", async () => {
    await create({
      ScheduleExpression: "at(2026-11-22T10:00:00)",
      ActionAfterCompletion: "DELETE",
    });
    now = Date.UTC(2026, 10, 22, 10, 0, 0);
    expect(await bodies()).toHaveLength(1);
    await expect(call("scheduler", "GetSchedule", { Name: "tick" })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });

  it("begins with its start, ends with its end, and is still while disabled", async () => {
    await create({
      ScheduleExpression: "rate(1 minute)",
      StartDate: new Date(start + 60_000),
      EndDate: new Date(start + 90_000),
    });
    expect(await bodies(0)).toEqual([]);
    now = start + 60_000;
    expect(await bodies()).toHaveLength(1);
    now = start + 600_000;
    expect(await bodies(0)).toEqual([]);
    await create({ Name: "still", State: "DISABLED", ScheduleExpression: "rate(1 minute)" });
    expect(await bodies(0)).toEqual([]);
  });

  it("without an input sends the event that AWS sends", async () => {
    await create({ ScheduleExpression: "rate(1 day)" }, { Input: undefined });
    const [body] = await bodies();
    expect(JSON.parse(body ?? "")).toMatchObject({
      "detail-type": "Scheduled Event",
      source: "aws.scheduler",
      detail: "{}",
    });
  });

  it("can call any operation", async () => {
    await call("sqs", "SendMessage", { QueueUrl: "x/ticks", MessageBody: "old" });
    await create(
      { ScheduleExpression: "rate(1 day)" },
      { Arn: "arn:aws:scheduler:::aws-sdk:sqs:purgeQueue", Input: '{"QueueUrl":"x/ticks"}' },
    );
    await vi.waitFor(() => expect(scheduler.owed()).toBe(0));
    expect(await bodies(0)).toEqual([]);
  });

  it.each([
    ["a queue that is not there", `${QUEUE}-none`, ROLE, "QueueDoesNotExist"],
    [
      "an operation its role may not",
      "arn:aws:scheduler:::aws-sdk:sqs:deleteQueue",
      ROLE,
      "AccessDenied",
    ],
  ])("that aims at %s ends in the dead letters", async (_, Arn, RoleArn, code) => {
    await create(
      { ScheduleExpression: "rate(1 day)" },
      { Arn, RoleArn, Input: '{"QueueUrl":"x/ticks"}', DeadLetterConfig: { Arn: `${QUEUE}-dead` } },
    );
    const [dead] = await ticks("ticks-dead");
    expect(dead?.MessageAttributes).toMatchObject({
      ERROR_CODE: { StringValue: code },
      TARGET_ARN: { StringValue: Arn },
      SCHEDULE_ARN: {
        StringValue: "arn:aws:scheduler:us-east-1:000000000000:schedule/default/tick",
      },
      RETRY_ATTEMPTS: { StringValue: "0" },
    });
  });

  it("whose role does not trust the scheduler does nothing, and says so", async () => {
    const told: string[] = [];
    cloud.tell = (line) => void told.push(line);
    await create({ ScheduleExpression: "rate(1 day)" }, { RoleArn: `${ROLE}2` });
    await vi.waitFor(() =>
      expect(told).toEqual(["scheduler: tick dropped an invocation, NO_PERMISSIONS"]),
    );
  });
});

it("schedules are listed and shown", async () => {
  await create({ ScheduleExpression: "rate(1 day)", GroupName: "care" });
  await create({ ScheduleExpression: "rate(1 day)", Name: "other", State: "DISABLED" });
  const names = async (input: object) =>
    (
      await call<{ Schedules: Array<{ Name: string }> }>("scheduler", "ListSchedules", input)
    ).Schedules.map(({ Name }) => Name);
  expect(await names({})).toEqual(["tick", "other"]);
  expect(await names({ State: "DISABLED" })).toEqual(["other"]);
  expect(await names({ GroupName: "care", NamePrefix: "t" })).toEqual(["tick"]);
  expect(await call("scheduler", "GetSchedule", { Name: "tick", GroupName: "care" })).toMatchObject(
    {
      ScheduleExpression: "rate(1 day)",
      ScheduleExpressionTimezone: "UTC",
      Target: { Arn: QUEUE },
      CreationDate: new Date(start),
    },
  );
  await expect(create({ ScheduleExpression: "rate(1 day)", Name: "other" })).rejects.toMatchObject({
    code: "ConflictException",
    httpStatus: 409,
  });
});

it.each([
  [{ ScheduleExpression: "often" }, {}, "ValidationException"],
  [
    { ScheduleExpression: "rate(1 day)", FlexibleTimeWindow: { Mode: "SOMETIMES" } },
    {},
    "ValidationException",
  ],
  [{ ScheduleExpression: "rate(1 day)" }, { RoleArn: undefined }, "ValidationException"],
  [{ ScheduleExpression: "rate(1 day)" }, { EcsParameters: {} }, "NotImplemented"],
  [
    { ScheduleExpression: "rate(1 day)" },
    { Arn: "arn:aws:ecs:us-east-1:000000000000:cluster/c" },
    "NotImplemented",
  ],
])("%j with the target %j is refused", async (more, target, code) => {
  await expect(create(more, target)).rejects.toMatchObject({ code });
});

it.each([
  ["POST", "/schedules/tick", "", { operation: "CreateSchedule", params: { Name: "tick" } }],
  [
    "GET",
    "/schedules/a%2Eb",
    "groupName=g",
    { operation: "GetSchedule", params: { Name: "a.b", GroupName: "g" } },
  ],
  ["GET", "/schedules", "MaxResults=5", { operation: "ListSchedules", params: { MaxResults: 5 } }],
  ["POST", "/schedule-groups/g", "", undefined],
])("%s %s?%s means %j", (method, path, query, expected) => {
  expect(route(method, path, new URLSearchParams(query))).toEqual(expected);
});
