import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CreateJobRequest, Output } from "@aws-sdk/client-mediaconvert";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { film, sampleJob, sound } from "./sample-job.ts";
import { fast, ffmpeg, ffprobe, filmRoom, studio, tone, video } from "./testing.ts";

const films = filmRoom();
let cloud: ReturnType<typeof studio>;
beforeAll(() => {
  cloud = studio();
  cloud.service.start?.();
  const source = films.film(
    "ok.mp4",
    `${video("320x180", "30000/1001", 4)} ${tone(4)} ${fast} -c:a aac -shortest -metadata:s:a:0 language=eng`,
  );
  copyFileSync(source, cloud.path("uploads", "clip.mov"));
});
afterAll(async () => {
  await cloud.close();
  films.close();
});

/** One group in place of the sample's three. */
function withGroup(type: string, member: string, settings: object, outputs: Output[]) {
  const job: CreateJobRequest = sampleJob("s3://uploads/clip.mov");
  const group = { OutputGroupSettings: { Type: type, [member]: settings }, Outputs: outputs };
  return { ...job, Settings: { ...job.Settings, OutputGroups: [group] } };
}
const rung = (container: "CMFC" | "MPD" | "M3U8", height: number, more: object = {}): Output => ({
  NameModifier: `_${height}`,
  ContainerSettings: { Container: container },
  VideoDescription: film({ Height: height }),
  ...more,
});
/** Decodes a stream to its end; throws when something is wrong with it. */
const decode = (path: string) =>
  ffmpeg(["-xerror", "-allowed_extensions", "ALL", "-i", path, "-f", "null", "-"]);
const place = (name: string) => join(cloud.shelf, "media", name);

