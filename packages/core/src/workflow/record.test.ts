import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as Attempt from "../attempt/index.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import * as Job from "../job/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
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

describe("Record outputs", () => {
  const init = Buffer.alloc(100);
  const segment = Buffer.alloc(50_000);

  async function encoded(name?: string) {
    const film = drop(cloud, mp4, {}, name);
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
    await Workflow.validate(drop(cloud, mp4, {}, "replaced.mp4").input);
    await expect(Workflow.record(film.step)).rejects.toThrow(superseded);
    expect((await Video.find(film.videoId))?.status).toBe("VALIDATING");
  });
});
