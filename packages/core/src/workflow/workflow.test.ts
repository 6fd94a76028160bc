import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Attempt } from "../attempt/index.ts";
import * as Table from "../aws/table.ts";
import { Clock } from "../clock/index.ts";
import { Cost } from "../cost/index.ts";
import { Id } from "../id/index.ts";
import { Intake } from "../intake/index.ts";
import { Job } from "../job/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import { Video } from "../video/index.ts";
import * as Workflow from "./workflow.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openSmallCloud();
});
afterAll(() => cloud.close());
beforeEach(() => {
  cloud.jobs.probe = {
    container: {
      format: "mp4",
      duration: 6,
      tracks: [
        {
          trackType: "video",
          codec: "AVC",
          videoProperties: {
            width: 320,
            height: 180,
            frameRate: { numerator: 30, denominator: 1 },
          },
        },
        { trackType: "audio", codec: "AAC", audioProperties: { channels: 2 } },
      ],
    },
  };
});

const mp4 = Buffer.concat([box("ftyp", 8), box("moov", 8), box("mdat", 100)]);

function box(type: string, bytes: number): Buffer {
  const whole = Buffer.alloc(8 + bytes);
  whole.writeUInt32BE(8 + bytes);
  whole.write(type, 4, "latin1");
  return whole;
}

let names = 0;

/** An operator drops a file in the inbox, and S3 says so. */
function drop(
  body: Buffer | string,
  metadata: Record<string, string> = {},
  name = `f${++names}.mp4`,
) {
  const key = `inbox/${name}`;
  const versionId = `v${++names}`;
  cloud.shelf.put("sources", key, body, { versionId, metadata });
  const sequencer = names.toString(16);
  return {
    videoId: Id.ofInbox("sources", key),
    key,
    input: Workflow.ValidateStep.parse({
      execution: `execution-${names}`,
      input: {
        kind: "arrived",
        event: { id: `e${names}`, time: "2030-01-01T00:00:00Z", account: "000000000000" },
        detail: {
          bucket: { name: "sources" },
          object: { key, size: body.length, "version-id": versionId, sequencer },
        },
      },
    }),
  };
}

