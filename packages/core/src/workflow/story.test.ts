import {
  DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Table from "../aws/table.ts";
import * as Id from "../id/index.ts";
import * as Intake from "../intake/index.ts";
import { isCode } from "../problem/index.ts";
import { filled } from "../testing/filled.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import { story } from "./story.testing.ts";

const tasks = Object.entries(story.States).filter(([, state]) => state.Type === "Task");

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openSmallCloud();
});
afterAll(() => cloud.close());

describe("the story", () => {
  it.each(tasks)("%s has a timeout, retries with jitter and a ceiling, and a catch", (_, task) => {
    expect(task.TimeoutSeconds).toBeDefined();
    expect(task.Catch?.at(-1)?.ErrorEquals).toEqual(["States.ALL"]);
    for (const retry of task.Retry ?? []) {
      expect(retry).toMatchObject({ JitterStrategy: "FULL", MaxDelaySeconds: expect.any(Number) });
      expect(retry.BackoffRate).toBeGreaterThan(1);
      expect(retry.ErrorEquals).not.toContain("States.ALL");
    }
  });

  it("names errors that are in the problem table, or AWS's own", () => {
    const named = tasks.flatMap(([, { Retry = [], Catch = [] }]) =>
      [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals),
    );
    for (const error of named.filter((name) => !name.includes("."))) {
      expect(isCode(error), error).toBe(true);
    }
  });

  it("waits for its turn where a film's row is in a transaction, under both prefixes", () => {
    for (const [name, { Retry = [] }] of tasks.filter(([name]) => name.startsWith("Write"))) {
      const retried = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
      expect(retried, name).toContain("DynamoDB.TransactionConflictException");
      expect(retried, name).toContain("DynamoDb.TransactionConflictException");
    }
  });

  it("catches a lost condition under both of DynamoDB's prefixes", () => {
    for (const [name, { Catch = [] }] of tasks.filter(([name]) => name.startsWith("Write"))) {
      expect(Catch[0]?.ErrorEquals, name).toEqual([
        "DynamoDB.ConditionalCheckFailedException",
        "DynamoDb.ConditionalCheckFailedException",
      ]);
    }
  });

  it("takes five states on a film's way", () => {
    const path: string[] = [];
    for (let at: string | undefined = "Validate"; at; at = story.States[at]?.Next) path.push(at);
    expect(path).toEqual(["Validate", "Write PENDING", "Encode", "Record outputs", "Announce"]);
    expect(story.States.Announce?.End).toBe(true);
  });

  it.each(["Validate", "Record outputs"])("%s notices a dead sst dev", async (name) => {
    const payload = { statusCode: "500", body: "sst dev is not running" };
    await expect(
      filled(story.States[name]?.Assign, {
        result: { Payload: payload },
        context: { Execution: { Id: "execution" } },
      }),
    ).rejects.toThrow(/sst dev/);
  });

  it("tells a retried or redriven delivery from the one before", async () => {
    const body = async (context: object) =>
      (await filled(story.States.Encode?.Arguments, { context }, { videoId: "v", attempt: 1 })) as {
        MessageBody: { delivery: number };
      };
    const task = { Task: { Token: "t" } };
    expect((await body({ ...task, Execution: {}, State: {} })).MessageBody.delivery).toBe(0);
    expect(
      (await body({ ...task, Execution: { RedriveCount: 1 }, State: { RetryCount: 2 } }))
        .MessageBody.delivery,
    ).toBe(1002);
  });
});

describe("Write PENDING", () => {
  it.each(Video.statuses)(
    "moves a film on from %s only where the moves allow it",
    async (status) => {
      const id = Id.newVideo();
      await Table.put({ ...Video.keyOf(id), videoId: id, attempt: 2, status, claimedBy: "mine" });
      const write = (variables: object) =>
        filled(story.States["Write PENDING"]?.Arguments, {}, { videoId: id, ...variables }).then(
          (given) =>
            new DynamoDBClient({}).send(new UpdateItemCommand(given as UpdateItemCommandInput)),
        );
      const lost = expect.objectContaining({ name: "ConditionalCheckFailedException" });
      await expect(write({ attempt: 1, execution: "mine" })).rejects.toThrow(lost);
      await expect(write({ attempt: 2, execution: "theirs" })).rejects.toThrow(lost);
      const mine = write({ attempt: 2, execution: "mine" });
      // the same write again, when its answer was lost, is as good as the first
      if (Video.mayMove(status, "PENDING") || status === "PENDING") {
        await expect(mine).resolves.toBeDefined();
        expect((await Video.find(id))?.status).toBe("PENDING");
      } else await expect(mine).rejects.toThrow(lost);
    },
  );
});

describe("Validate, when a READY film was not announced", () => {
  const catcher = story.States.Validate?.Catch?.find(({ ErrorEquals }) =>
    ErrorEquals.includes("Unannounced"),
  );

  it("leads to Record outputs with the attempt that was asked for", async () => {
    expect(catcher?.Next).toBe("Record outputs");
    const input = { kind: "unannounced", videoId: Id.newVideo(), attempt: 3 };
    const assigned = await filled(catcher?.Assign, {
      input,
      context: { Execution: { Id: "arn:execution:two" } },
    });
    const { videoId, attempt } = input;
    const step = await filled(story.States["Record outputs"]?.Arguments, {}, assigned as object);
    expect((step as { Payload: unknown }).Payload).toEqual({
      videoId,
      attempt,
      execution: "arn:execution:two",
    });
  });

  it("fails no film when that breaks: every other execution's film is left alone", async () => {
    const id = Id.newVideo();
    const execution = "arn:execution:two";
    await Table.put({
      ...Video.keyOf(id),
      videoId: id,
      attempt: 3,
      status: "READY",
      claimedBy: "arn:execution:one",
      sequencer: Intake.padded("0A"),
    });
    const assigned = await filled(catcher?.Assign, {
      input: { videoId: id, attempt: 3 },
      context: { Execution: { Id: execution } },
    });
    const given = await filled(
      story.States["Write FAILED"]?.Arguments,
      { context: { Execution: { Id: execution } } },
      { ...(assigned as object), failure: { Error: "ServiceBusy" } },
    );
    await expect(
      new DynamoDBClient({}).send(new UpdateItemCommand(given as UpdateItemCommandInput)),
    ).rejects.toThrow(expect.objectContaining({ name: "ConditionalCheckFailedException" }));
  });
});

describe("a failed execution", () => {
  it.each([
    { state: "Failed", failure: { Error: null, Cause: null }, error: "StepFailed" },
    { state: "Failed", failure: { Error: "VideoNotFound" }, error: "VideoNotFound" },
    { state: "Announcement lost", failure: { Error: null, Cause: null }, error: "AnnounceFailed" },
  ])("has a name and a cause at $state after $failure", async ({ state, failure, error }) => {
    const { Error: name, Cause: cause } = story.States[state] ?? {};
    expect(await filled(name, {}, { failure })).toBe(error);
    expect(await filled(cause, {}, { failure })).toEqual(expect.stringMatching(/\w/));
  });
});
