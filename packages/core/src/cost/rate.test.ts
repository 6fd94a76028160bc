import type { H264Settings, Output } from "@aws-sdk/client-mediaconvert";
import { describe, expect, it } from "vitest";
import gathered from "./prices.json" with { type: "json" };
import { Prices } from "./prices.ts";
import { keyOf, priced } from "./rate.ts";

const prices = Prices.parse(gathered);

function output(px: [number, number], settings: H264Settings = {}, more: object = {}): Output {
  const [Width, Height] = px;
  const CodecSettings = { Codec: "H_264" as const, H264Settings: settings };
  return { VideoDescription: { Width, Height, CodecSettings, ...more } };
}

const fps = (numerator: number, denominator = 1) => ({ numerator, denominator });
const hq: H264Settings = { QualityTuningLevel: "SINGLE_PASS_HQ" };
const deinterlaced = { VideoPreprocessors: { Deinterlacer: { Mode: "DEINTERLACE" } } };

describe("an output is billed", () => {
  it.each([
    { px: [1920, 1080], rate: fps(30), settings: {}, key: "B-AVC-HD-S-30" },
    { px: [1280, 720], rate: fps(30), settings: {}, key: "B-AVC-HD-S-30" },
    { px: [1278, 718], rate: fps(30), settings: {}, key: "B-AVC-SD-S-30" },
    { px: [1080, 1920], rate: fps(30), settings: {}, key: "B-AVC-HD-S-30" },
    { px: [480, 854], rate: fps(30), settings: {}, key: "B-AVC-SD-S-30" },
    { px: [1920, 1082], rate: fps(30), settings: {}, key: "B-AVC-4K-S-30" },
    { px: [2560, 1080], rate: fps(30), settings: {}, key: "B-AVC-4K-S-30" },
    { px: [4096, 2160], rate: fps(30), settings: {}, key: "B-AVC-4K-S-30" },
    { px: [4098, 2160], rate: fps(30), settings: {}, key: "B-AVC-8K-S-30" },
    { px: [1280, 720], rate: fps(30_000, 1001), settings: {}, key: "B-AVC-HD-S-30" },
    { px: [1280, 720], rate: fps(3003, 100), settings: {}, key: "B-AVC-HD-S-30" },
    { px: [1280, 720], rate: fps(61, 2), settings: {}, key: "B-AVC-HD-S-60" },
    { px: [1280, 720], rate: fps(60), settings: {}, key: "B-AVC-HD-S-60" },
    { px: [1280, 720], rate: fps(120), settings: {}, key: "B-AVC-HD-S-120" },
    { px: [1280, 720], rate: fps(60), settings: hq, key: "P-AVC-HD-SHQ-60" },
    {
      px: [1280, 720],
      rate: fps(30),
      settings: { QualityTuningLevel: "MULTI_PASS_HQ" },
      key: "P-AVC-HD-MHQ-30",
    },
    {
      px: [640, 360],
      rate: fps(60),
      settings: { ...hq, FramerateNumerator: 30, FramerateDenominator: 1 },
      key: "P-AVC-SD-SHQ-30",
    },
  ] as const)("$px at $rate as $key", ({ px, rate, settings, key }) => {
    expect(keyOf(output([...px], settings), rate)).toBe(key);
  });

  it("as professional when it is deinterlaced, whatever else is basic", () => {
    expect(keyOf(output([640, 360], {}, deinterlaced), fps(25))).toBe("P-AVC-SD-S-30");
  });

  it("by another codec under its own name, as professional", () => {
    const hevc: Output = {
      VideoDescription: { Width: 1280, Height: 720, CodecSettings: { Codec: "H_265" } },
    };
    expect(keyOf(hevc, fps(30))).toBe("P-HEVC-HD-S-30");
  });

  it("apart when it is sound alone, or pictures", () => {
    expect(keyOf({ AudioDescriptions: [{}] }, undefined)).toBe("audio-only");
    const pictures: Output = {
      VideoDescription: { Width: 320, Height: 180, CodecSettings: { Codec: "FRAME_CAPTURE" } },
    };
    expect(keyOf(pictures, fps(30))).toBe("frame-capture");
  });
});

describe("a minute", () => {
  it.each([
    { key: "B-AVC-SD-S-30", usd: 0.0075, confidence: "medium" },
    { key: "P-AVC-HD-SHQ-30", usd: 0.024, confidence: "medium" },
    { key: "P-AVC-HD-SHQ-60", usd: 0.048, confidence: "low" },
    { key: "P-AVC-4K-SHQ-30", usd: 0.048, confidence: "low" },
    { key: "P-AVC-4K-SHQ-60", usd: 0.096, confidence: "low" },
    { key: "P-AVC-SD-S-30", usd: 0.012, confidence: "low" },
    { key: "B-AVC-HD-S-120", usd: 0.06, confidence: "low" },
    { key: "audio-only", usd: 0.005, confidence: "medium" },
  ])("under $key costs $usd, known $confidence", ({ key, usd, confidence }) => {
    const row = priced(prices, key);
    expect(row?.usd).toBeCloseTo(usd, 10);
    expect(row?.confidence).toBe(confidence);
    if (confidence === "low") expect(row?.source).toMatch(/^derived: /);
  });

  it.each(["P-HEVC-HD-SHQ-30", "P-AVC-HD-MHQ-30", "B-AVC-8K-S-30", "captions", "toString"])(
    "under %s costs nobody knows what, which is not nothing",
    (key) => expect(priced(prices, key)).toBeUndefined(),
  );

  it("costs what the operator's own file says, in the short form too", () => {
    const own = Prices.parse({
      region: "eu-central-1",
      currency: "USD",
      asOf: "2026-11-01",
      source: "operator's copy",
      confidence: "high",
      rates: { "B-AVC-HD-S-30": 0.017 },
      multipliers: { "60/30": 3 },
      minimumSeconds: 10,
      stepMinutes: 0.01,
    });
    expect(priced(own, "B-AVC-HD-S-30")).toMatchObject({ usd: 0.017, asOf: "2026-11-01" });
    expect(priced(own, "B-AVC-HD-S-60")?.usd).toBeCloseTo(0.051, 10);
    expect(priced(own, "B-AVC-SD-S-30")).toBeUndefined();
    expect(priced(own, "frame-capture")?.usd).toBe(0);
  });
});