describe("output groups", () => {
  it("CMAF in single files: byte ranges in the playlist, an index in the manifest", async () => {
    const settings = {
      Destination: "s3://media/single/main",
      SegmentLength: 2,
      FragmentLength: 1,
      SegmentControl: "SINGLE_FILE",
      MpdProfile: "ON_DEMAND_PROFILE",
    };
    const job = withGroup("CMAF_GROUP_SETTINGS", "CmafGroupSettings", settings, [
      rung("CMFC", 180),
      sound("CMFC"),
    ]);
    expect(await cloud.finish(job)).toMatchObject({ status: "COMPLETE" });
    expect(cloud.files("media").filter((name) => name.startsWith("single/"))).toEqual([
      "single/main.m3u8",
      "single/main.mpd",
      "single/main_180.cmfv",
      "single/main_180.m3u8",
      "single/main_aac.cmfa",
      "single/main_aac.m3u8",
    ]);
    const playlist = cloud.read("media", "single/main_180.m3u8");
    expect(playlist.match(/#EXT-X-BYTERANGE:\d+@\d+/g)).toHaveLength(2);
    expect(cloud.read("media", "single/main.mpd")).toMatch(
      /<SegmentBase timescale="30000".* indexRange="\d+-\d+">/,
    );
    decode(place("single/main_180.m3u8"));
  });

  it("CMAF with fragments shorter than segments, and signed offsets from time 0", async () => {
    const settings = {
      Destination: "s3://media/signed/main",
      SegmentLength: 2,
      FragmentLength: 1,
      VideoCompositionOffsets: "SIGNED",
      WriteDashManifest: "DISABLED",
    };
    const job = withGroup("CMAF_GROUP_SETTINGS", "CmafGroupSettings", settings, [
      rung("CMFC", 180),
      sound("CMFC"),
    ]);
    const over = await cloud.finish(job);
    expect(over).toMatchObject({
      outputGroupDetails: [{ playlistFilePaths: ["s3://media/signed/main.m3u8"] }],
    });
    for (const name of ["main_180_000000001.cmfv", "main_aac_000000001.cmfa"]) {
      const segment = readFileSync(place(`signed/${name}`));
      const time = segment.indexOf("tfdt", 0, "latin1") + 8;
      expect(Number(segment.readBigUInt64BE(time))).toBeLessThan(100); // ticks: 2 ms
      expect(segment.toString("latin1").match(/moof/g)).toHaveLength(2);
    }
    decode(place("signed/main.m3u8"));
    expect(cloud.read("media", "signed/main_180.m3u8").match(/#EXTINF:2.002000,/g)).toHaveLength(2);
    expect(cloud.read("media", "signed/main.m3u8")).toContain('LANGUAGE="eng"');
  });

  it("DASH: nine digits, init beside them, a manifest that plays", async () => {
    const settings = { Destination: "s3://media/d/", SegmentLength: 2 };
    const job = withGroup("DASH_ISO_GROUP_SETTINGS", "DashIsoGroupSettings", settings, [
      rung("MPD", 180),
      sound("MPD", "_sound"),
    ]);
    expect(await cloud.finish(job)).toMatchObject({
      outputGroupDetails: [
        { type: "DASH_ISO_GROUP", playlistFilePaths: ["s3://media/d/clip.mpd"] },
      ],
    });
    expect(cloud.files("media").filter((name) => name.startsWith("d/"))).toEqual([
      "d/clip.mpd",
      "d/clip_180_000000001.mp4",
      "d/clip_180_000000002.mp4",
      "d/clip_180init.mp4",
      "d/clip_sound_000000001.mp4",
      "d/clip_sound_000000002.mp4",
      "d/clip_soundinit.mp4",
    ]);
    expect(ffprobe(place("d/clip.mpd")).streams.map(({ codec_name }) => codec_name)).toEqual([
      "h264",
      "aac",
    ]);
  });

  it("HLS in transport streams: five digits, sound and pictures together", async () => {
    const settings = { Destination: "s3://media/h/main", SegmentLength: 2, MinSegmentLength: 0 };
    const { AudioDescriptions = [] } = sound("M3U8");
    const job = withGroup("HLS_GROUP_SETTINGS", "HlsGroupSettings", settings, [
      rung("M3U8", 180, { AudioDescriptions }),
      rung("M3U8", 90, { AudioDescriptions }),
    ]);
    expect(await cloud.finish(job)).toMatchObject({
      outputGroupDetails: [
        {
          type: "HLS_GROUP",
          playlistFilePaths: ["s3://media/h/main.m3u8"],
          outputDetails: [
            { outputFilePaths: ["s3://media/h/main_180.m3u8"] },
            { outputFilePaths: ["s3://media/h/main_90.m3u8"] },
          ],
        },
      ],
    });
    expect(cloud.files("media").filter((name) => name.startsWith("h/"))).toEqual([
      "h/main.m3u8",
      "h/main_180.m3u8",
      "h/main_180_00001.ts",
      "h/main_180_00002.ts",
      "h/main_90.m3u8",
      "h/main_90_00001.ts",
      "h/main_90_00002.ts",
    ]);
    const playlist = cloud.read("media", "h/main_180.m3u8");
    expect(playlist).toMatch(/#EXTINF:2\.0\d+,\nmain_180_00001\.ts/);
    expect(cloud.read("media", "h/main.m3u8")).toMatch(
      /CODECS="avc1\.64[0-9A-F]{4},mp4a\.40\.2",RESOLUTION=320x180/,
    );
    decode(place("h/main_180.m3u8"));
  });

  it("takes parts of a film to the frame", async () => {
    const job = withGroup(
      "FILE_GROUP_SETTINGS",
      "FileGroupSettings",
      { Destination: "s3://media/part/" },
      [{ ...rung("CMFC", 180), ContainerSettings: { Container: "MP4" } }],
    );
    const input = job.Settings.Inputs?.[0];
    if (input) {
      input.InputClippings = [
        { StartTimecode: "00:00:00:10", EndTimecode: "00:00:00:19" },
        { StartTimecode: "00:00:02:00", EndTimecode: "00:00:02:14" },
      ];
    }
    expect(await cloud.finish(job)).toMatchObject({ status: "COMPLETE" });
    const { streams } = ffprobe(place("part/clip_180.mp4"));
    expect(streams[0]).toMatchObject({ nb_frames: "25" });
  });

  it("makes sound alone of a film", async () => {
    const job = withGroup(
      "FILE_GROUP_SETTINGS",
      "FileGroupSettings",
      { Destination: "s3://media/sound/" },
      [{ ...sound("MP4"), Extension: "m4a" }],
    );
    expect(await cloud.finish(job)).toMatchObject({
      outputGroupDetails: [
        { outputDetails: [{ outputFilePaths: ["s3://media/sound/clip_aac.m4a"] }] },
      ],
    });
  });
});
