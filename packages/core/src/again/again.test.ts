import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as Attempt from "../attempt/index.ts";
import * as Executions from "../aws/executions.ts";
import * as Table from "../aws/table.ts";
import * as Id from "../id/index.ts";
import * as Intake from "../intake/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Upload from "../upload/index.ts";
import * as Video from "../video/index.ts";
import * as Again from "./index.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openSmallCloud();
});
afterAll(() => cloud.close());
beforeEach(() => {
  cloud.machine.started.clear();
  cloud.machine.executions.clear();
});

const ann = { sub: "ann", groups: ["editor"] };
const source = { bucket: "sources", key: "uploads/x/y/source", versionId: "v1" };

async function film(status: Video.Status, more: Table.Row = {}): Promise<Id.VideoId> {
  const id = Id.newVideo();
  const claimedBy = `arn:execution:${id}`;
  await Table.put({
    ...Video.keyOf(id),
    videoId: id,
    ownerId: "ann",
    title: "T",
    attempt: 1,
    status,
    claimedBy,
    sequencer: Intake.padded("1"),
    source,
    updatedAtMs: 1,
    ...(status === "FAILED" ? { problem: { code: "EncodeFailed", message: "" } } : {}),
    ...more,
  });
  cloud.machine.executions.set(claimedBy, { status: "RUNNING" });
  return id;
}

const started = () => [...cloud.machine.started].map(([name, input]) => ({ name, input }));

describe("a film that failed", () => {
  it.each(["FAILED", "CANCELED"] as const)(
    "%s is tried again as the next attempt, once",
    async (status) => {
      const id = await film(status);
      const [one, two] = await Promise.all([Again.retry(ann, id), Again.retry(ann, id)]);
      const third = await Again.retry(ann, id);
      for (const now of [one, two, third]) {
        expect(now).toMatchObject({ status: "VALIDATING", attempt: 2 });
      }
      const name = `again-${id}-1`;
      expect(started()).toEqual([
        { name, input: { kind: "again", videoId: id, expectedAttempt: 1 } },
      ]);
      expect(third).toMatchObject({ claimedBy: Executions.arnOf(name) });
      Intake.Started.parse(started()[0]?.input);
    },
  );

  it.each([
    { status: "READY" as const, code: "MoveForbidden" },
    { status: "TRANSCODING" as const, code: "MoveForbidden" },
    { status: "AWAITING_UPLOAD" as const, code: "MoveForbidden" },
  ])("is not one that is $status", async ({ status, code }) => {
    const id = await film(status);
    await expect(Again.retry(ann, id)).rejects.toThrow(expect.objectContaining({ code }));
    expect(started()).toEqual([]);
  });

  it("without a source has nothing to be made of", async () => {
    const id = await film("FAILED", { attempt: 0, sequencer: undefined, claimedBy: undefined });
    await expect(Again.retry(ann, id)).rejects.toThrow(
      expect.objectContaining({ code: "MoveForbidden" }),
    );
  });

  it("because its address gave nothing is fetched once more", async () => {
    const id = await film("FAILED", { attempt: 0, sequencer: undefined, claimedBy: undefined });
    await Table.put(
      Upload.toRow({
        videoId: id,
        uploadId: Id.newUpload(),
        way: "pull",
        url: "https://films.example/a.mp4",
        state: "failed",
        sizeBytes: 0,
        type: "video/mp4",
        filename: "a.mp4",
        openedAtMs: 1,
        untilMs: 2,
      }),
    );
    const now = await Again.retry(ann, id);
    expect(now.expects).toBeDefined();
    expect(await Again.retry(ann, id)).toMatchObject({ expects: now.expects });
    const asked = cloud.queues.sent.filter(({ queue }) => queue === "Pulls");
    expect(asked.map(({ body }) => body)).toContainEqual({ videoId: id, uploadId: now.expects });
  });

  it.each([
    { who: "a stranger", actor: { sub: "bob", groups: ["editor"] }, code: "VideoNotFound" },
    { who: "its owner as a viewer", actor: { sub: "ann", groups: ["viewer"] }, code: "Forbidden" },
  ])("is not tried again by $who", async ({ actor, code }) => {
    const id = await film("FAILED");
    for (const ask of [Again.retry, Again.reprocess, Again.cancel]) {
      await expect(ask(actor, id)).rejects.toThrow(expect.objectContaining({ code }));
    }
  });
});

