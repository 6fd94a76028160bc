import { Problem } from "../problem/index.ts";
import type { Found, Rate } from "../source/found.ts";
import type { Options } from "./options.ts";
import {
  isProfile,
  type Level,
  levels,
  type Profile,
  profileNames,
  profileOf,
  type Tuning,
  USUAL,
} from "./profiles.ts";

export { Options } from "./options.ts";
export { isProfile, ProfileName } from "./profiles.ts";

/** One rendition: what size, how often a picture, how many bits at most. */
export interface Rung {
  widthPx: number;
  heightPx: number;
  /** How much detail is kept, 1 to 10. Source: MediaConvert, quality-defined variable bitrate. */
  quality: number;
  maxKbps: number;
  /** Absent: as often as the source. */
  frameRate?: Rate;
}

/** What will be made of a film. Kept with the attempt: the job and its promises come from it. */
export interface Plan {
  profile: string;
  tuning: Tuning;
  /** Largest first; empty when only sound is made. */
  rungs: Rung[];
  audio?: { kbps: number; sampleRateHz: number };
  /** Interlaced sources become progressive. */
  deinterlace: boolean;
  /** The source's pixels are not square; the outputs' are. */
  squarePixels: boolean;
  /** The source has a high dynamic range; the outputs do not. */
  toneMap: boolean;
  /** Everything in one file, beside the stream. */
  download: boolean;
  pictures?: Pictures;
}

export interface Pictures {
  posterPx: Size;
  /** The poster is the second capture, this far into the film; 0 is a film's first picture. */
  posterAtSeconds: number;
  thumbnails?: Thumbnails;
}

export interface Thumbnails {
  sizePx: Size;
  everySeconds: number;
  /** Most of them there may be. */
  atMost: number;
}

export interface Size {
  widthPx: number;
  heightPx: number;
}

/** The profiles there are, as people are told of them. */
export function profiles(): { name: string; description: string; maxLines: number }[] {
  return profileNames.map((name) => {
    const { description, linesPx } = profileOf(name);
    return { name, description, maxLines: linesPx[0] ?? 0 };
  });
}

/**
 * Plans what is made of what was found in the source. Never enlarges; goes by the shorter side, so
 * a portrait film climbs as high as a landscape one.
 *
 * @throws Problem `ProfileUnknown`
 * @throws Problem `SourceWithoutAudio` when only sound is asked for and there is none
 */
export function plan(found: Found, profile: string = USUAL, options: Options = {}): Plan {
  if (!isProfile(profile)) throw new Problem("ProfileUnknown", { profile });
  const asked = profileOf(profile);
  const video = asked.linesPx.length > 0 ? found.video : undefined;
  const { audio } = found;
  if (!video && !audio) throw new Problem("SourceWithoutAudio");
  return {
    profile,
    tuning: asked.tuning,
    rungs: video ? rungs(video, asked) : [],
    ...(audio ? { audio: { kbps: audio.channels === 1 ? 96 : 128, sampleRateHz: 48_000 } } : {}),
    deinterlace: video?.interlaced ?? false,
    squarePixels: video ? video.pixelAspect.numerator !== video.pixelAspect.denominator : false,
    toneMap: video?.highDynamicRange ?? false,
    download: options.download ?? true,
    ...(video ? { pictures: pictures(video, found.durationMs, options) } : {}),
  };
}

type Video = NonNullable<Found["video"]>;

function rungs(video: Video, profile: Profile): Rung[] {
  const rates = cadence(video.frameRate);
  const sizes = steps(video, profile).map((linesPx) => scaled(video, linesPx));
  const distinct = sizes.filter((size, at) => size.widthPx !== sizes[at - 1]?.widthPx);
  return distinct.map((size, at) => {
    const linesPx = Math.min(size.widthPx, size.heightPx);
    const level = levelFor(size, profile);
    // the best rung moves as the source does, however small the source is
    const calm = profile.calm || (at > 0 && linesPx < HIGH_RATE_FROM_PX);
    const rate = calm ? rates.low : rates.full;
    const perSecond = rate ? perSec(rate) : perSec(video.frameRate);
    return {
      ...size,
      quality: level.quality,
      maxKbps: Math.round((perSecond > 31 ? 1.5 : 1) * level.maxKbps),
      ...(rate ? { frameRate: rate } : {}),
    };
  });
}

/** Shorter sides to make, largest first: the source's own when it is no step's, then those below. */
function steps(video: Video, { linesPx }: Profile): number[] {
  const own = even(Math.min(video.widthPx, video.heightPx));
  const below = linesPx.filter((px) => px <= own);
  const top = below[0];
  if (own > (linesPx[0] ?? 0)) return below;
  return top === undefined || own >= top * WORTH_A_STEP ? [own, ...below] : below;
}