describe("Validate", () => {
  it("claims, looks inside and plans; doing it twice changes nothing", async () => {
    const film = drop(mp4, { title: "=?UTF-8?Q?Urlaub_=C3=A9?=", tags: "sea, sun" });
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
    await expect(Workflow.validate(drop(body).input)).rejects.toThrow(
      expect.objectContaining({ code }),
    );
  });

  it("says what is missing, when the object of a film is gone", async () => {
    const film = drop(mp4, {}, "gone.mp4");
    await Workflow.validate(film.input);
    const next = drop(mp4, {}, "gone.mp4");
    cloud.shelf.objects.delete(`/sources/${next.key}`);
    await expect(Workflow.validate(next.input)).rejects.toThrow(
      expect.objectContaining({ code: "SourceMissing" }),
    );
  });

  it("makes no film of an event that comes again after its object is gone", async () => {
    const film = drop(mp4);
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
    const film = drop(mp4);
    await expect(Workflow.validate(film.input)).rejects.toThrow(expect.objectContaining({ code }));
    const now = await Video.require(film.videoId);
    expect({ status: now.status, held: now.held !== undefined }).toEqual({
      status: "VALIDATING",
      held,
    });
    await Cost.setBudget({ sub: "root", groups: ["admin"] }, "operators", { monthlyUsd: null });
    if (!held) return;
    const input = { kind: "again" as const, videoId: film.videoId, expectedAttempt: 1 };
    expect(await Workflow.validate({ execution: "later", input })).toMatchObject({ attempt: 2 });
  });

  it("makes what was chosen for the film, or for this attempt", async () => {
    const film = drop(mp4, {}, "chosen.mp4");
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
    const film = drop(mp4, {}, "again.mp4");
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
    expect(await Workflow.validate(drop(mp4, {}, "again.mp4").input)).toMatchObject({ attempt: 2 });
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

describe("Record outputs", () => {
  const init = Buffer.alloc(100);
  const segment = Buffer.alloc(50_000);

  async function encoded(name?: string) {
    const film = drop(mp4, {}, name);
    await Workflow.validate(film.input);
    const prefix = Job.prefix(film.videoId, 1);
    const put = (file: string, body: Buffer | string) =>
      cloud.shelf.put("streams", prefix + file, body);
    for (const [modifier, ending] of [
      ["_180", "cmfv"],
      ["_sound", "cmfa"],
    ]) {
      put(`stream/main${modifier}init.${ending}`, init);
      put(`stream/main${modifier}_000000001.${ending}`, segment);
      put(`stream/main${modifier}_000000002.${ending}`, segment);
      put(
        `stream/main${modifier}.m3u8`,
        `#EXTM3U\n#EXT-X-MAP:URI="main${modifier}init.${ending}"\n#EXTINF:4,\nmain${modifier}_000000001.${ending}\n#EXTINF:2,\nmain${modifier}_000000002.${ending}\n#EXT-X-ENDLIST\n`,
      );
    }
    put("stream/main.mpd", "<MPD/>");
    put(
      "stream/main.m3u8",
      '#EXTM3U\n#EXT-X-STREAM-INF:CODECS="avc1.64000d,mp4a.40.2",RESOLUTION=320x180,FRAME-RATE=30\nmain_180.m3u8\n',
    );
    put("download/film.mp4", segment);
    for (const index of [0, 1]) put(`pictures/poster.000000${index}.jpg`, init);
    for (const index of [0, 1, 2, 3, 4, 5]) put(`thumbnails/t.000000${index}.jpg`, init);
    await Table.change(Video.keyOf(film.videoId), {
      update: "SET #s = :s",
      condition: "attribute_exists(PK)",
      names: { "#s": "status" },
      values: { ":s": "PENDING" }, // COMPLETE may come before PROGRESSING
    });
    const step = { videoId: film.videoId, attempt: 1, execution: "e" };
    return { ...film, prefix, step };
  }

  it("publishes what was made, and says so twice alike", async () => {
    const film = await encoded();
    const answer = await Workflow.record(film.step);
    expect(answer).toMatchObject({ status: "READY", attempt: 1, durationMs: 6000 });
    expect(await Workflow.record(film.step)).toEqual(answer);
    const row = (await Table.read(Video.keyOf(film.videoId))) ?? {};
    // until that execution has announced it
    expect(row).toMatchObject({ settledBy: "e", inFlight: Video.shardOf(film.videoId) });
    expect(row.published).toMatchObject({
      attempt: 1,
      hlsKey: `${film.prefix}stream/main.m3u8`,
      renditions: [
        {
          kind: "video",
          codec: "avc1.64000d",
          widthPx: 320,
          heightPx: 180,
          averageKbps: 133,
          peakKbps: 200,
          sizeBytes: 100_100,
        },
        { kind: "audio", codec: "mp4a.40.2" },
      ],
      poster: { key: `${film.prefix}pictures/poster.0000001.jpg` },
      thumbnails: { count: 6 },
    });
  });

  it("tells of what is published, though its files are gone, to the execution that announces", async () => {
    const film = await encoded();
    const answer = await Workflow.record(film.step);
    const before = await Video.require(film.videoId);
    for (const key of cloud.shelf.objects.keys()) {
      if (key.includes(film.prefix)) cloud.shelf.objects.delete(key);
    }
    expect(await Workflow.record({ ...film.step, execution: "e2" })).toEqual(answer);
    const after = await Video.require(film.videoId);
    expect(after).toMatchObject({ settledBy: "e2", published: before.published });
  });

  it("writes READY on the timeline, once", async () => {
    const film = await encoded();
    await Workflow.record(film.step);
    const { published } = await Video.require(film.videoId);
    const time = new Date(published?.atMs ?? 0).toISOString();
    const key = { PK: `VIDEO#${film.videoId}`, SK: `EVENT#${time}#1:READY` };
    expect(await Table.read(key)).toEqual({ ...key, time, attempt: 1, what: "READY" });
    await Clock.at(Date.now() + 5000, () => Workflow.record(film.step));
    expect((await Video.require(film.videoId)).published).toEqual(published);
  });

  it.each([
    "stream/main.mpd",
    "stream/main_180init.cmfv",
    "stream/main_180_000000002.cmfv",
    "stream/main_sound.m3u8",
    "download/film.mp4",
    "pictures/poster.0000000.jpg",
  ])("misses %s", async (file) => {
    const film = await encoded();
    cloud.shelf.objects.delete(`/streams/${film.prefix}${file}`);
    await expect(Workflow.record(film.step)).rejects.toThrow(
      expect.objectContaining({ name: "OutputMissing", message: expect.stringContaining(file) }),
    );
  });

  it("publishes nothing of a film that was cut off", async () => {
    const film = await encoded();
    await Table.change(Attempt.keyOf(film.videoId, 1), {
      update: "SET #found.durationMs = :long",
      condition: "attribute_exists(PK)",
      names: { "#found": "found" },
      values: { ":long": 60_000 },
    });
    await expect(Workflow.record(film.step)).rejects.toThrow(
      expect.objectContaining({ name: "SourceTruncated" }),
    );
  });

  it("steps back when the object was replaced under it, or a newer attempt has begun", async () => {
    const film = await encoded("replaced.mp4");
    cloud.shelf.put("sources", film.key, mp4, { versionId: "newer" });
    const superseded = expect.objectContaining({ name: "Superseded" });
    await expect(Workflow.record(film.step)).rejects.toThrow(superseded);
    await Workflow.validate(drop(mp4, {}, "replaced.mp4").input);
    await expect(Workflow.record(film.step)).rejects.toThrow(superseded);
    expect((await Video.find(film.videoId))?.status).toBe("VALIDATING");
  });
});
