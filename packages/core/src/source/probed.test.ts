import type { ProbeResult, Track, VideoProperties } from "@aws-sdk/client-mediaconvert";
import { describe, expect, it } from "vitest";
import { understand } from "./probed.ts";

function picture(video: VideoProperties = {}, track: Track = {}): Track {
  return {
    TrackType: "video",
    Codec: "AVC",
    Duration: 2,
    VideoProperties: {
      Width: 1920,
      Height: 1080,
      FrameRate: { Numerator: 30, Denominator: 1 },
      BitRate: 1,
      ...video,
    },
    ...track,
  };
}

const sound: Track = {
  TrackType: "audio",
  Codec: "AAC",
  AudioProperties: { Channels: 2, SampleRate: 48_000, LanguageCode: "ENG" },
};

function probed(tracks: Track[], format: NonNullable<ProbeResult["Container"]>["Format"] = "mp4") {
  return understand({ Container: { Format: format, Duration: 2, Tracks: tracks } }, 1000);
}

describe("a probe", () => {
  it("tells what people will see and hear", () => {
    expect(probed([sound, picture()])).toEqual({
      container: "mp4",
      durationMs: 2000,
      sizeBytes: 1000,
      video: {
        codec: "AVC",
        widthPx: 1920,
        heightPx: 1080,
        durationMs: 2000,
        frameRate: { numerator: 30, denominator: 1 },
        rotation: 0,
        pixelAspect: { numerator: 1, denominator: 1 },
        interlaced: false,
        bitDepth: 8,
        highDynamicRange: false,
        kbps: 0,
      },
      audio: { codec: "AAC", channels: 2, sampleRateHz: 48_000, language: "ENG", tracks: 1 },
    });
  });

  it.each([
    { what: "a phone held upright", video: { Rotation: 90 }, seen: [1080, 1920] },
    { what: "a phone upside down", video: { Rotation: 180 }, seen: [1920, 1080] },
    { what: "turned the other way", video: { Rotation: -90 }, seen: [1080, 1920] },
    {
      what: "wide SD from a camera",
      video: { Width: 720, Height: 576, SampleAspectRatio: { Numerator: 64, Denominator: 45 } },
      seen: [1024, 576],
    },
    {
      what: "wide SD that tells only its display aspect",
      video: { Width: 720, Height: 576, DisplayAspectRatio: { Numerator: 16, Denominator: 9 } },
      seen: [1024, 576],
    },
    {
      what: "an aspect that rounding bent",
      video: { Width: 854, Height: 480, DisplayAspectRatio: { Numerator: 16, Denominator: 9 } },
      seen: [854, 480],
    },
  ])("of $what gives the size as seen: $seen", ({ video, seen }) => {
    const found = probed([picture(video)]).video;
    expect([found?.widthPx, found?.heightPx]).toEqual(seen);
  });

  it.each([
    { video: { CodecMetadata: { ScanType: "Interlaced" } }, interlaced: true },
    { video: { CodecMetadata: { FieldOrder: "TopFieldFirst" } }, interlaced: true },
    { video: { CodecMetadata: { ScanType: "Progressive" } }, interlaced: false },
  ])("$video.CodecMetadata: interlaced is $interlaced", ({ video, interlaced }) => {
    expect(probed([picture(video)]).video?.interlaced).toBe(interlaced);
  });

  it.each(["SMPTE_2084", "ARIB_B67"] as const)("%s is a high dynamic range", (transfer) => {
    expect(probed([picture({ TransferCharacteristics: transfer })]).video?.highDynamicRange).toBe(
      true,
    );
  });

  it("takes a song's cover for a cover", () => {
    const cover = picture({ FrameRate: { Numerator: 90_000, Denominator: 1 } }, { Codec: "MJPEG" });
    expect(probed([sound, cover], "mp3")).not.toHaveProperty("video");
    expect(probed([sound, picture()])).toHaveProperty("video");
  });

  it.each([
    { why: "no track", tracks: [], code: "SourceWithoutMedia" },
    { why: "data alone", tracks: [{ TrackType: "data" as const }], code: "SourceWithoutMedia" },
    {
      why: "forty tracks",
      tracks: Array.from({ length: 40 }, () => sound),
      code: "SourceTooManyTracks",
    },
    {
      why: "a bomb",
      tracks: [picture({ Width: 8192, Height: 8192 })],
      code: "SourceTooManyPixels",
    },
    { why: "a speck", tracks: [picture({ Width: 16, Height: 16 })], code: "SourceTooSmall" },
    { why: "no size", tracks: [picture({ Width: 0 })], code: "SourceUnreadable" },
  ])("with $why is $code", ({ tracks, code }) => {
    expect(() => probed(tracks)).toThrow(expect.objectContaining({ code }));
  });
});
