import {
  DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Table from "../aws/table.ts";
import * as Id from "../id/index.ts";
import * as Intake from "../intake/index.ts";
import { filled } from "../testing/filled.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import { story } from "./story.testing.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openSmallCloud();
});
afterAll(() => cloud.close());

describe("Write FAILED, when Validate could not say which film it was", () => {
  const execution = "arn:execution:one";
  const upload = Id.newUpload();
  const nothingSaid = "A step of the workflow did not come to its end.";
  const crashed = { Error: "Sandbox.Timedout", Cause: '{"errorMessage":"Task timed out"}' };

  it.each([
    { event: "an upload nobody claimed", meta: { status: "AWAITING_UPLOAD", expects: upload } },
    {
      event: "an upload claimed by this execution",
      meta: { status: "VALIDATING", claimedBy: execution, sequencer: Intake.padded("1") },
    },
    {
      event: "a replacement that was never claimed",
      meta: {
        status: "READY",
        claimedBy: "arn:other",
        sequencer: Intake.padded("0A"),
        expects: upload,
      },
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
      meta: { status: "TRANSCODING", claimedBy: "arn:other", sequencer: Intake.padded("0C") },
    },
    {
      why: "the same event, claimed by its twin",
      meta: { status: "PENDING", claimedBy: "arn:other", sequencer: Intake.padded("0B") },
    },
    {
      why: "a film that is READY already",
      meta: { status: "READY", claimedBy: execution, sequencer: Intake.padded("0B") },
    },
    {
      why: "a film that was cancelled",
      meta: { status: "CANCELED", claimedBy: execution, sequencer: Intake.padded("0B") },
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
      await have(id, { status, attempt, claimedBy: "arn:other", sequencer: Intake.padded("0B") });
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
      sequencer: Intake.padded("0B"),
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
    await have(id, { status: "VALIDATING", claimedBy: execution, sequencer: Intake.padded("0B") });
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