/** A picture this much larger than the next step deserves a rung of its own. */
const WORTH_A_STEP = 1.1;
/** Below this many lines, and below the best rung, 30 pictures a second are enough. */
const HIGH_RATE_FROM_PX = 720;

/** The film's shape with the shorter side at `linesPx`, in even numbers, never above the source. */
export function scaled(source: Size, linesPx: number): Size {
  const short = Math.min(source.widthPx, source.heightPx);
  const long = Math.max(source.widthPx, source.heightPx);
  const scale = Math.min(1, linesPx / short, WIDEST_PX / long);
  const fit = (px: number) => Math.max(2, Math.min(even(px), 2 * Math.round((px * scale) / 2)));
  return { widthPx: fit(source.widthPx), heightPx: fit(source.heightPx) };
}

/** The longest side an H.264 level that players know may have. */
const WIDEST_PX = 4096;

function even(px: number): number {
  return px - (px % 2);
}

/** Quality and ceiling for a size, between the two of the profile's steps it lies between. */
function levelFor(size: Size, { linesPx }: Profile): { quality: number; maxKbps: number } {
  const pixels = size.widthPx * size.heightPx;
  const area = (level: Level) => (level.linesPx * level.linesPx * 16) / 9;
  const known = levels.filter((level) => linesPx.includes(level.linesPx));
  const above = known.findLast((level) => area(level) >= pixels);
  const below = known.find((level) => area(level) <= pixels);
  if (!above) return first(known);
  if (!below) return last(known);
  const span = area(above) - area(below);
  const share = span === 0 ? 1 : (pixels - area(below)) / span;
  const maxKbps = below.maxKbps + share * (above.maxKbps - below.maxKbps);
  return { quality: share > 0.5 ? above.quality : below.quality, maxKbps: Math.round(maxKbps) };
}

/**
 * How often the rungs show a picture. Up to 60 a second the source is followed; above, every
 * second (or third ...) picture is kept. Small rungs of a fast film keep half.
 */
export function cadence(source: Rate): { full?: Rate; low?: Rate } {
  const perSecond = perSec(source);
  if (perSecond <= 31) return {};
  const steady = STEADY.find((rate) => Math.abs(perSec(rate) - perSecond) < 0.05);
  if (steady) return { low: half(steady) };
  if (perSecond <= 61) {
    // a variable rate: the encoder would round up on its own, each rung must round alike
    const full = perSecond <= 50 ? { numerator: 50, denominator: 1 } : SIXTY;
    return { full, low: half(full) };
  }
  const every = Math.ceil(perSecond / 60.5);
  const full = reduced({ ...source, denominator: source.denominator * every });
  return {
    full,
    low: perSec(full) > 31 ? half(full) : full,
  };
}

const SIXTY: Rate = { numerator: 60, denominator: 1 };
const STEADY: Rate[] = [
  { numerator: 48_000, denominator: 1001 },
  { numerator: 48, denominator: 1 },
  { numerator: 50, denominator: 1 },
  { numerator: 60_000, denominator: 1001 },
  SIXTY,
];

function pictures(video: Video, durationMs: number, options: Options): Pictures {
  const seconds = durationMs / 1000;
  return {
    posterPx: scaled(video, 720),
    posterAtSeconds: posterAt(seconds, options.posterAtSeconds),
    ...(options.thumbnails === false
      ? {}
      : {
          thumbnails: {
            sizePx: scaled(video, 180),
            everySeconds: Math.max(1, Math.ceil(seconds / MOST_THUMBNAILS)),
            atMost: MOST_THUMBNAILS,
          },
        }),
  };
}

/** A tenth into the film, or the moment asked for: past the end it is the last one worth seeing. */
function posterAt(seconds: number, asked: number | undefined): number {
  if (asked === undefined) {
    return seconds > 2 ? Math.max(1, Math.min(10, Math.floor(seconds / 10))) : 0;
  }
  return Math.round(Math.max(0, Math.min(asked, seconds - LAST_SECONDS)) * 1000) / 1000;
}

/** So long before the end there is a picture, at whatever rate. */
const LAST_SECONDS = 0.5;
const MOST_THUMBNAILS = 100;

export function perSec(rate: Rate): number {
  return rate.numerator / rate.denominator;
}

function half(rate: Rate): Rate {
  return reduced({ ...rate, denominator: rate.denominator * 2 });
}

function reduced(rate: Rate): Rate {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  const by = gcd(rate.numerator, rate.denominator);
  return { numerator: rate.numerator / by, denominator: rate.denominator / by };
}

function first(list: readonly Level[]): Level {
  return list[0] as Level;
}

function last(list: readonly Level[]): Level {
  return list[list.length - 1] as Level;
}
