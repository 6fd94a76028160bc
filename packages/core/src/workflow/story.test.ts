import { readFileSync } from "node:fs";
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
import { links, openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";

interface State {
  Type: string;
  TimeoutSeconds?: unknown;
  Arguments?: unknown;
  Assign?: unknown;
  Next?: string;
  End?: boolean;
  /** of a Fail */
  Error?: string;
  Cause?: string;
  Retry?: {
    ErrorEquals: string[];
    JitterStrategy?: string;
    MaxDelaySeconds?: number;
    BackoffRate?: number;
  }[];
  Catch?: { ErrorEquals: string[]; Assign?: unknown; Next: string }[];
}

const story = JSON.parse(
  readFileSync(
    new URL("../../../../statemachines/video-workflow.asl.json", import.meta.url),
    "utf8",
  ).replaceAll("${TableName}", links.Films.table),
) as { States: Record<string, State> };
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

describe("Write FAILED, when Validate could not say which film it was", () => {
  const execution = "arn:execution:one";
  const upload = Id.newUpload();
  const nothingSaid = "A step of the workflow did not come to its end.";
  const crashed = { Error: "Sandbox.Timedout", Cause: '{"errorMessage":"Task timed out"}' };

  it.each([
    { event: "an upload nobody claimed", meta: { status: "AWAITING_UPLOAD", expects: upload } },
    {
      event: "an upload claimed by this execution",
      meta: { status: "VALIDATING", claimedBy: execution, sequencer: padded("1") },
    },
    {
      event: "a replacement that was never claimed",
      meta: { status: "READY", claimedBy: "arn:other", sequencer: padded("0A"), expects: upload },
    },
  ])("finds $event", async ({ meta }) => {
    const id = Id.newVideo();
    await have(id, meta);
    const row = await writeFailed(arrived(Intake.uploadKey(id, upload), "0b"), crashed);
    expect(row).toMatchObject({ videoId: id, status: "FAILED", problem: { code: "StepTimedOut" } });
    expect(row).not.toHaveProperty("expects");
  });

  it.each(["inbox/Holiday é 100% + & ?#.mov", "inbox/vid/x.mp4"])(
    "makes the film of %s, which did not exist",
    async (key) => {
      const row = await writeFailed(arrived(key, "0b"), crashed);
      const id = Id.ofInbox("sources", key);
      expect(row).toMatchObject({
        videoId: id,
        status: "FAILED",
        ownerId: "operators",
        attempt: 0,
      });
      expect((await Video.find(id))?.status).toBe("FAILED");
    },
  );

  it.each([
    { why: "an upload nobody asked for", meta: undefined },
    {
      why: "a film that a newer source has",
      meta: { status: "TRANSCODING", claimedBy: "arn:other", sequencer: padded("0C") },
    },
    {
      why: "the same event, claimed by its twin",
      meta: { status: "PENDING", claimedBy: "arn:other", sequencer: padded("0B") },
    },
    {
      why: "a film that is READY already",
      meta: { status: "READY", claimedBy: execution, sequencer: padded("0B") },
    },
    {
      why: "a film that was cancelled",
      meta: { status: "CANCELED", claimedBy: execution, sequencer: padded("0B") },
    },
    { why: "a film that was cancelled before its source came", meta: { status: "CANCELED" } },
    {
      why: "a film that waits for another upload",
      meta: { status: "AWAITING_UPLOAD", expects: upload },
    },
    {
      why: "a film that is deleted",
      meta: { status: "VALIDATING", claimedBy: execution, deletedAtMs: 1 },
    },
  ])("leaves $why alone", async ({ meta }) => {
    const id = Id.newVideo();
    if (meta) await have(id, meta);
    const write = writeFailed(arrived(Intake.uploadKey(id, Id.newUpload()), "0b"), crashed);
    await expect(write).rejects.toThrow(
      expect.objectContaining({ name: "ConditionalCheckFailedException" }),
    );
  });

  it.each([
    { status: "FAILED", attempt: 2, fails: true },
    { status: "READY", attempt: 2, fails: true },
    { status: "TRANSCODING", attempt: 2, fails: false },
    { status: "READY", attempt: 3, fails: false },
  ])(
    "an attempt asked for again fails a film at $status, attempt $attempt: $fails",
    async ({ status, attempt, fails }) => {
      const id = Id.newVideo();
      await have(id, { status, attempt, claimedBy: "arn:other", sequencer: padded("0B") });
      const write = writeFailed({ kind: "again", videoId: id, expectedAttempt: 2 }, crashed);
      if (fails) await expect(write).resolves.toMatchObject({ status: "FAILED" });
      else await expect(write).rejects.toThrow();
    },
  );

  it("settles the film of another, dead execution", async () => {
    const id = Id.newVideo();
    await have(id, {
      status: "TRANSCODING",
      attempt: 1,
      claimedBy: "arn:dead",
      sequencer: padded("0B"),
    });
    const row = await writeFailed(
      { kind: "died", videoId: id, execution: "arn:dead", problem: {} },
      {
        Error: "ExecutionDied",
        Cause: '{"errorType":"ExecutionDied","errorMessage":"It ended TIMED_OUT."}',
      },
    );
    expect(row).toMatchObject({
      status: "FAILED",
      problem: { code: "ExecutionDied", message: "It ended TIMED_OUT." },
    });
    // until that execution has announced it
    expect(row).toMatchObject({ settledBy: execution, inFlight: Video.shardOf(id) });
  });

  it("tells of an end that somebody signed, in their place, and of nobody else's", async () => {
    const id = Id.newVideo();
    const problem = { code: "PullFailed", message: "No." };
    await have(id, { status: "FAILED", attempt: 0, settledBy: "arn:signed", problem });
    const write = (signed: string) =>
      writeFailed(
        { kind: "died", videoId: id, execution: signed, problem },
        { Error: problem.code, Cause: JSON.stringify({ errorMessage: problem.message }) },
      );
    await expect(write("arn:other")).rejects.toThrow();
    // and again when its answer was lost
    for (let twice = 0; twice < 2; twice += 1) {
      expect(await write("arn:signed")).toMatchObject({
        status: "FAILED",
        attempt: 0,
        settledBy: execution,
        problem,
        inFlight: Video.shardOf(id),
      });
    }
  });

  it("counts a film in flight in the same slice as everybody else does", async () => {
    const given = story.States["Write FAILED"]?.Arguments as UpdateItemCommandInput;
    const expression = given.ExpressionAttributeValues?.[":shard"];
    for (const last of "0123456789ABCDEFGHJKMNPQRSTVWXYZ") {
      const videoId = Id.VideoId.parse(`${Id.newVideo().slice(0, -1)}${last}`);
      const shard = await filled(expression, {}, { videoId });
      expect(shard).toEqual({ S: Video.shardOf(videoId) });
    }
  });

  it.each([
    {
      Error: "States.QueryEvaluationError",
      Cause: "An error occurred while executing the state 'Encode' (entered at event 9)",
      code: "StepFailed",
      message: nothingSaid,
    },
    {
      Error: "Lambda.AWSLambdaException",
      Cause: '{"errorMessage":"arn:aws:iam::123456789012:role/x is not authorized"}',
      code: "StepFailed",
      message: nothingSaid,
    },
    {
      Error: "SourceEmpty",
      Cause: '{"errorMessage":"no \\"bytes\\""}',
      code: "SourceEmpty",
      message: 'no "bytes"',
    },
    { Error: "States.Timeout", code: "StepTimedOut", message: nothingSaid },
    // a task that is failed without a word has null for both
    { Error: null, Cause: null, code: "StepFailed", message: nothingSaid },
    { Error: "", Cause: "", code: "StepFailed", message: nothingSaid },
    {
      Error: "EncodeFailed",
      Cause: '{"errorMessage":null}',
      code: "EncodeFailed",
      message: nothingSaid,
    },
  ])("reads $Error as $code", async ({ code, message, ...failure }) => {
    const id = Id.newVideo();
    await have(id, { status: "VALIDATING", claimedBy: execution, sequencer: padded("0B") });
    const row = await writeFailed(arrived(Intake.uploadKey(id, Id.newUpload()), "0b"), failure);
    expect(row.problem).toEqual({ code, message });
  });

  function arrived(key: string, sequencer: string) {
    const object = { key, sequencer, size: 1 };
    return { kind: "arrived", event: {}, detail: { bucket: { name: "sources" }, object } };
  }

  async function have(id: Id.VideoId, meta: Record<string, unknown>): Promise<void> {
    await Table.put({
      ...Video.keyOf(id),
      videoId: id,
      attempt: 1,
      title: "T",
      inFlight: "x",
      updatedAtMs: 1,
      ...meta,
    });
  }

  /** Runs Validate's catch, then Write FAILED, as the state machine does. */
  async function writeFailed(input: object, failure: object): Promise<Record<string, unknown>> {
    const states = { input, errorOutput: failure, context: { Execution: { Id: execution } } };
    const assigned = await filled(story.States.Validate?.Catch?.at(-1)?.Assign, states);
    const given = await filled(
      story.States["Write FAILED"]?.Arguments,
      { context: { Execution: { Id: execution } } },
      assigned as object,
    );
    const client = new DynamoDBClient({});
    await client.send(new UpdateItemCommand(given as UpdateItemCommandInput));
    const { videoId } = assigned as { videoId: Id.VideoId };
    return (await Table.read(Video.keyOf(videoId))) ?? {};
  }
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
      sequencer: padded("0A"),
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

function padded(sequencer: string): string {
  return Intake.padded(sequencer);
}
