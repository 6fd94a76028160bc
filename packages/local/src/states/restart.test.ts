import { afterEach, describe, expect, it } from "vitest";
import { type Bench, bench } from "./testing.ts";

let table: Bench;
afterEach(() => table.close());

const jsonata = (StartAt: string, States: object) => ({
  QueryLanguage: "JSONata",
  StartAt,
  States,
});

const lambda = (more: object) => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Arguments: { FunctionName: "f", Payload: "{% $states.context.State.RetryCount %}" },
  End: true,
  ...more,
});

describe("after the process was killed", () => {
  it("a parked token still opens its task, and variables are kept", async () => {
    let token = "";
    const sqs = (_operation: string, input: Record<string, unknown>) => {
      token = String(input.MessageBody);
      return { MessageId: "1" };
    };
    table = await bench({ sqs });
    const arn = await table.launch(
      jsonata("Claim", {
        Claim: { Type: "Pass", Assign: { attempt: 7 }, Next: "Encode" },
        Encode: {
          Type: "Task",
          Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
          Arguments: { QueueUrl: "q", MessageBody: "{% $states.context.Task.Token %}" },
          TimeoutSeconds: 3600,
          Output: { attempt: "{% $attempt %}", result: "{% $states.result %}" },
          End: true,
        },
      }),
    );
    await table.saw(arn, "TaskSubmitted");
    table = await table.restart();
    await table.call("SendTaskSuccess", { taskToken: token, output: '"done"' });
    const { output = "" } = await table.ended(arn);
    expect(JSON.parse(output)).toEqual({ attempt: 7, result: "done" });
    const ids = (await table.history(arn)).map(({ id }) => id);
    expect(ids).toEqual(ids.map((_id, index) => index + 1));
  });

  it("a token may be answered before everything has started again", async () => {
    let token = "";
    const sqs = (_operation: string, input: Record<string, unknown>) => {
      token = String(input.MessageBody);
      return { MessageId: "1" };
    };
    table = await bench({ sqs });
    const Encode = {
      Type: "Task",
      Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
      Arguments: { QueueUrl: "q", MessageBody: "{% $states.context.Task.Token %}" },
      End: true,
    };
    const arn = await table.launch(jsonata("Encode", { Encode }));
    await table.saw(arn, "TaskSubmitted");
    table = await table.restart({ startLater: true });
    await table.call("SendTaskSuccess", { taskToken: token, output: "1" });
    expect(await table.ended(arn)).toMatchObject({ status: "SUCCEEDED", output: "1" });
  });

  it("a task without a result is given to its service again", async () => {
    let calls = 0;
    const invoke = () => {
      calls += 1;
      return calls === 1 ? new Promise(() => undefined) : { StatusCode: 200, Payload: '"again"' };
    };
    table = await bench({ lambda: invoke });
    const definition = jsonata("Validate", {
      Validate: lambda({ Output: "{% $states.result.Payload %}" }),
    });
    const arn = await table.launch(definition);
    await table.saw(arn, "TaskStarted");
    table = await table.restart();
    expect(await table.ended(arn)).toMatchObject({ status: "SUCCEEDED", output: '"again"' });
    expect(calls).toBe(2);
    const scheduled = (await table.history(arn)).filter(({ type }) => type === "TaskScheduled");
    expect(scheduled).toHaveLength(1);
  });

  it("a wait keeps its due time", async () => {
    table = await bench();
    const Wait = { Type: "Wait", Seconds: 3600, End: true };
    const arn = await table.launch(jsonata("Wait", { Wait }));
    await table.saw(arn, "WaitStateEntered");
    table = await table.restart({ afterMs: 1800_000 });
    const { status } = await table.call("DescribeExecution", { executionArn: arn });
    expect(status).toBe("RUNNING");
    table = await table.restart({ afterMs: 1801_000 });
    expect(await table.ended(arn)).toMatchObject({ status: "SUCCEEDED" });
  });

  it("a timeout that fell due meanwhile is noticed", async () => {
    table = await bench({ sqs: () => ({ MessageId: "1" }) });
    const Encode = {
      Type: "Task",
      Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
      Arguments: { QueueUrl: "q", MessageBody: "{% $states.context.Task.Token %}" },
      TimeoutSeconds: 86400,
      Catch: [{ ErrorEquals: ["States.Timeout"], Output: "late", Next: "Failed" }],
      End: true,
    };
    const Failed = { Type: "Fail", Error: "{% $states.input %}" };
    const arn = await table.launch(jsonata("Encode", { Encode, Failed }));
    await table.saw(arn, "TaskSubmitted");
    table = await table.restart({ afterMs: 86_401_000 });
    expect(await table.ended(arn)).toMatchObject({ status: "FAILED", error: "late" });
  });

  it("retries already made still count", async () => {
    const payloads: unknown[] = [];
    const invoke = (_operation: string, input: Record<string, unknown>) => {
      payloads.push(input.Payload);
      return { FunctionError: "Unhandled", Payload: '{"errorType":"Busy","errorMessage":"later"}' };
    };
    table = await bench({ lambda: invoke });
    const Retry = [
      { ErrorEquals: ["Busy"], IntervalSeconds: 3600, BackoffRate: 1, MaxAttempts: 2 },
    ];
    const arn = await table.launch(jsonata("Validate", { Validate: lambda({ Retry }) }));
    await table.saw(arn, "TaskFailed", 1);
    table = await table.restart({ afterMs: 3_601_000 });
    await table.saw(arn, "TaskFailed", 2);
    table = await table.restart({ afterMs: 3_601_000 });
    expect(await table.ended(arn)).toMatchObject({ status: "FAILED", error: "Busy" });
    expect(payloads).toEqual(["0", "1", "2"]);
  });

  it("the machine's own timeout still counts from the start", async () => {
    table = await bench();
    const Wait = { Type: "Wait", Seconds: 99_999, End: true };
    const arn = await table.launch({ ...jsonata("Wait", { Wait }), TimeoutSeconds: 600 });
    await table.saw(arn, "WaitStateEntered");
    table = await table.restart({ afterMs: 601_000 });
    expect(await table.ended(arn)).toMatchObject({ status: "TIMED_OUT" });
    expect(table.emitted.map(({ detail }) => detail.status)).toEqual(["TIMED_OUT"]);
  });

  it("iterations of a map that are over are not walked again", async () => {
    const seen: unknown[] = [];
    const invoke = (_operation: string, input: Record<string, unknown>) => {
      seen.push(input.Payload);
      const held = input.Payload === "2" && seen.filter((it) => it === "2").length === 1;
      return held ? new Promise(() => undefined) : { StatusCode: 200, Payload: input.Payload };
    };
    table = await bench({ lambda: invoke });
    const Do = lambda({
      Arguments: { FunctionName: "f", Payload: "{% $states.input %}" },
      Output: "{% $states.result.Payload * 10 %}",
    });
    const Each = {
      Type: "Map",
      Items: [1, 2, 3],
      MaxConcurrency: 1,
      ItemProcessor: { StartAt: "Do", States: { Do } },
      End: true,
    };
    const arn = await table.launch(jsonata("Each", { Each }));
    await table.saw(arn, "TaskStarted", 2);
    table = await table.restart();
    expect(await table.ended(arn)).toMatchObject({ output: "[10,20,30]" });
    expect(seen).toEqual(["1", "2", "2", "3"]);
  });
});
