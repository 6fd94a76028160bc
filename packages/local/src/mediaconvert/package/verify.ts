import { closeSync, openSync, writeSync } from "node:fs";
import type { PlannedOutput } from "../plan/types.ts";
import type { Media } from "../probe/media.ts";
import { audiosOf, videosOf } from "../probe/media.ts";
import { JobError } from "../problem.ts";
import { boxes, readBody, topBoxes } from "./boxes.ts";

/** How long something is against how long it should be. */
export type Length = "whole" | "short" | "less than half";

/** Half a second or one percent may be missing, whichever is more. */
export function compare(seconds: number, planned: number): Length {
  if (seconds >= planned - Math.max(0.5, planned / 100)) return "whole";
  return seconds < planned / 2 ? "less than half" : "short";
}

/** @throws JobError 1999 when a file is not what was planned */
export function checkFile(found: Media, planned: PlannedOutput): void {
  const video = videosOf(found)[0];
  const audios = audiosOf(found);
  const fits =
    (planned.video
      ? video?.width === planned.video.width && video.height === planned.video.height
      : video === undefined) && audios.length === planned.audios.length;
  if (fits) return;
  const seen = `${video ? `${video.width}x${video.height}` : "no video"}, ${audios.length} audio`;
  throw new JobError(1999, `An output is not what was planned (${seen}).`);
}

/**
 * Makes the pictures of an MP4 upright: ffmpeg copies the source's rotation even where the pixels
 * were turned already, and how to stop it differs from build to build.
 */
export function clearRotation(file: string): void {
  const moovBox = topBoxes(file).find((box) => box.type === "moov");
  if (!moovBox) return;
  const moov = readBody(file, moovBox);
  const descriptor = openSync(file, "r+");
  try {
    for (const trak of boxes(moov)) {
      if (trak.type !== "trak") continue;
      for (const tkhd of boxes(moov, trak.start, trak.end)) {
        if (tkhd.type !== "tkhd") continue;
        const at = tkhd.end - 8 - upright.length; // the matrix stands before width and height
        writeSync(descriptor, upright, 0, upright.length, moovBox.start + at);
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

const upright = Buffer.from(
  "000100000000000000000000000000000001000000000000000000000000000040000000",
  "hex",
);
