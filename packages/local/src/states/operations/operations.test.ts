import { afterEach, describe, expect, it } from "vitest";
import type { Caller, Need } from "../../kernel/caller.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { type Bench, bench, eventually, ROLE } from "../testing.ts";

let table: Bench;
afterEach(() => table.close());

const pass = { StartAt: "Pass", States: { Pass: { Type: "Pass", End: true } } };
const wait = { StartAt: "Wait", States: { Wait: { Type: "Wait", Seconds: 3600, End: true } } };

const create = async (name: string, definition: object, more: object = {}) => {
  const given = { name, roleArn: ROLE, definition: JSON.stringify(definition), ...more };
  const { stateMachineArn } = await table.call<{ stateMachineArn: string }>(
    "CreateStateMachine",
    given,
  );
  return stateMachineArn;
};

const start = async (stateMachineArn: string, more: object = {}) => {
  const input = { stateMachineArn, ...more };
  return (await table.call<{ executionArn: string }>("StartExecution", input)).executionArn;
};

const refused = async (work: Promise<unknown>) =>
  (await work.catch((error: unknown) => error)) as Refusal;

describe("a request of the wrong kinds", () => {
  it.each([
    ["TagResource", { tags: [null] }],
    ["TagResource", { tags: [{ key: 1 }] }],
    ["UpdateStateMachine", { definition: {} }],
    ["GetExecutionHistory", { reverseOrder: "true" }],
  ])("is refused before %s keeps it", async (operation, input) => {
    table = await bench();
    const resourceArn = await create("m", pass);
    const given = { resourceArn, stateMachineArn: resourceArn, ...input };
    expect(await refused(table.call(operation, given))).toMatchObject({
      code: "SerializationException",
    });
  });
});

