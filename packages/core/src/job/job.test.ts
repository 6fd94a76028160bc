import type { CreateJobCommandInput, OutputGroup } from "@aws-sdk/client-mediaconvert";
import { describe, expect, it } from "vitest";
import * as Ladder from "../ladder/index.ts";
import { found, sound } from "../source/found.fixture.ts";
import type { Found } from "../source/found.ts";
import * as Job from "./job.ts";

const videoId = "vid_01BX5ZZKBKACTAV9WEVGEMMVRZ";

function jobFor(source: Found, profile?: string, options?: Ladder.Options): CreateJobCommandInput {
  return Job.build({
    videoId,
    attempt: 2,
    plan: Ladder.plan(source, profile, options),
    source: { bucket: "sources", key: "inbox/holiday.mov" },
    deliveryBucket: "streams",
    queueArn: "queue",
    roleArn: "role",
    app: { name: "rushes", stage: "test" },
  });
}

const groups = (job: CreateJobCommandInput) => job.Settings?.OutputGroups ?? [];
const outputs = (group: OutputGroup | undefined) => group?.Outputs ?? [];
const h264 = (job: CreateJobCommandInput) =>
  outputs(groups(job)[0]).flatMap(({ VideoDescription }) => {
    const settings = VideoDescription?.CodecSettings?.H264Settings;
    return settings ? [settings] : [];
  });

describe("a job", () => {
  it("carries who it is for, and says the same thing twice to the byte", () => {
    const job = jobFor(found());
    expect(job.UserMetadata).toEqual({ app: "rushes", stage: "test", videoId, attempt: "2" });
    expect(job.ClientRequestToken).toMatch(/^[0-9a-f]{64}$/);
    expect(job.ClientRequestToken).not.toBe(Job.requestToken(videoId, 1));
    expect(JSON.stringify(jobFor(found()))).toBe(JSON.stringify(job));
  });

  it("writes below its attempt alone", () => {
    for (const { OutputGroupSettings: settings } of groups(jobFor(found()))) {
      const to =
        settings?.CmafGroupSettings?.Destination ?? settings?.FileGroupSettings?.Destination;
      expect(to).toMatch(new RegExp(`^s3://streams/videos/${videoId}/2/[a-z]+/[a-z]+$`));
    }
  });

  it("makes one stream with every rung and the sound, a download and pictures", () => {
    const job = jobFor(found());
    expect(groups(job).map(({ Name }) => Name)).toEqual([
      "Stream",
      "Download",
      "Poster",
      "Thumbnails",
    ]);
    expect(outputs(groups(job)[0]).map(({ NameModifier }) => NameModifier)).toEqual([
      "_1080",
      "_720",
      "_480",
      "_360",
      "_240",
      "_sound",
    ]);
    expect(
      h264(job).every(
        ({ GopSize, SceneChangeDetect }) => GopSize === 2 && SceneChangeDetect === "DISABLED",
      ),
    ).toBe(true);
  });

  it("downloads the top rung as the stream has it, so that it can be encoded once", () => {
    const [stream, download] = groups(jobFor(found()));
    expect(outputs(download)[0]?.VideoDescription).toEqual(outputs(stream)[0]?.VideoDescription);
  });

  it("of sound alone has neither pictures nor a video selector", () => {
    const job = jobFor(sound());
    expect(groups(job).map(({ Name }) => Name)).toEqual(["Stream", "Download"]);
    expect(job.Settings?.Inputs?.[0]).not.toHaveProperty("VideoSelector");
    expect(outputs(groups(job)[1])[0]).toMatchObject({ Extension: "m4a" });
    expect(outputs(groups(job)[0])[0]?.ContainerSettings?.CmfcSettings?.AudioTrackType).toBe(
      "AUDIO_ONLY_VARIANT_STREAM",
    );
  });

  it("of a silent film asks for no sound anywhere", () => {
    const { audio: _, ...silent } = found();
    expect(JSON.stringify(jobFor(silent))).not.toMatch(/Audio|_sound/);
  });

  it("makes interlaced progressive, odd pixels square, wide ranges narrow, and only then", () => {
    const plain = JSON.stringify(jobFor(found()));
    expect(plain).not.toMatch(/Deinterlacer|ParControl|ColorCorrector/);
    const awkward = JSON.stringify(
      jobFor(
        found({
          interlaced: true,
          pixelAspect: { numerator: 64, denominator: 45 },
          highDynamicRange: true,
        }),
      ),
    );
    expect(awkward).toMatch(/Deinterlacer/);
    expect(awkward).toMatch(/"ParControl":"SPECIFIED","ParNumerator":1,"ParDenominator":1/);
    expect(awkward).toMatch(/FORCE_709/);
  });

  it("follows the source's pace, and halves a fast one where the picture is small", () => {
    const rates = h264(jobFor(found({ frameRate: { numerator: 60, denominator: 1 } }))).map(
      ({ FramerateControl, FramerateNumerator }) => FramerateNumerator ?? FramerateControl,
    );
    expect(rates).toEqual(["INITIALIZE_FROM_SOURCE", "INITIALIZE_FROM_SOURCE", 30, 30, 30]);
  });
});

