import type { Output } from "@aws-sdk/client-mediaconvert";
import { shown, type VideoTrack } from "../probe/media.ts";
import { JobError } from "../problem.ts";
import { type Canvas, canvas } from "./canvas.ts";
import { made, openPictures } from "./parts.ts";
import * as picture from "./picture.ts";
import type { Source } from "./source.ts";

/** Everything with pictures; undefined when no output has any. */
export interface Scene {
  track: VideoTrack;
  width: number;
  height: number;
  canvas: Canvas;
  count(): number;
}

/** Opens the pictures of a source; black ones where it has none and the outputs say enough. */
export function scene(
  source: Source,
  outputs: readonly Output[],
  canToneMap: boolean,
): Scene | undefined {
  const described = outputs.flatMap((output) => output.VideoDescription ?? []);
  if (described.length === 0) return undefined;
  let counted = 0;
  const count = () => {
    counted += 1;
    return counted;
  };
  const { video } = source;
  if (!video) {
    const track = blackTrack(outputs);
    const filter = `color=c=black:s=${track.width}x${track.height}:r=${track.frameRate.num}/${track.frameRate.den}`;
    const opened = made(filter, `trim=end=${source.seconds.toFixed(6)}`);
    return { track, width: track.width, height: track.height, canvas: canvas(opened, []), count };
  }
  const opened = openPictures(video.index, source.spans, video.frameRate);
  const prepared = picture.common(video, source.turn, described, canToneMap);
  return { track: video, ...shown(video, source.turn), canvas: canvas(opened, prepared), count };
}

/**
 * Black pictures for a source without any, when outputs say size and rate themselves.
 *
 * @throws JobError 1040
 */
function blackTrack(outputs: readonly Output[]): VideoTrack {
  const films = outputs.flatMap((output) => {
    const codec = output.VideoDescription?.CodecSettings;
    return codec?.Codec === "H_264" ? [{ output, asked: codec.H264Settings ?? {} }] : [];
  });
  const explicit = films.every(
    ({ output, asked }) =>
      output.VideoDescription?.Width &&
      output.VideoDescription.Height &&
      asked.FramerateControl === "SPECIFIED",
  );
  const first = films[0];
  if (!first || !explicit) {
    throw new JobError(1040, "Input 1 has no video whose size and frame rate could be followed.");
  }
  return {
    kind: "video",
    index: -1,
    codec: "",
    fourCC: "",
    profile: "",
    level: -99,
    pixelFormat: "yuv420p",
    bitDepth: 8,
    width: first.output.VideoDescription?.Width ?? 0,
    height: first.output.VideoDescription?.Height ?? 0,
    aspect: { num: 1, den: 1 },
    rotation: 0,
    frameRate: {
      num: first.asked.FramerateNumerator ?? 30,
      den: first.asked.FramerateDenominator ?? 1,
    },
    variableRate: false,
    interlaced: undefined,
    primaries: "",
    transfer: "",
    matrix: "",
    range: "",
    durationMs: undefined,
    startMs: 0,
    bitrate: undefined,
    sideData: [],
  };
}