describe("starting", () => {
  it("twice by one name and input is once, while it runs", async () => {
    table = await bench();
    const machine = await create("m", wait);
    const named = { name: "n", input: '{"a":1}' };
    const arn = await start(machine, named);
    expect(await start(machine, named)).toBe(arn);
    expect(await refused(start(machine, { ...named, input: '{"a":2}' }))).toMatchObject({
      code: "ExecutionAlreadyExists",
      message: `Execution Already Exists: '${arn}'`,
    });
    await table.call("StopExecution", { executionArn: arn });
    expect(await refused(start(machine, named))).toMatchObject({ code: "ExecutionAlreadyExists" });
  });

  it("tells the bus, with AWS's fields, and the end as well", async () => {
    table = await bench();
    const machine = await create("m", pass);
    const arn = await start(machine, { input: '{"a":1}' });
    await table.ended(arn);
    expect(table.emitted).toHaveLength(2);
    expect(table.emitted[1]).toEqual({
      source: "aws.states",
      "detail-type": "Step Functions Execution Status Change",
      resources: [arn],
      detail: {
        executionArn: arn,
        stateMachineArn: machine,
        name: arn.split(":").at(-1),
        status: "SUCCEEDED",
        startDate: expect.any(Number),
        stopDate: expect.any(Number),
        input: '{"a":1}',
        output: '{"a":1}',
        inputDetails: { included: true },
        outputDetails: { included: true },
        error: null,
        cause: null,
        stateMachineVersionArn: null,
        stateMachineAliasArn: null,
        redriveCount: 0,
        redriveDate: null,
        redriveStatus: "NOT_REDRIVABLE",
        redriveStatusReason: "Execution is SUCCEEDED and cannot be redriven",
      },
    });
  });

  it.each([
    [{ name: "a b" }, "InvalidName"],
    [{ name: "x".repeat(81) }, "InvalidName"],
    [{ input: "{" }, "InvalidExecutionInput"],
    [{ input: JSON.stringify("x".repeat(262_144)) }, "ValidationException"],
    [{ stateMachineArn: "m" }, "InvalidArn"],
    [
      { stateMachineArn: "arn:aws:states:us-east-1:111111111111:stateMachine:none" },
      "StateMachineDoesNotExist",
    ],
  ])("with %.60j is refused", async (given, code) => {
    table = await bench();
    const machine = await create("m", pass);
    expect(await refused(start(machine, given))).toMatchObject({ code });
    expect(table.emitted).toEqual([]);
  });

  it.each([
    ["a distributed map", { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" }, undefined],
    ["a job to wait for", undefined, "arn:aws:states:::states:startExecution.sync:2"],
    ["an activity", undefined, "arn:aws:states:us-east-1:111111111111:activity:a"],
    ["an integration unknown here", undefined, "arn:aws:states:::glue:startJobRun"],
  ])("%s is refused by name, though the machine may exist", async (_what, config, Resource) => {
    table = await bench();
    const state = Resource
      ? { Type: "Task", Resource, End: true }
      : { Type: "Map", ItemProcessor: { ...pass, ProcessorConfig: config }, End: true };
    const machine = await create("m", { StartAt: "Odd", States: { Odd: state } });
    const refusal = await refused(start(machine));
    expect(refusal).toMatchObject({ code: "NotImplemented", httpStatus: 501 });
    expect(refusal.message).toContain("state 'Odd'");
  });

  it("an express machine is refused by name", async () => {
    table = await bench();
    const machine = await create("m", pass, { type: "EXPRESS" });
    expect(await refused(start(machine))).toMatchObject({ code: "NotImplemented" });
  });
});

describe("a machine", () => {
  it("in its new form is for new executions; old ones end in the form they began", async () => {
    table = await bench();
    const first = {
      QueryLanguage: "JSONata",
      StartAt: "Wait",
      States: {
        Wait: { Type: "Wait", Seconds: "{% $states.input.seconds %}", Next: "Done" },
        Done: { Type: "Pass", Output: "first", End: true },
      },
    };
    const machine = await create("m", first);
    const old = await start(machine, { input: '{"seconds":1}' });
    const second = { ...pass, States: { Pass: { Type: "Pass", Result: "second", End: true } } };
    const definition = JSON.stringify(second);
    await table.call("UpdateStateMachine", { stateMachineArn: machine, definition });
    const young = await start(machine);
    expect((await table.ended(young)).output).toBe('"second"');
    expect((await table.ended(old)).output).toBe('"first"');
    const form = await table.call("DescribeStateMachineForExecution", { executionArn: old });
    expect(JSON.parse(String(form.definition))).toEqual(first);
  });

  it("that is deleted takes its executions with it", async () => {
    table = await bench();
    const machine = await create("m", wait);
    const arn = await start(machine);
    await table.call("DeleteStateMachine", { stateMachineArn: machine });
    expect(await table.ended(arn)).toMatchObject({ status: "ABORTED" });
    const described = table.call("DescribeStateMachine", { stateMachineArn: machine });
    expect(await refused(described)).toMatchObject({ code: "StateMachineDoesNotExist" });
  });

  it("keeps its tags", async () => {
    table = await bench();
    const resourceArn = await create("m", pass, { tags: [{ key: "a", value: "1" }] });
    const tags = [
      { key: "a", value: "2" },
      { key: "b", value: "3" },
    ];
    await table.call("TagResource", { resourceArn, tags });
    await table.call("UntagResource", { resourceArn, tagKeys: ["b", "c"] });
    expect(await table.call("ListTagsForResource", { resourceArn })).toEqual({
      tags: [{ key: "a", value: "2" }],
    });
  });

  it("is listed with the others, page by page", async () => {
    table = await bench();
    for (const name of ["a", "b", "c"]) await create(name, pass);
    expect(await pages("ListStateMachines", {}, "stateMachines", "name")).toEqual(["a", "b", "c"]);
  });
});

describe("listings", () => {
  it("give executions newest first, by status, page by page", async () => {
    table = await bench();
    const machine = await create("m", wait);
    for (const name of ["a", "b", "c", "d"]) await start(machine, { name });
    const executionArn = `arn:aws:states:us-east-1:111111111111:execution:m:c`;
    await table.call("StopExecution", { executionArn });
    const given = { stateMachineArn: machine };
    const names = (more: object) =>
      pages("ListExecutions", { ...given, ...more }, "executions", "name");
    expect(await names({})).toEqual(["d", "c", "b", "a"]);
    expect(await names({ statusFilter: "RUNNING" })).toEqual(["d", "b", "a"]);
    expect(await names({ statusFilter: "ABORTED" })).toEqual(["c"]);
    expect(await refused(names({ statusFilter: "GONE" }))).toMatchObject({
      code: "ValidationException",
    });
    expect(await refused(names({ nextToken: "x" }))).toMatchObject({ code: "InvalidToken" });
  });

  it("give a history from either end, with its data or without", async () => {
    table = await bench();
    const executionArn = await start(await create("m", pass), { input: '{"secret":1}' });
    await table.ended(executionArn);
    const ids = (more: object) =>
      pages("GetExecutionHistory", { executionArn, ...more }, "events", "id");
    expect(await ids({})).toEqual([1, 2, 3, 4]);
    expect(await ids({ reverseOrder: true })).toEqual([4, 3, 2, 1]);
    const bare = await table.call("GetExecutionHistory", {
      executionArn,
      includeExecutionData: false,
    });
    expect(JSON.stringify(bare)).not.toContain("secret");
  });

  it("reach a listener line by line", async () => {
    table = await bench();
    const heard: string[] = [];
    const stop = table.states.service.onHistory((_arn, { type }) => void heard.push(type));
    const machine = await create("m", pass);
    await table.ended(await start(machine));
    expect(heard.at(-1)).toBe("ExecutionSucceeded");
    stop();
    const count = heard.length;
    await table.ended(await start(machine));
    expect(heard).toHaveLength(count);
  });
});

describe("permissions", () => {
  it("of a task are those of the machine's role, and their lack can be caught", async () => {
    const asked: Need[] = [];
    const role: Caller = {
      arn: "arn:aws:sts::111111111111:assumed-role/r/s",
      accountId: "111111111111",
      check(need) {
        asked.push(need);
        throw new Refusal("AccessDenied", "no", { httpStatus: 403 });
      },
    };
    table = await bench({}, { iam: { assume: () => role } });
    const target = await create("target", pass);
    const Task = {
      Type: "Task",
      Resource: "arn:aws:states:::states:startExecution",
      Parameters: { StateMachineArn: target, Input: { a: 1 } },
      Catch: [{ ErrorEquals: ["StepFunctions.AWSStepFunctionsException"], Next: "Denied" }],
      End: true,
    };
    const Denied = { Type: "Pass", Result: "denied", End: true };
    const arn = await start(await create("m", { StartAt: "Task", States: { Task, Denied } }));
    expect((await table.ended(arn)).output).toBe('"denied"');
    expect(asked).toEqual([{ action: "states:StartExecution", resource: target }]);
  });

  it("to answer a token are asked on its machine, after the task is over as well", async () => {
    const needs: Need[] = [];
    let taskToken = "";
    const sqs = (_operation: string, input: Record<string, unknown>) => {
      taskToken = String(input.MessageBody);
      return { MessageId: "1" };
    };
    table = await bench({ sqs });
    const Task = {
      Type: "Task",
      Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
      Parameters: { QueueUrl: "q", "MessageBody.$": "$$.Task.Token" },
      End: true,
    };
    const machine = await create("m", { StartAt: "Task", States: { Task } });
    const arn = await start(machine);
    await table.saw(arn, "TaskSubmitted");
    const caller: Caller = { ...table.cloud.iam.operator, check: (need) => void needs.push(need) };
    const send = () =>
      table.cloud.call("states", "SendTaskSuccess", { taskToken, output: "{}" }, caller);
    await send();
    expect(await refused(send())).toMatchObject({ code: "TaskTimedOut" });
    const need = { action: "states:SendTaskSuccess", resource: machine };
    expect(needs).toEqual([need, need]);
  });
});

/** Walks a listing two at a time. */
async function pages(operation: string, input: object, list: string, member: string) {
  const found: unknown[] = [];
  let nextToken: unknown;
  do {
    const page: Record<string, unknown> = await table.call(operation, {
      maxResults: 2,
      ...(nextToken ? { nextToken } : {}),
      ...input,
    });
    const items = page[list] as Record<string, unknown>[];
    expect(items.length).toBeLessThanOrEqual(2);
    found.push(...items.map((item) => item[member]));
    nextToken = page.nextToken;
  } while (nextToken);
  return found;
}

it("many executions side by side all end", async () => {
  table = await bench();
  const machine = await create("m", {
    QueryLanguage: "JSONata",
    StartAt: "Add",
    States: { Add: { Type: "Pass", Output: "{% $states.input + 1 %}", End: true } },
  });
  const arns = await Promise.all(
    Array.from({ length: 200 }, (_, index) => start(machine, { input: String(index) })),
  );
  await eventually(async () => {
    const page = await table.call("ListExecutions", {
      stateMachineArn: machine,
      statusFilter: "RUNNING",
    });
    return (page.executions as unknown[]).length === 0 || undefined;
  });
  expect((await table.ended(arns[41] ?? "")).output).toBe("42");
});
