import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Executions from "../aws/executions.ts";
import * as Table from "../aws/table.ts";
import * as Care from "../care/index.ts";
import * as Clock from "../clock/index.ts";
import type * as Id from "../id/index.ts";
import * as Library from "../library/index.ts";
import { ann, code, file, large, openLibrary } from "../library/library.testing.ts";
import { Problem } from "../problem/index.ts";
import { Lost, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import * as Timeline from "../video/timeline.ts";
import { arrives, atS3, opened, send } from "./upload.testing.ts";
import * as Upload from "./upload.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openLibrary();
});
afterAll(() => cloud.close());

describe("an upload is given up", () => {
  it("as the first of its film: the film is CANCELED, S3 keeps nothing, and a late object is nobody's", async () => {
    const one = await opened();
    await send(cloud, one, [1]);
    await Upload.abort(ann, one.id, one.uploadId);
    await Upload.abort(ann, one.id, one.uploadId);
    expect(await atS3(cloud, one)).toBeUndefined();
    expect(await Upload.show(ann, one.id, one.uploadId)).toMatchObject({ state: "aborted" });
    const film = await Video.require(one.id);
    const announcer = `cancel-${one.id}-0-${one.uploadId}`;
    const settledBy = Executions.arnOf(announcer);
    expect(film).toMatchObject({ status: "CANCELED", settledBy });
    expect(film).not.toHaveProperty("expects");
    expect(cloud.machine.started.get(announcer)).toEqual({
      kind: "canceled",
      videoId: one.id,
      attempt: 0,
      settledBy,
    });
    await expect(arrives(one, "late")).rejects.toMatchObject({
      ...code("NotExpected"),
      about: { unwanted: true },
    });
    // and it may be sent another source
    const { upload } = await Library.replace(ann, one.id, file);
    const next = { id: one.id, uploadId: upload?.id as Id.UploadId };
    expect(await arrives(next, "next")).toMatchObject({ attempt: 1 });
  });

  it("as a replacement: the film is as it was", async () => {
    const one = await opened(file);
    await arrives(one, "first");
    const { upload } = await Library.replace(ann, one.id, large);
    await Upload.abort(ann, one.id, upload?.id as Id.UploadId);
    expect(await Video.require(one.id)).toMatchObject({ status: "VALIDATING", attempt: 1 });
  });

  it("not once its object was taken", async () => {
    const one = await opened();
    await arrives(one, "first");
    await expect(Upload.abort(ann, one.id, one.uploadId)).rejects.toMatchObject(code("UploadOver"));
  });

  it("or is taken, never both, whoever is quicker", async () => {
    for (let round = 0; round < 8; round += 1) {
      const one = await opened(file);
      const [given, taken] = await Promise.allSettled([
        Upload.abort(ann, one.id, one.uploadId),
        arrives(one, "first"),
      ]);
      const { status } = await Video.require(one.id);
      const aborted = given.status === "fulfilled";
      expect([aborted, taken.status === "fulfilled", status]).toEqual([
        aborted,
        !aborted,
        aborted ? "CANCELED" : "VALIDATING",
      ]);
    }
  });
});