describe("a film that is made anew", () => {
  it("keeps what was chosen, and what is watched meanwhile", async () => {
    const published = { attempt: 1, atMs: 1 };
    const id = await film("READY", { published, options: { download: false } });
    const now = await Again.reprocess(ann, id, { profile: "economy" });
    expect(now).toMatchObject({
      status: "VALIDATING",
      attempt: 2,
      profile: "economy",
      options: { download: false },
      published,
    });
  });

  it("has a profile that there is", async () => {
    const id = await film("READY");
    await expect(Again.reprocess(ann, id, { profile: "nope" })).rejects.toThrow(
      expect.objectContaining({ code: "ProfileUnknown" }),
    );
  });
});

describe("a film that is cancelled", () => {
  it.each(["VALIDATING", "PENDING", "TRANSCODING"] as const)(
    "while it is %s says so at once, stops, and is announced by one execution",
    async (status) => {
      const id = await film(status, { published: { attempt: 0, atMs: 1 }, held: { sinceMs: 1 } });
      const jobId = `job-${id}`;
      cloud.jobs.all.push({
        id: jobId,
        status: "PROGRESSING",
        userMetadata: { app: "rushes", stage: "test", videoId: id, attempt: "1" },
        fileInput: "s3://sources/uploads/x/y/source",
        clientRequestToken: "",
        createdAtMs: 0,
      });
      await Table.put({ ...Attempt.keyOf(id, 1), source, createTriedAtMs: 1, jobId });
      const both = await Promise.all([Again.cancel(ann, id), Again.cancel(ann, id)]);
      const name = `cancel-${id}-1`;
      const settledBy = Executions.arnOf(name);
      for (const now of both) {
        expect(now).toMatchObject({ status: "CANCELED", settledBy, published: { attempt: 0 } });
        expect(now).not.toHaveProperty("held");
      }
      expect(started()).toEqual([
        { name, input: { kind: "canceled", videoId: id, attempt: 1, settledBy } },
      ]);
      Intake.Started.parse(started()[0]?.input);
      expect(cloud.jobs.all.find((job) => job.id === jobId)?.status).toBe("CANCELED");
      expect(cloud.machine.executions.get(`arn:execution:${id}`)?.status).toBe("ABORTED");
    },
  );

  it("before its source came takes that no more", async () => {
    const id = Id.newVideo();
    const uploadId = Id.newUpload();
    const key = Intake.uploadKey(id, uploadId);
    const film = { id, ownerId: "ann", title: "T", sourceBucket: "sources", sourceKey: key };
    await Table.put(Video.expected(film));
    await Table.put({ ...Upload.keyOf(id, uploadId), state: "open", way: "single" });
    expect(await Again.cancel(ann, id)).toMatchObject({ status: "CANCELED", attempt: 0 });
    expect(await Video.find(id)).not.toHaveProperty("expects");
    expect(await Table.read(Upload.keyOf(id, uploadId))).toMatchObject({ state: "aborted" });
  });

  it("has no job handed over any more, though its message is on the way", async () => {
    const id = await film("PENDING");
    await Table.put({ ...Attempt.keyOf(id, 1), source });
    await Again.cancel(ann, id);
    expect((await Attempt.find(id, 1))?.terminal).toMatchObject({ status: "CANCELED" });
  });

  it.each(["READY", "FAILED"] as const)("is not one that is %s", async (status) => {
    const id = await film(status);
    await expect(Again.cancel(ann, id)).rejects.toThrow(
      expect.objectContaining({ code: "MoveForbidden" }),
    );
  });

  it("is CANCELED though nothing after that write goes well", async () => {
    const id = await film("TRANSCODING");
    cloud.machine.fault = () => {
      throw new TypeError("broken");
    };
    expect(await Again.cancel(ann, id)).toMatchObject({ status: "CANCELED" });
    cloud.machine.fault = undefined;
  });
});
