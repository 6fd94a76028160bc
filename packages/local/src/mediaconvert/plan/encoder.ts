import type { AacSettings, FrameCaptureSettings, H264Settings } from "@aws-sdk/client-mediaconvert";
import { levels } from "../settings/video.ts";
import type { Cadence } from "./timing.ts";

/** Encoder options of one track, without the stream they belong to. */
export type Options = ReadonlyArray<readonly [name: string, value: string]>;

/** H.264 by libx264. The mapping of quality levels is ours: AWS does not tell its own. */
export function h264(settings: H264Settings, cadence: Cadence): Options {
  const params: string[] = [];
  const options: Array<readonly [string, string]> = [
    ["c", "libx264"],
    ["preset", presets[settings.QualityTuningLevel ?? "SINGLE_PASS_HQ"] ?? "veryfast"],
    ["profile", (settings.CodecProfile ?? "HIGH").toLowerCase()],
    ["pix_fmt", "yuv420p"],
    ["g", String(cadence.gop)],
    ["forced-idr", "1"],
  ];
  const level = levels()[settings.CodecLevel ?? "AUTO"];
  if (level) options.push(["level", level]);
  if (cadence.fixed) {
    options.push(["keyint_min", String(cadence.gop)], ["sc_threshold", "0"]);
  } else if (settings.MinIInterval) {
    options.push(["keyint_min", String(settings.MinIInterval)]);
  }
  const forced = forcedFrames(cadence);
  if (forced) options.push(["force_key_frames", `expr:gte(n,n_forced*${forced})`]);
  options.push(...rateOf(settings, params));
  if (settings.NumberReferenceFrames)
    options.push(["refs", String(settings.NumberReferenceFrames)]);
  if (settings.NumberBFramesBetweenReferenceFrames !== undefined) {
    options.push(["bf", String(settings.NumberBFramesBetweenReferenceFrames)]);
  }
  if (settings.Slices) options.push(["slices", String(settings.Slices)]);
  if (settings.GopBReference === "DISABLED") params.push("b-pyramid=none");
  if (settings.DynamicSubGop === "STATIC") params.push("b-adapt=0");
  if (settings.EntropyEncoding === "CAVLC") params.push("cabac=0");
  const strength = aqStrength[settings.AdaptiveQuantization ?? "AUTO"];
  if (strength !== undefined) params.push(strength === 0 ? "aq-mode=0" : `aq-strength=${strength}`);
  if (params.length > 0) options.push(["x264-params", params.join(":")]);
  return options;
}

/**
 * Where key frames are forced. With a fixed distance they are where they would be anyway; saying it
 * the same way in every group lets a download share the encoder of its rung.
 */
function forcedFrames({ fixed, forced, gop }: Cadence): number | undefined {
  return fixed && (forced ?? gop) % gop === 0 ? gop : forced;
}

function rateOf(settings: H264Settings, params: string[]): Options {
  const bitrate = settings.Bitrate ?? 0;
  switch (settings.RateControlMode) {
    case "QVBR": {
      const max = settings.MaxBitrate ?? 0;
      const level = settings.QvbrSettings?.QvbrQualityLevel ?? QUALITY_WHEN_UNSAID;
      const fine = settings.QvbrSettings?.QvbrQualityLevelFineTune ?? 0;
      return [
        ["crf", crfOf(level + fine).toFixed(1)],
        ["maxrate", String(max)],
        ["bufsize", String(settings.HrdBufferSize || max * 2)],
      ];
    }
    case "CBR":
      params.push("nal-hrd=cbr");
      return [
        ["b", String(bitrate)],
        ["minrate", String(bitrate)],
        ["maxrate", String(bitrate)],
        ["bufsize", String(settings.HrdBufferSize || bitrate * 2)],
      ];
    default: {
      const max = settings.MaxBitrate ?? Math.round(bitrate * 1.5);
      return [
        ["b", String(bitrate)],
        ["maxrate", String(max)],
        ["bufsize", String(settings.HrdBufferSize || max * 2)],
      ];
    }
  }
}

/** Quality level 1 to 10 as x264's constant rate factor; smaller is better. */
export function crfOf(level: number): number {
  return 35 - 1.7 * (level - 1);
}

/** The most a video output may need, for names and bandwidths. */
export function peakOf(settings: H264Settings): number {
  return settings.MaxBitrate ?? settings.Bitrate ?? 0;
}

const presets: Record<string, string> = {
  SINGLE_PASS: "superfast",
  SINGLE_PASS_HQ: "veryfast",
  MULTI_PASS_HQ: "medium",
};

const QUALITY_WHEN_UNSAID = 7;

const aqStrength: Record<string, number | undefined> = {
  OFF: 0,
  LOW: 0.6,
  MEDIUM: 0.8,
  HIGH: 1,
  HIGHER: 1.2,
  MAX: 1.4,
};

export function aac(settings: AacSettings): Options {
  return [
    ["c", "aac"],
    ["b", String(aacBitrate(settings))],
    ["profile", "aac_low"],
  ];
}

export function aacBitrate(settings: AacSettings): number {
  return settings.Bitrate ?? 96_000;
}

/** Channels of a coding mode, and what ffmpeg calls their layout. */
export function channelsOf(settings: AacSettings): { count: number; layout: string } {
  switch (settings.CodingMode) {
    case "CODING_MODE_1_0":
      return { count: 1, layout: "mono" };
    case "CODING_MODE_5_1":
      return { count: 6, layout: "5.1" };
    default:
      return { count: 2, layout: "stereo" };
  }
}

/** Quality 1 to 100 as the quantiser of a JPEG, 31 to 2. */
export function jpegScale(settings: FrameCaptureSettings): number {
  const quality = settings.Quality ?? 80;
  return Math.max(2, Math.round(31 - ((quality - 1) * 29) / 99));
}
