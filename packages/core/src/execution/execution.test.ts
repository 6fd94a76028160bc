import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Attempt from "../attempt/index.ts";
import * as Table from "../aws/table.ts";
import * as Id from "../id/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import * as Execution from "./index.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openSmallCloud();
});
afterAll(() => cloud.close());

const root = { sub: "root", groups: ["admin"] };
const token = `AQCEAAAAKgAAAAMAAAAAAAAAA${"b7/Q+".repeat(40)}`;

async function film() {
  const id = Id.newVideo();
  const arn = `arn:aws:states:us-east-1:000000000000:execution:workflow:${id}`;
  await Table.put({
    ...Video.keyOf(id),
    videoId: id,
    ownerId: "ann",
    attempt: 2,
    status: "READY",
    claimedBy: arn,
    sharedWith: ["bob"],
  });
  await Table.put({ ...Attempt.keyOf(id, 2), execution: arn, token });
  cloud.machine.executions.set(arn, {
    status: "SUCCEEDED",
    input: JSON.stringify({ kind: "again", videoId: id, expectedAttempt: 1 }),
    output: JSON.stringify({ status: "READY" }),
  });
  const parameters = { QueueUrl: "q", MessageBody: { videoId: id, taskToken: token } };
  const entered = (name: string) => ({ name, input: JSON.stringify({ videoId: id }) });
  cloud.machine.histories.set(
    arn,
    [
      { type: "ExecutionStarted", executionStartedEventDetails: { input: "{}" } },
      { type: "TaskStateEntered", stateEnteredEventDetails: entered("Encode") },
      {
        type: "TaskScheduled",
        taskScheduledEventDetails: {
          resource: "sendMessage",
          parameters: JSON.stringify(parameters),
        },
      },
      {
        type: "TaskFailed",
        taskFailedEventDetails: { error: "SQS.SdkClientException", cause: `lost ${token}` },
      },
      {
        type: "TaskScheduled",
        taskScheduledEventDetails: { parameters: JSON.stringify(parameters) },
      },
      { type: "TaskSucceeded", taskSucceededEventDetails: { output: "{}" } },
      { type: "TaskStateExited", stateExitedEventDetails: { name: "Encode", output: "{}" } },
      { type: "TaskStateEntered", stateEnteredEventDetails: entered("Record outputs") },
      { type: "LambdaFunctionScheduled" },
      { type: "LambdaFunctionFailed", lambdaFunctionFailedEventDetails: { error: "Unexpected" } },
      { type: "TaskStateExited", stateExitedEventDetails: { name: "Record outputs" } },
      { type: "FailStateEntered", stateEnteredEventDetails: entered("Failed") },
    ].map((event, at) => ({
      id: at + 1,
      previousEventId: at,
      timestamp: 1_893_456_000 + at,
      ...event,
    })),
  );
  return id;
}

describe("an execution", () => {
  it("is told as states with their times, tries, documents and ends", async () => {
    const shown = await Execution.view(root, await film());
    expect(shown).toMatchObject({
      attempt: 2,
      status: "SUCCEEDED",
      input: { kind: "again" },
      output: { status: "READY" },
      isWhole: true,
    });
    expect(shown.states).toMatchObject([
      { name: "Encode", type: "Task", status: "succeeded", retries: 1, output: {} },
      { name: "Record outputs", status: "failed", retries: 0, error: "Unexpected" },
      { name: "Failed", type: "Fail", status: "running" },
    ]);
    expect(shown.states[0]?.enteredAt).toBe("2030-01-01T00:00:01.000Z");
    expect(shown.history).toHaveLength(12);
    expect(shown.history[2]).toMatchObject({ id: 3, type: "TaskScheduled" });
  });

  it("tells no task token, wherever one stands", async () => {
    const text = JSON.stringify(await Execution.view(root, await film()));
    expect(text).not.toContain(token.slice(0, 40));
    expect(text).toContain(Execution.REDACTED);
  });

  it.each([
    { who: "its owner", actor: { sub: "ann", groups: ["editor"] }, code: "Forbidden" },
    { who: "whom it is shared with", actor: { sub: "bob", groups: [] }, code: "Forbidden" },
    { who: "a stranger", actor: { sub: "eve", groups: ["editor"] }, code: "VideoNotFound" },
  ])("is not told to $who", async ({ actor, code }) => {
    await expect(Execution.view(actor, await film())).rejects.toThrow(
      expect.objectContaining({ code }),
    );
  });

  it("of an attempt that never was, or is forgotten, is not found", async () => {
    const id = await film();
    for (const attempt of [1, 7]) {
      await expect(Execution.view(root, id, attempt)).rejects.toThrow(
        expect.objectContaining({ code: "ExecutionNotFound" }),
      );
    }
  });
});
