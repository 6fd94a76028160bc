import { afterEach, describe, expect, it } from "vitest";
import { Refusal } from "../kernel/refusal.ts";
import { type Bench, bench, eventually } from "./testing.ts";

/** The part of our own machine that waits for the outside. */
function encode(more: object = {}, states: object = {}) {
  return {
    QueryLanguage: "JSONata",
    StartAt: "Encode",
    States: {
      Encode: {
        Type: "Task",
        Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        Arguments: {
          QueueUrl: "http://127.0.0.1/queue",
          MessageBody: {
            videoId: "{% $states.input.videoId %}",
            delivery: "{% $states.context.State.RetryCount %}",
            taskToken: "{% $states.context.Task.Token %}",
          },
        },
        TimeoutSeconds: "{% 3600 * 24 %}",
        Output: "{% $states.result %}",
        End: true,
        ...more,
      },
      ...states,
    },
  };
}

interface Message {
  videoId: string;
  delivery: number;
  taskToken: string;
}

let table: Bench;
const messages: Message[] = [];
let onSend: (message: Message) => unknown = () => undefined;

const queue = {
  sqs: async (_operation: string, input: Record<string, unknown>) => {
    const message = JSON.parse(String(input.MessageBody)) as Message;
    messages.push(message);
    await onSend(message);
    return { MessageId: "m-1", MD5OfMessageBody: "0".repeat(32) };
  },
};

afterEach(async () => {
  await table.close();
  messages.length = 0;
  onSend = () => undefined;
});

const refused = async (code: string, work: Promise<unknown>) =>
  expect(await work.catch((error: unknown) => error)).toMatchObject({ code });

describe("a task that waits for its token", () => {
  it("goes on with what SendTaskSuccess brings", async () => {
    table = await bench(queue);
    const arn = await table.launch(encode(), { videoId: "vid_1" });
    await table.saw(arn, "TaskSubmitted");
    const taskToken = messages[0]?.taskToken ?? "";
    await table.call("SendTaskSuccess", { taskToken, output: '{"status":"COMPLETE"}' });
    expect(JSON.parse((await table.ended(arn)).output ?? "")).toEqual({ status: "COMPLETE" });
    const types = (await table.history(arn)).map(({ type }) => type);
    expect(types).toEqual([
      "ExecutionStarted",
      "TaskStateEntered",
      "TaskScheduled",
      "TaskStarted",
      "TaskSubmitted",
      "TaskSucceeded",
      "TaskStateExited",
      "ExecutionSucceeded",
    ]);
  });

  it("tells a second answer that the task is over, and knows a token that is none", async () => {
    table = await bench(queue);
    const arn = await table.launch(encode(), { videoId: "vid_1" });
    await table.saw(arn, "TaskSubmitted");
    const taskToken = messages[0]?.taskToken ?? "";
    await table.call("SendTaskFailure", { taskToken, error: "Encoder.Failed", cause: "no" });
    await refused("TaskTimedOut", table.call("SendTaskSuccess", { taskToken, output: "{}" }));
    await refused(
      "InvalidToken",
      table.call("SendTaskSuccess", { taskToken: "abc", output: "{}" }),
    );
    const damaged = `${taskToken.startsWith("B") ? "A" : "B"}${taskToken.slice(1)}`;
    await refused("InvalidToken", table.call("SendTaskHeartbeat", { taskToken: damaged }));
    await refused("InvalidOutput", table.call("SendTaskSuccess", { taskToken, output: "{no" }));
    expect(await table.ended(arn)).toMatchObject({ error: "Encoder.Failed", cause: "no" });
  });

  it("takes an answer that is faster than the queue's own", async () => {
    table = await bench(queue);
    onSend = ({ taskToken }) => table.call("SendTaskSuccess", { taskToken, output: "1" });
    const arn = await table.launch(encode(), { videoId: "vid_1" });
    expect(await table.ended(arn)).toMatchObject({ status: "SUCCEEDED", output: "1" });
    const types = (await table.history(arn)).map(({ type }) => type);
    expect(types.indexOf("TaskSubmitted")).toBeLessThan(types.indexOf("TaskSucceeded"));
  });

  it("fails when the queue refuses the message", async () => {
    table = await bench(queue);
    onSend = () => {
      throw new Refusal("AccessDenied", "not authorized", { httpStatus: 403 });
    };
    const arn = await table.launch(encode(), { videoId: "vid_1" });
    expect(await table.ended(arn)).toMatchObject({
      status: "FAILED",
      error: "SQS.AmazonSQSException",
    });
  });

  it("times out into a new attempt with a new token, and the old one opens nothing", async () => {
    table = await bench(queue);
    const Retry = [{ ErrorEquals: ["States.Timeout"], IntervalSeconds: 1, MaxAttempts: 1 }];
    const arn = await table.launch(encode({ TimeoutSeconds: 1, Retry }), { videoId: "vid_1" });
    await table.saw(arn, "TaskSubmitted", 2);
    const [first, second] = messages;
    expect(second?.taskToken).not.toBe(first?.taskToken);
    expect([first?.delivery, second?.delivery]).toEqual([0, 1]);
    const late = { taskToken: first?.taskToken, output: "{}" };
    await refused("TaskTimedOut", table.call("SendTaskSuccess", late));
    await table.call("SendTaskSuccess", { taskToken: second?.taskToken, output: '"second"' });
    expect(await table.ended(arn)).toMatchObject({ output: '"second"' });
  });

  it("lives by its heartbeats and dies without them, by either name", async () => {
    table = await bench(queue);
    const Catch = [{ ErrorEquals: ["States.HeartbeatTimeout"], Next: "Late" }];
    const definition = encode(
      { HeartbeatSeconds: 1, Catch },
      { Late: { Type: "Pass", End: true } },
    );
    const arn = await table.launch(definition, { videoId: "vid_1" });
    await table.saw(arn, "TaskSubmitted");
    const taskToken = messages[0]?.taskToken ?? "";
    const beatenUntilMs = Date.now() + 1_500;
    await eventually(async () => {
      await table.call("SendTaskHeartbeat", { taskToken });
      return Date.now() > beatenUntilMs || undefined;
    });
    const described = await table.call("DescribeExecution", { executionArn: arn });
    expect(described.status).toBe("RUNNING");
    expect(JSON.parse((await table.ended(arn)).output ?? "")).toEqual({
      Error: "States.Timeout",
      Cause: "",
    });
  });

  it("is over when the execution is stopped", async () => {
    table = await bench(queue);
    const arn = await table.launch(encode(), { videoId: "vid_1" });
    await table.saw(arn, "TaskSubmitted");
    await table.call("StopExecution", { executionArn: arn, error: "Operator", cause: "enough" });
    const ended = await table.ended(arn);
    expect(ended).toMatchObject({ status: "ABORTED", error: "Operator", cause: "enough" });
    const { taskToken } = messages[0] ?? {};
    await refused("TaskTimedOut", table.call("SendTaskSuccess", { taskToken, output: "{}" }));
    expect(table.emitted.map(({ detail }) => detail.status)).toEqual(["RUNNING", "ABORTED"]);
  });

  it("never tells a token to the terminal", async () => {
    table = await bench(queue);
    const told: string[] = [];
    Object.assign(table.cloud, { tell: (line: string) => told.push(line) });
    const arn = await table.launch(encode(), { videoId: "vid_1" });
    await table.saw(arn, "TaskSubmitted");
    const { taskToken = "" } = messages[0] ?? {};
    await table.call("SendTaskSuccess", { taskToken, output: "{}" });
    await table.ended(arn);
    expect(told.join()).not.toContain(taskToken);
  });
});
