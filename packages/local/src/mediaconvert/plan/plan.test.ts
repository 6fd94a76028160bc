import { describe, expect, it } from "vitest";
import type { AudioTrack, Media, VideoTrack } from "../probe/media.ts";
import { film, sampleJob, sound } from "../sample-job.ts";
import { command, filesOf } from "./command.ts";
import { plan } from "./plan.ts";

const picture: VideoTrack = {
  kind: "video",
  index: 0,
  codec: "h264",
  fourCC: "avc1",
  profile: "High",
  level: 40,
  pixelFormat: "yuv420p",
  bitDepth: 8,
  width: 1920,
  height: 1080,
  aspect: { num: 1, den: 1 },
  rotation: 0,
  frameRate: { num: 30, den: 1 },
  variableRate: false,
  interlaced: undefined,
  primaries: "",
  transfer: "",
  matrix: "",
  range: "",
  durationMs: 10_000,
  startMs: 0,
  bitrate: undefined,
  sideData: [],
};
const speech: AudioTrack = {
  kind: "audio",
  index: 1,
  codec: "aac",
  profile: "LC",
  channels: 2,
  layout: "stereo",
  sampleRate: 48_000,
  bitDepth: 16,
  durationMs: 10_000,
  startMs: 0,
  bitrate: undefined,
  language: "eng",
};
const media = (...tracks: Media["tracks"]): Media => ({
  format: "mp4",
  tracks,
  durationMs: 10_000,
  sizeBytes: 1,
  startTimecode: undefined,
});
const about = { startedAtMs: 0, canToneMap: true };
const settings = (rungs: number[]) => sampleJob("s3://uploads/film.mp4", { rungs }).Settings ?? {};

describe("a plan", () => {
  it("decodes once, scales each rung from the next larger, and shares the download's encoder", () => {
    const made = plan(settings([1080, 720, 180]), media(picture, speech), about);
    const args = command(made, filesOf(made), "../out/");
    expect(args.filter((word) => word === "-i")).toHaveLength(1);
    const graph = args[args.indexOf("-filter_complex") + 1] ?? "";
    expect(graph).toMatch(/\]scale=1920:1080[^;]*split=2\[v0\]\[(s\d+)\];\[\1\]scale=1280:720/);
    expect(graph.match(/\[0:0\]/g)).toHaveLength(1);
    expect(args.filter((word) => word === "libx264")).toHaveLength(3);
    expect(args[args.indexOf("tee") + 1]).toBe(
      "[select=\\'v:0,v:1,v:2,a:0\\':f=mp4]../out/pool.mp4|[select=\\'v:2,a:0\\':f=mp4:movflags=+faststart]../out/g1o0.mp4",
    );
  });

  it("guards its one input, and lets names of strangers nowhere near the command", () => {
    const made = plan(
      sampleJob("s3://uploads/a'%d;$x.mp4").Settings ?? {},
      media(picture, speech),
      about,
    );
    const args = command(made, filesOf(made), "../out/");
    const whitelist = args[args.indexOf("-format_whitelist") + 1]?.split(",") ?? [];
    expect(args.indexOf("-format_whitelist")).toBeLessThan(args.indexOf("-i"));
    for (const reader of ["hls", "dash", "concat", "image2", "lavfi", "sdp", "rtsp", "tty"]) {
      expect(whitelist).not.toContain(reader);
    }
    expect(args.join(" ")).not.toContain("$x");
  });

  it.each([
    { rotation: 90, filter: "transpose=clock", size: "102x180" },
    { rotation: 270, filter: "transpose=cclock", size: "102x180" },
    { rotation: 180, filter: "hflip,vflip", size: "320x180" },
  ])("turns what lies at $rotation degrees", ({ rotation, filter, size }) => {
    const made = plan(settings([180]), media({ ...picture, rotation }, speech), about);
    expect(made.graph[0]).toContain(filter);
    const { video } = made.groups[0]?.outputs[0] ?? {};
    expect(`${video?.width}x${video?.height}`).toBe(size);
  });

  it("makes pixels square, weaves fields and narrows light", () => {
    const wide = { ...picture, width: 720, height: 576, aspect: { num: 64, den: 45 } };
    const made = plan(settings([576]), media({ ...wide, interlaced: "top" }), about);
    expect(made.groups[0]?.outputs[0]?.video).toMatchObject({ width: 1024, height: 576 });
    expect(made.graph[0]).toMatch(/^\[0:0\]scale=720:576,yadif=mode=send_frame:parity=tff/);
    const bright = { ...picture, transfer: "smpte2084", matrix: "bt2020nc" };
    const narrow = plan(settings([180]), media(bright), about);
    expect(narrow.graph[0]).toContain("tonemap=hable");
    expect(narrow.groups[0]?.outputs[0]?.video?.encode.options).toContainEqual([
      "colorspace",
      "bt709",
    ]);
    expect(() => plan(settings([180]), media(bright), { ...about, canToneMap: false })).toThrow(
      expect.objectContaining({ code: 1030 }),
    );
  });

  it("calls nothing a level that it is too large for", () => {
    const job = settings([1080]);
    const described = job.OutputGroups?.[0]?.Outputs?.[0]?.VideoDescription?.CodecSettings;
    if (described?.H264Settings) described.H264Settings.CodecLevel = "LEVEL_3_1";
    expect(() => plan(job, media(picture, speech), about)).toThrow(
      expect.objectContaining({ code: 1040 }),
    );
  });

  it("believes the colours a job says over those of the file", () => {
    const job = settings([180]);
    const selector = job.Inputs?.[0]?.VideoSelector;
    if (selector) selector.ColorSpace = "HDR10";
    expect(plan(job, media(picture), about).graph[0]).toContain("tonemap");
  });

  it("puts silence where a film has no sound, and refuses a track that is not there", () => {
    const silent = plan(settings([180]), media(picture), about);
    expect(silent.graph.join(";")).toContain("anullsrc");
    const job = settings([180]);
    const input = job.Inputs?.[0];
    if (input) input.AudioSelectors = { "Audio Selector 1": { Tracks: [3] } };
    expect(() => plan(job, media(picture, speech), about)).toThrow(
      expect.objectContaining({ code: 1040 }),
    );
  });

  it("of sound alone needs sound; of pictures, black ones when size and rate are said", () => {
    const group = (outputs: object[]) => ({
      ...settings([]),
      OutputGroups: [
        {
          OutputGroupSettings: {
            Type: "FILE_GROUP_SETTINGS" as const,
            FileGroupSettings: { Destination: "s3://media/x" },
          },
          Outputs: outputs,
        },
      ],
    });
    const alone = group([sound("MP4")]);
    expect(() => plan(alone, media(picture), about)).toThrow(
      expect.objectContaining({ code: 1021 }),
    );
    expect(plan(alone, media(speech), about).graph).toHaveLength(2);
    const black = film({ Width: 640, Height: 360 });
    const output = (more: object) => ({
      ContainerSettings: { Container: "MP4" },
      VideoDescription: {
        ...black,
        CodecSettings: {
          ...black.CodecSettings,
          H264Settings: { ...black.CodecSettings.H264Settings, ...more },
        },
      },
    });
    expect(() => plan(group([output({})]), media(speech), about)).toThrow(
      expect.objectContaining({ code: 1040 }),
    );
    const said = { FramerateControl: "SPECIFIED", FramerateNumerator: 25, FramerateDenominator: 1 };
    expect(plan(group([output(said)]), media(speech), about).graph[0]).toMatch(
      /^color=c=black:s=640x360:r=25\/1,trim=end=10/,
    );
  });
});