describe("the promise", () => {
  it.each([
    { of: "a film", source: found(), files: 11 },
    { of: "a small film", source: found({ widthPx: 320, heightPx: 180 }), files: 7 },
    { of: "sound", source: sound(), files: 4 },
  ])("of $of names $files files, one for each thing the job makes", ({ source, files }) => {
    const promised = Job.promised(Ladder.plan(source));
    expect(promised.length).toBe(files);
    expect(new Set(promised).size).toBe(files);
    for (const { NameModifier } of outputs(groups(jobFor(source))[0])) {
      expect(promised).toContain(`stream/main${NameModifier}.m3u8`);
    }
  });
});

describe("what is asked for", () => {
  const usual = ["Stream", "Download", "Poster", "Thumbnails"];
  const names = (job: CreateJobCommandInput) => groups(job).map(({ Name }) => Name);
  const poster = (job: CreateJobCommandInput) =>
    outputs(groups(job).find(({ Name }) => Name === "Poster"))[0]?.VideoDescription?.CodecSettings
      ?.FrameCaptureSettings;

  it.each([
    { options: {}, made: usual, missing: [] as string[] },
    { options: { download: true, thumbnails: true }, made: usual, missing: [] },
    {
      options: { download: false },
      made: ["Stream", "Poster", "Thumbnails"],
      missing: ["download/film.mp4"],
    },
    {
      options: { thumbnails: false },
      made: ["Stream", "Download", "Poster"],
      missing: ["thumbnails/t.0000000.jpg"],
    },
    {
      options: { download: false, thumbnails: false },
      made: ["Stream", "Poster"],
      missing: ["download/film.mp4", "thumbnails/t.0000000.jpg"],
    },
  ])("by $options is made and promised, and nothing else", ({ options, made, missing }) => {
    expect(names(jobFor(found(), "standard", options))).toEqual(made);
    const all = Job.promised(Ladder.plan(found()));
    const promised = Job.promised(Ladder.plan(found(), "standard", options));
    expect(promised).toEqual(all.filter((file) => !missing.includes(file)));
  });

  it.each([
    { posterAtSeconds: undefined, pace: [1, 3], atMost: 2 },
    { posterAtSeconds: 7, pace: [1, 7], atMost: 2 },
    { posterAtSeconds: 2.5, pace: [1000, 2500], atMost: 2 },
    { posterAtSeconds: 0, pace: [1, 1], atMost: 1 },
  ])("is a poster at $posterAtSeconds", ({ posterAtSeconds, pace, atMost }) => {
    const options = posterAtSeconds === undefined ? {} : { posterAtSeconds };
    expect(poster(jobFor(found(), "standard", options))).toMatchObject({
      FramerateNumerator: pace[0],
      FramerateDenominator: pace[1],
      MaxCaptures: atMost,
    });
  });

  it("at the basic rate has a fixed average, since quality is not sold there", () => {
    for (const settings of h264(jobFor(found(), "economy"))) {
      expect(settings).toMatchObject({ QualityTuningLevel: "SINGLE_PASS", RateControlMode: "VBR" });
      expect(settings.Bitrate).toBeLessThan(settings.MaxBitrate ?? 0);
      expect(settings).not.toHaveProperty("QvbrSettings");
    }
  });

  it("as sound alone takes no picture from a film", () => {
    const job = jobFor(found(), "audio");
    expect(names(job)).toEqual(["Stream", "Download"]);
    expect(JSON.stringify(job)).not.toMatch(/VideoDescription|VideoSelector/);
  });
});
