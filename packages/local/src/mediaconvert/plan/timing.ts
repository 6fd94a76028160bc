import type { H264Settings, InputClipping } from "@aws-sdk/client-mediaconvert";
import type { Ratio, VideoTrack } from "../probe/media.ts";
import { JobError } from "../problem.ts";

/** A part of the source, in seconds from its first picture; `end` is not included. */
export interface Span {
  start: number;
  end: number;
}

/** Frames per second of an output; the output is always constant. */
export function outputRate(
  settings: {
    FramerateControl?: string | undefined;
    FramerateNumerator?: number | undefined;
    FramerateDenominator?: number | undefined;
  },
  track: VideoTrack,
): Ratio {
  if (settings.FramerateControl === "SPECIFIED") {
    return { num: settings.FramerateNumerator ?? 30, den: settings.FramerateDenominator ?? 1 };
  }
  const rate = track.frameRate.num / track.frameRate.den;
  if (!track.variableRate && rate <= FASTEST) return track.frameRate;
  // an average is rounded up to a rate in use
  return { num: steps.find((step) => step >= rate - 0.001) ?? 60, den: 1 };
}

const steps = [1, 5, 10, 15, 24, 30, 50, 60];
/** What H.264 outputs go up to. */
const FASTEST = 120;

/** Frames between key frames, and between segments. */
export interface Cadence {
  gop: number;
  /** a key frame is made at every multiple; undefined when nothing is cut */
  forced: number | undefined;
  fixed: boolean;
}

/**
 * @param segment undefined for a file that is not cut
 */
export function cadence(
  settings: Pick<H264Settings, "GopSize" | "GopSizeUnits" | "SceneChangeDetect">,
  rate: Ratio,
  segment: { seconds: number; exact: boolean } | undefined,
): Cadence {
  const fps = rate.num / rate.den;
  const fixed = settings.SceneChangeDetect === "DISABLED";
  const asked = gopFrames(settings, fps);
  if (!segment) return { gop: asked ?? frames(AUTO_GOP_SECONDS * fps), forced: undefined, fixed };
  const length = frames(segment.seconds * fps);
  if (asked === undefined) {
    const parts = Math.max(1, Math.round(segment.seconds / AUTO_GOP_SECONDS));
    return { gop: Math.ceil(length / parts), forced: length, fixed };
  }
  const forced = segment.exact ? length : Math.ceil(length / asked - 0.01) * asked;
  return { gop: Math.min(asked, forced), forced, fixed };
}

function gopFrames(
  settings: Pick<H264Settings, "GopSize" | "GopSizeUnits">,
  fps: number,
): number | undefined {
  if (!settings.GopSize || settings.GopSizeUnits === "AUTO") return undefined;
  return frames(settings.GopSizeUnits === "SECONDS" ? settings.GopSize * fps : settings.GopSize);
}

function frames(value: number): number {
  return Math.max(1, Math.round(value));
}

const AUTO_GOP_SECONDS = 2;

/**
 * The parts of a source that a job takes, in order.
 *
 * @param origin the timecode of the first picture
 * @throws JobError 1060 when a part is not in the source
 */
export function spans(
  clips: readonly InputClipping[],
  source: { seconds: number; rate: Ratio; origin: number },
): Span[] {
  const fps = source.rate.num / source.rate.den;
  const total = Math.max(1, Math.round(source.seconds * fps));
  let before = -1;
  return clips.map((clip) => {
    const first = clip.StartTimecode ? frameOf(clip.StartTimecode, fps) - source.origin : 0;
    const last = clip.EndTimecode ? frameOf(clip.EndTimecode, fps) - source.origin : total - 1;
    if (first < 0 || first >= total || last < first || first <= before) {
      throw new JobError(
        1060,
        `Clip ${clip.StartTimecode ?? ""}-${clip.EndTimecode ?? ""} is not in the input, which has ${total} frames.`,
      );
    }
    before = last;
    return { start: first / fps, end: (Math.min(last, total - 1) + 1) / fps };
  });
}

/** Frames since 00:00:00:00; with `;` the numbers that drop-frame counting leaves out are left out. */
export function frameOf(timecode: string, fps: number): number {
  const found = /^(\d\d):(\d\d):(\d\d)([:;])(\d\d)$/.exec(timecode);
  if (!found) throw new JobError(1060, `${timecode} is not a timecode.`);
  const [hours, minutes, seconds, frame] = [found[1], found[2], found[3], found[5]].map(Number);
  const nominal = Math.round(fps);
  const wholeMinutes = (hours ?? 0) * 60 + (minutes ?? 0);
  const count = (wholeMinutes * 60 + (seconds ?? 0)) * nominal + (frame ?? 0);
  if (found[4] !== ";") return count;
  const dropped = Math.round(nominal / 15);
  return count - dropped * (wholeMinutes - Math.floor(wholeMinutes / 10));
}
