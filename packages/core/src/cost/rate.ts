import type { Output } from "@aws-sdk/client-mediaconvert";
import type { Rate } from "../source/found.ts";
import { type Prices, type Row, row } from "./prices.ts";

export const AUDIO_ONLY = "audio-only";
export const FRAME_CAPTURE = "frame-capture";

/**
 * The key an output is billed under, in the shape of AWS's price list without its region:
 * `B-AVC-HD-S-30` is basic, H.264, HD, single pass, up to 30 pictures a second.
 *
 * @param source how often the source shows a picture; outputs that do not say follow it
 */
export function keyOf(output: Output, source: Rate | undefined): string {
  const { VideoDescription: video } = output;
  if (!video) return AUDIO_ONLY;
  const settings = video.CodecSettings ?? {};
  if (settings.Codec === "FRAME_CAPTURE") return FRAME_CAPTURE;
  const codec = CODECS[settings.Codec ?? ""] ?? String(settings.Codec);
  const { QualityTuningLevel, FramerateNumerator, FramerateDenominator } =
    settings.H264Settings ?? {};
  const pass = PASSES[QualityTuningLevel ?? "SINGLE_PASS"] ?? "S";
  const rate =
    FramerateNumerator && FramerateDenominator
      ? { numerator: FramerateNumerator, denominator: FramerateDenominator }
      : source;
  // one setting decides the tier, and a deinterlacer is one. Source: user report of 2020
  const basic =
    BASIC_CODECS.includes(codec) && pass === "S" && !video.VideoPreprocessors?.Deinterlacer;
  return [
    basic ? "B" : "P",
    codec,
    sizeOf(video.Width ?? 0, video.Height ?? 0),
    pass,
    paceOf(rate),
  ].join("-");
}

const CODECS: Readonly<Record<string, string>> = { H_264: "AVC", H_265: "HEVC" };
const BASIC_CODECS: readonly string[] = ["AVC", "VP8", "VP9"];
const PASSES: Readonly<Record<string, string>> = {
  SINGLE_PASS: "S",
  SINGLE_PASS_HQ: "SHQ",
  MULTI_PASS: "M",
  MULTI_PASS_HQ: "MHQ",
};

/** By the shorter side, so that a portrait film costs what a landscape one does. */
function sizeOf(widthPx: number, heightPx: number): string {
  const [short = 0, long = 0] = [widthPx, heightPx].sort((one, other) => one - other);
  if (short > 2160 || long > 4096) return "8K";
  if (short > 1080 || long > 1920) return "4K";
  return short < 720 ? "SD" : "HD";
}

/** 30000/1001 is a 30, and so is what a variable rate averages to near it. */
function paceOf(rate: Rate | undefined): string {
  const perSecond = rate ? Math.round((rate.numerator / rate.denominator) * 10) / 10 : 30;
  if (perSecond <= 30) return "30";
  return perSecond <= 60 ? "60" : "120";
}

/**
 * The price of a minute under a key. Without a row of its own, the nearest row of the same family
 * and codec times the multipliers between them, which is a guess and says so.
 *
 * @returns undefined when nobody knows
 */
export function priced(prices: Prices, key: string): Row | undefined {
  const exact = row(prices, key);
  if (exact) return exact;
  if (key === FRAME_CAPTURE) return NOT_COUNTED;
  const wanted = key.split("-");
  const near = Object.keys(prices.rates)
    .flatMap((other) => {
      const found = between(prices, wanted, other.split("-"));
      const known = row(prices, other);
      return found && known ? [{ ...found, known }] : [];
    })
    .sort((one, other) => one.steps - other.steps || other.known.usd - one.known.usd)[0];
  if (!near) return undefined;
  const { known, factor } = near;
  return {
    ...known,
    usd: known.usd * factor,
    source: `derived: ${factor} times a row near it (${known.source})`,
    confidence: "low",
  };
}

/** Nobody knows what pictures cost. They count nothing unless a file of prices says otherwise. */
const NOT_COUNTED: Row = {
  usd: 0,
  source: "not known: counted as nothing",
  asOf: "2026",
  confidence: "low",
};

/** How often one key's price goes into another's, and over how many steps. */
function between(
  prices: Prices,
  wanted: string[],
  known: string[],
): { factor: number; steps: number } | undefined {
  if (wanted.length !== known.length) return undefined;
  let factor = 1;
  let steps = 0;
  for (const [at, part] of wanted.entries()) {
    const other = known[at] ?? "";
    if (part === other) continue;
    const way = walk(LADDERS[at] ?? [], other, part, prices.multipliers);
    if (!way) return undefined;
    factor *= way.factor;
    steps += way.steps;
  }
  return { factor, steps };
}

/** Sizes, passes and paces in order: a multiplier leads from one to the next. */
const LADDERS: readonly (readonly string[])[] = [
  [],
  [],
  ["SD", "HD", "4K"],
  ["SHQ", "S"],
  ["30", "60", "120"],
];

function walk(
  ladder: readonly string[],
  from: string,
  to: string,
  multipliers: Prices["multipliers"],
): { factor: number; steps: number } | undefined {
  const [first, last] = [ladder.indexOf(from), ladder.indexOf(to)];
  if (first < 0 || last < 0) return undefined;
  let factor = 1;
  for (let at = Math.min(first, last); at < Math.max(first, last); at += 1) {
    const step = multipliers[`${ladder[at + 1]}/${ladder[at]}`];
    if (step === undefined) return undefined;
    factor *= first < last ? step : 1 / step;
  }
  return { factor, steps: Math.abs(last - first) };
}
