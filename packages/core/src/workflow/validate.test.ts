import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as Attempt from "../attempt/index.ts";
import * as Table from "../aws/table.ts";
import * as Cost from "../cost/index.ts";
import * as Id from "../id/index.ts";
import * as Intake from "../intake/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import * as Timeline from "../video/timeline.ts";
import { drop, mp4, probe } from "./workflow.testing.ts";
import * as Workflow from "./workflow.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openSmallCloud();
});
afterAll(() => cloud.close());
beforeEach(() => {
  cloud.jobs.probe = probe;
});

describe("Validate", () => {
  it("claims, looks inside and plans; doing it twice changes nothing", async () => {
    const film = drop(cloud, mp4, { title: "=?UTF-8?Q?Urlaub_=C3=A9?=", tags: "sea, sun" });
    const answer = { videoId: film.videoId, attempt: 1 };
    expect(await Workflow.validate(film.input)).toEqual(answer);
    expect(await Workflow.validate(film.input)).toEqual(answer);
    expect(await Video.find(film.videoId)).toMatchObject({
      status: "VALIDATING",
      title: "Urlaub é",
      tags: ["sea", "sun"],
      found: { durationMs: 6000, video: { widthPx: 320 } },
    });
    expect((await Attempt.find(film.videoId, 1))?.plan?.rungs).toHaveLength(1);
  });

  it.each([
    { file: "an empty file", body: "", code: "SourceEmpty" },
    { file: "text", body: "this is not a video", code: "SourceNotMedia" },
    { file: "a playlist", body: "#EXTM3U\nfile:///etc/passwd", code: "SourceIsPlaylist" },
    { file: "a manifest", body: "<MPD><BaseURL>../x</BaseURL></MPD>", code: "SourceIsPlaylist" },
    { file: "a script", body: "ffconcat version 1.0\nfile x", code: "SourceIsPlaylist" },
    { file: "an MP4 without its index", body: mp4.subarray(0, 16), code: "SourceIndexMissing" },
    { file: "too large a file", body: Buffer.alloc(1_000_001), code: "SourceTooLarge" },
  ])("refuses $file: $code", async ({ body, code }) => {
    cloud.jobs.probe = undefined; // nothing of it reaches the encoder
    await expect(Workflow.validate(drop(cloud, body).input)).rejects.toThrow(
      expect.objectContaining({ code }),
    );
  });

  it("says what is missing, when the object of a film is gone", async () => {
    const film = drop(cloud, mp4, {}, "gone.mp4");
    await Workflow.validate(film.input);
    const next = drop(cloud, mp4, {}, "gone.mp4");
    cloud.shelf.objects.delete(`/sources/${next.key}`);
    await expect(Workflow.validate(next.input)).rejects.toThrow(
      expect.objectContaining({ code: "SourceMissing" }),
    );
  });

  it("makes no film of an event that comes again after its object is gone", async () => {
    const film = drop(cloud, mp4);
    cloud.shelf.objects.delete(`/sources/${film.key}`);
    await expect(Workflow.validate(film.input)).rejects.toThrow(
      expect.objectContaining({ code: "NotExpected" }),
    );
    expect(await Video.find(film.videoId)).toBeUndefined();
  });

  it("takes an upload away that nobody waits for any more", async () => {
    const videoId = Id.newVideo();
    const key = Intake.uploadKey(videoId, Id.newUpload());
    cloud.shelf.put("sources", key, mp4, { versionId: "v1" });
    const object = { key, size: mp4.length, "version-id": "v1", sequencer: "1" };
    const event = { id: "e", time: "2030-01-01T00:00:00Z", account: "000000000000" };
    const step = Workflow.ValidateStep.parse({
      execution: "late",
      input: { kind: "arrived", event, detail: { bucket: { name: "sources" }, object } },
    });
    await expect(Workflow.validate(step)).rejects.toThrow(
      expect.objectContaining({ code: "NotExpected" }),
    );
    expect(cloud.shelf.objects.has(`/sources/${key}`)).toBe(false);
  });

  it.each([
    { over: "refuse" as const, code: "BudgetExceeded", held: false },
    { over: "wait" as const, code: "BudgetWaits", held: true },
  ])("pays for nothing that the budget has no room for: $code", async ({ over, code, held }) => {
    await Cost.setBudget({ sub: "root", groups: ["admin"] }, "operators", { monthlyUsd: 0, over });
    const film = drop(cloud, mp4);
    await expect(Workflow.validate(film.input)).rejects.toThrow(expect.objectContaining({ code }));
    const now = await Video.require(film.videoId);
    expect({ status: now.status, held: now.held !== undefined }).toEqual({
      status: "VALIDATING",
      held,
    });
    await Cost.setBudget({ sub: "root", groups: ["admin"] }, "operators", { monthlyUsd: null });
    if (!held) return;
    const { items } = await Timeline.read({ sub: "root", groups: ["admin"] }, film.videoId);
    expect(items.map(({ what }) => what)).toContain("BUDGET_WAITS");
    const input = { kind: "again" as const, videoId: film.videoId, expectedAttempt: 1 };
    expect(await Workflow.validate({ execution: "later", input })).toMatchObject({ attempt: 2 });
  });

  it("makes what was chosen for the film, or for this attempt", async () => {
    const film = drop(cloud, mp4, {}, "chosen.mp4");
    await Workflow.validate(film.input);
    await Table.change(Video.keyOf(film.videoId), {
      update: "SET #s = :s, options = :options",
      condition: "attribute_exists(PK)",
      names: { "#s": "status" },
      values: { ":s": "FAILED", ":options": { download: false } },
    });
    const again = { kind: "again" as const, videoId: film.videoId, expectedAttempt: 1 };
    await Workflow.validate({ execution: "e2", input: { ...again, profile: "economy" } });
    expect((await Attempt.find(film.videoId, 2))?.plan).toMatchObject({
      profile: "economy",
      download: false,
    });
    expect((await Video.require(film.videoId)).profile).toBe("economy");
  });

  it("stops the job of the attempt that a newer source overtakes", async () => {
    const film = drop(cloud, mp4, {}, "again.mp4");
    await Workflow.validate(film.input);
    await Attempt.park(film.videoId, 1, { token: "t", delivery: 0, leaseMs: 1 });
    const job = {
      id: "1-old",
      status: "PROGRESSING",
      userMetadata: {},
      fileInput: "",
      clientRequestToken: "",
      createdAtMs: 0,
    };
    cloud.jobs.all.push(job);
    await Attempt.learnJob(film.videoId, 1, job.id);
    expect(await Workflow.validate(drop(cloud, mp4, {}, "again.mp4").input)).toMatchObject({
      attempt: 2,
    });
    expect(job.status).toBe("CANCELED");
  });

  it("only tells of a film whose execution died", async () => {
    const step = Workflow.ValidateStep.parse({
      execution: "new",
      input: {
        kind: "died",
        videoId: Id.newVideo(),
        execution: "old",
        problem: { code: "ExecutionDied", message: "It ended ABORTED." },
      },
    });
    await expect(Workflow.validate(step)).rejects.toThrow(
      expect.objectContaining({ name: "ExecutionDied", message: "It ended ABORTED." }),
    );
  });
});

it("Validate hands an attempt that nobody was told of on, and claims nothing", async () => {
  const videoId = Id.newVideo();
  const step = Workflow.ValidateStep.parse({
    execution: "new",
    input: { kind: "unannounced", videoId, attempt: 2 },
  });
  await expect(Workflow.validate(step)).rejects.toThrow(
    expect.objectContaining({ name: "Unannounced" }),
  );
  expect(await Video.find(videoId)).toBeUndefined();
});
