import type { FrameCaptureSettings, VideoDescription } from "@aws-sdk/client-mediaconvert";
import type { Ratio, VideoTrack } from "../probe/media.ts";
import { JobError } from "../problem.ts";
import type { Fit, Size } from "./size.ts";
import type { Span } from "./timing.ts";

/** What every output of a job sees alike: fields woven, upright, in standard range. */
export function common(
  track: VideoTrack,
  turn: number,
  described: readonly VideoDescription[],
  canToneMap: boolean,
): string[] {
  // does nothing, until a stream changes its size in the middle: then all that follows stays as it is
  const filters = [`scale=${track.width}:${track.height}`];
  const forced = described.some(
    (one) => one.VideoPreprocessors?.Deinterlacer?.Control === "FORCE_ALL_FRAMES",
  );
  if (track.interlaced || forced) {
    const parity =
      track.interlaced === "bottom" ? "bff" : track.interlaced === "top" ? "tff" : "auto";
    filters.push(`yadif=mode=send_frame:parity=${parity}:deint=all`);
  }
  if (isHdr(track)) {
    if (!canToneMap) {
      throw new JobError(
        1030,
        "This build of ffmpeg cannot turn HDR into standard range (zscale).",
      );
    }
    filters.push(...toneMap(track, described));
  }
  if (turn === 90) filters.push("transpose=clock");
  if (turn === 180) filters.push("hflip", "vflip");
  if (turn === 270) filters.push("transpose=cclock");
  return filters;
}

export function isHdr(track: VideoTrack): boolean {
  return track.transfer === "smpte2084" || track.transfer === "arib-std-b67";
}

function toneMap(track: VideoTrack, described: readonly VideoDescription[]): string[] {
  const vivid = described.some(
    (one) => one.VideoPreprocessors?.ColorCorrector?.HdrToSdrToneMapper === "VIBRANT",
  );
  const curve = vivid && track.transfer === "smpte2084" ? "mobius" : "hable";
  const matrix = track.matrix === "bt2020c" ? "2020_cl" : "2020_ncl";
  return [
    `zscale=tin=${track.transfer}:pin=2020:min=${matrix}:t=linear:npl=100`,
    "format=gbrpf32le",
    "zscale=p=bt709",
    `tonemap=${curve}:desat=0`,
    "zscale=t=bt709:m=bt709:r=tv",
    "format=yuv420p",
  ];
}

/** Colour tags of what comes out, as encoder options; nothing when the source says nothing. */
export function colourTags(track: VideoTrack | undefined) {
  if (!track) return [];
  if (isHdr(track)) return tags("bt709", "bt709", "bt709");
  const known = [track.primaries, track.transfer, track.matrix];
  if (!known.every((word) => standard.has(word))) return [];
  return tags(track.primaries, track.transfer, track.matrix);
}

function tags(primaries: string, transfer: string, matrix: string) {
  return [
    ["color_primaries", primaries],
    ["color_trc", transfer],
    ["colorspace", matrix],
  ] as const;
}

const standard = new Set(["bt709", "smpte170m", "bt470bg", "smpte240m"]);

/**
 * A constant rate from time 0: what begins late is begun with its first picture.
 *
 * @param frames how many come out of a cut source; the 2018 build would repeat the last one up to
 *   where the cut began
 */
export function steady(rate: Ratio, frames?: number): string[] {
  const pace = `fps=fps=${rate.num}/${rate.den}:start_time=0`;
  return frames === undefined ? [pace] : [pace, `trim=end_frame=${frames}`];
}

/** Scaling, cropping and padding to a {@link Fit}. */
export function shape(fitted: Fit): string[] {
  const { scale, crop, pad } = fitted;
  const filters = [`scale=${scale.width}:${scale.height}:flags=bicubic`];
  if (crop) filters.push(`crop=${crop.width}:${crop.height}`);
  if (pad) filters.push(`pad=${pad.width}:${pad.height}:(ow-iw)/2:(oh-ih)/2`);
  filters.push("setsar=1");
  return filters;
}

/**
 * The first picture and then one every so many seconds. `fps=1/5` would take the middle of each
 * slot, and the picture writer would repeat what `select` left.
 */
export function captures(settings: FrameCaptureSettings): { filters: string[]; rate: Ratio } {
  const rate = { num: settings.FramerateNumerator ?? 1, den: settings.FramerateDenominator ?? 1 };
  const slot = (time: string) => `floor(${time}*${rate.num}/${rate.den}+0.0001)`;
  return {
    rate,
    filters: [
      `select='isnan(prev_selected_t)+gt(${slot("t")}\\,${slot("prev_selected_t")})'`,
      `setpts=N*${rate.den}/${rate.num}/TB`,
    ],
  };
}

/** Takes a part of the pictures, counted in frames of a constant rate, and begins it at 0. */
export function takePictures(part: Span, rate: Ratio): string[] {
  const frame = (seconds: number) => Math.round((seconds * rate.num) / rate.den);
  return [
    `trim=start_frame=${frame(part.start)}:end_frame=${frame(part.end)}`,
    `setpts=N*${rate.den}/${rate.num}/TB`,
  ];
}

/** Takes the sound of the same part. */
export function takeSound(part: Span): string[] {
  const start = part.start.toFixed(6);
  return [`atrim=start=${start}:end=${part.end.toFixed(6)}`, `asetpts=PTS-${start}/TB`];
}

/** Whether a size can come from a larger picture of the same job instead of from the source. */
export function cascades(from: Size, to: Size): boolean {
  return from.width >= to.width && from.height >= to.height;
}