describe("what could not be fetched", () => {
  it("fails the film that waited for it, once", async () => {
    const { video } = await Library.open(ann, { url: "https://a.example.org/x.mp4" });
    const { expects } = await Video.require(video.id);
    for (const _ of [1, 2]) {
      await Upload.failed(video.id, expects as Id.UploadId, new Problem("PullFailed"));
    }
    expect((await Library.show(ann, video.id)).video).toMatchObject({
      status: "FAILED",
      phase: "failed",
      problem: { code: "PullFailed", retry: true },
    });
    const name = `fail-${video.id}-0-${expects}`;
    const execution = Executions.arnOf(name);
    const { code, message } = new Problem("PullFailed");
    expect(cloud.machine.started.get(name)).toEqual({
      kind: "died",
      videoId: video.id,
      execution,
      problem: { code, message },
    });
    const row = await Table.read(Video.keyOf(video.id));
    expect(row).toMatchObject({ settledBy: execution, inFlight: Video.shardOf(video.id) });
    expect(row).not.toHaveProperty("missed");
  });

  it("and is fetched again in vain, fails it once more: that is another end", async () => {
    const url = "https://a.example.org/x.mp4";
    const { video } = await Library.open(ann, { url });
    const lost: Id.UploadId[] = [];
    for (const _ of [1, 2, 3]) {
      const { expects } = await Video.require(video.id);
      lost.push(expects as Id.UploadId);
      await Upload.failed(video.id, expects as Id.UploadId, new Problem("PullFailed"));
      if (lost.length < 3) await Library.replace(ann, video.id, { url });
    }
    const started = [...cloud.machine.started.keys()].filter((name) => name.includes(video.id));
    expect(started).toEqual(lost.map((uploadId) => `fail-${video.id}-0-${uploadId}`));
    expect(await Video.require(video.id)).toMatchObject({ status: "FAILED", missed: lost[2] });
    // and once there is a source, nothing is told of that any more
    const { upload } = await Library.replace(ann, video.id, file);
    await arrives({ id: video.id, uploadId: upload?.id as Id.UploadId }, "at last");
    expect(await Video.require(video.id)).not.toHaveProperty("missed");
  });

  it("is told by the sweeper, when whoever wrote it died before it was", async () => {
    const { video } = await Library.open(ann, { url: "https://a.example.org/x.mp4" });
    const { expects } = await Video.require(video.id);
    cloud.machine.fault = (operation) => {
      if (operation === "StartExecution") throw new Lost();
    };
    await Upload.failed(video.id, expects as Id.UploadId, new Problem("PullFailed"));
    cloud.machine.fault = undefined;
    const { cared } = await Clock.at(Date.now() + Care.QUIET_MS + 1000, Care.sweep);
    expect(cared).toContainEqual({ videoId: video.id, did: "announced again" });
    const inputs = [...cloud.machine.started.values()];
    expect(inputs).toContainEqual(
      expect.objectContaining({ execution: Executions.arnOf(`fail-${video.id}-0-${expects}`) }),
    );
  });

  it("as a replacement is told on the timeline", async () => {
    const one = await opened(file);
    await arrives(one, "first");
    await Library.replace(ann, one.id, { url: "https://a.example.org/x.mp4" });
    const { expects } = await Video.require(one.id);
    for (const _ of [1, 2]) {
      await Upload.failed(one.id, expects as Id.UploadId, new Problem("PullFailed"));
    }
    const told = (await Timeline.read(ann, one.id)).items.map(({ what, about }) => [what, about]);
    expect(told.slice(2)).toEqual([["REPLACE_FAILED", { code: "PullFailed" }]]);
  });

  it("leaves a film alone that has a source, and one that expects another", async () => {
    const one = await opened(file);
    await arrives(one, "first");
    const { video } = await Library.replace(ann, one.id, { url: "https://a.example.org/x.mp4" });
    const { expects } = await Video.require(video.id);
    await Upload.failed(one.id, expects as Id.UploadId, new Problem("SourceTooLarge"));
    const film = await Video.require(one.id);
    expect(film).toMatchObject({ status: "VALIDATING" });
    expect(film).not.toHaveProperty("expects");
    const { upload } = await Library.replace(ann, one.id, file);
    await Upload.failed(one.id, expects as Id.UploadId, new Problem("SourceTooLarge"));
    expect((await Video.require(one.id)).expects).toBe(upload?.id);
  });
});

describe("an upload whose time is over", () => {
  it("is expired, fails the film that waited for it, and is forgotten at S3", async () => {
    const one = await opened(large, 1e12);
    await Clock.at(1e12, () => send(cloud, one, [1]));
    const film = await Video.require(one.id);
    expect(await Clock.at(1e12 + 1000, () => Upload.expire(film))).toBe(false);
    await Clock.at(1e12 + Video.UPLOAD_MS, async () => {
      expect(await Upload.expire(film)).toBe(true);
      expect(await Upload.show(ann, one.id, one.uploadId)).toMatchObject({ state: "expired" });
      await expect(Upload.complete(ann, one.id, one.uploadId)).rejects.toMatchObject(
        code("UploadExpired"),
      );
    });
    expect(await atS3(cloud, one)).toBeUndefined();
    expect(await Video.require(one.id)).toMatchObject({
      status: "FAILED",
      problem: { code: "UploadExpired" },
    });
  });
});
