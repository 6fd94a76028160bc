import {
  DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Table from "../aws/table.ts";
import * as Id from "../id/index.ts";
import { filled } from "../testing/filled.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import { story } from "./story.testing.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openSmallCloud();
});
afterAll(() => cloud.close());

describe("an announcement", () => {
  it.each([
    { state: "Announce failure", end: "FAILED", missed: "", id: "vid_1:0:FAILED" },
    { state: "Announce failure", end: "FAILED", missed: ":upl_2", id: "vid_1:0:FAILED:upl_2" },
    { state: "Announce cancel", end: "CANCELED", missed: ":upl_2", id: "vid_1:0:CANCELED:upl_2" },
  ])("of $end tells one end without a source from the next: $id", async (row) => {
    const { state, missed, id } = row;
    const problem = { code: "PullFailed", message: "No." };
    const variables = { videoId: "vid_1", attempt: 0, title: "T", missed, problem };
    const said = await filled(story.States[state]?.Arguments, {}, variables);
    expect(JSON.parse((said as { Message: string }).Message)).toMatchObject({ dedupeId: id });
  });

  it.each([
    { meta: { missed: { S: "upl_2" } }, missed: ":upl_2" },
    { meta: {}, missed: "" },
  ])("reads that of the film it wrote: '$missed'", async ({ meta, missed }) => {
    const problem = { M: { code: { S: "PullFailed" }, message: { S: "No." } } };
    const result = { Attributes: { attempt: { N: "0" }, problem, ...meta } };
    for (const state of ["Write FAILED", "Write CANCELED"]) {
      const assigned = await filled(story.States[state]?.Assign, { result });
      expect(assigned).toMatchObject({ missed });
    }
  });
});

describe("Write CANCELED", () => {
  const self = "arn:execution:self";
  const canceler = "arn:execution:cancel";

  /** Runs the state as the execution `self`, that announces in place of `owed`. */
  async function write(id: Id.VideoId, owed: string, attempt = 2): Promise<Table.Row> {
    const context = { Execution: { Id: self } };
    const variables = { videoId: id, attempt, owed, execution: self };
    const given = await filled(story.States["Write CANCELED"]?.Arguments, { context }, variables);
    await new DynamoDBClient({}).send(new UpdateItemCommand(given as UpdateItemCommandInput));
    return (await Table.read(Video.keyOf(id))) ?? {};
  }

  async function have(meta: Table.Row): Promise<Id.VideoId> {
    const id = Id.newVideo();
    await Table.put({ ...Video.keyOf(id), videoId: id, attempt: 2, ...meta });
    return id;
  }

  it.each([
    { who: "was to announce it", meta: { status: "CANCELED", settledBy: self } },
    { who: "announces in place of another", meta: { status: "CANCELED", settledBy: canceler } },
    { who: "had its job cancelled", meta: { status: "TRANSCODING", claimedBy: self } },
    { who: "had its job cancelled at once", meta: { status: "PENDING", claimedBy: self } },
  ])("is written by the execution that $who, and again when its answer was lost", async (row) => {
    const id = await have({ ...row.meta, published: { attempt: 1 } });
    for (let twice = 0; twice < 2; twice += 1) {
      expect(await write(id, canceler)).toMatchObject({
        status: "CANCELED",
        settledBy: self,
        inFlight: Video.shardOf(id),
        published: { attempt: 1 },
        canceledAtMs: expect.any(Number),
      });
    }
  });

  it.each([
    { film: "somebody else announces", meta: { status: "CANCELED", settledBy: "arn:another" } },
    { film: "another execution makes", meta: { status: "PENDING", claimedBy: "arn:another" } },
    { film: "is READY", meta: { status: "READY", claimedBy: self, settledBy: self } },
    { film: "is deleted", meta: { status: "CANCELED", settledBy: self, deletedAtMs: 1 } },
    { film: "a newer attempt has", meta: { status: "CANCELED", settledBy: self, attempt: 3 } },
  ])("leaves a film alone that $film", async ({ meta }) => {
    await expect(write(await have(meta), canceler)).rejects.toThrow(
      expect.objectContaining({ name: "ConditionalCheckFailedException" }),
    );
  });

  it.each([
    { state: "Validate", error: "Canceled", input: { kind: "canceled" } },
    { state: "Encode", error: "EncodeCanceled", input: {} },
  ])("is where $state leads after $error, and its announcement to a good end", async (row) => {
    const { state, error } = row;
    const catcher = story.States[state]?.Catch?.find((it) => it.ErrorEquals.includes(error));
    expect(catcher?.Next).toBe("Write CANCELED");
    const input = { ...row.input, videoId: "vid_1", attempt: 2, settledBy: canceler };
    const assigned = await filled(catcher?.Assign, {
      input,
      errorOutput: { Error: error },
      context: { Execution: { Id: self } },
    });
    expect(assigned).toMatchObject({ owed: state === "Encode" ? self : canceler });
    expect(story.States["Write CANCELED"]?.Next).toBe("Announce cancel");
    const variables = { videoId: "vid_1", attempt: 2, title: "T", missed: "" };
    const said = await filled(story.States["Announce cancel"]?.Arguments, {}, variables);
    expect(JSON.parse((said as { Message: string }).Message)).toEqual({
      dedupeId: "vid_1:2:CANCELED",
      videoId: "vid_1",
      attempt: 2,
      status: "CANCELED",
      title: "T",
    });
    expect(story.States["Announce cancel"]?.End).toBe(true);
  });
});
