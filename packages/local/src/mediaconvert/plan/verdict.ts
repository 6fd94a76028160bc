import { type Box, boxes, find, readBody, topBoxes } from "../package/boxes.ts";
import type { Media, Track } from "../probe/media.ts";
import { JobError } from "../problem.ts";

/**
 * What the service would refuse although this machine could decode it: a film that only works
 * here would be a surprise after the deploy. Lenient skips this.
 *
 * @throws JobError 1030
 */
export function judge(media: Media): void {
  const isMp4 = ["mp4", "quicktime", "three_gp", "three_g2"].includes(media.format);
  for (const track of media.tracks) {
    const reason = refused(track, isMp4);
    if (reason) {
      throw new JobError(1030, `Track ${track.index + 1}: ${reason} is not supported as input.`);
    }
  }
}

function refused(track: Track, isMp4: boolean): string | undefined {
  if (track.kind === "video") {
    if (track.codec === "h264" && /444|gbrp/.test(track.pixelFormat)) return "H.264 High 4:4:4";
    if (isMp4 && track.codec === "mjpeg") return "Motion JPEG in MP4";
    if (refusedVideo.has(track.codec)) return `video codec ${track.codec}`;
  }
  if (track.kind === "audio") {
    if (isMp4 && track.codec === "opus") return "Opus in MP4";
    if (refusedAudio.has(track.codec)) return `audio codec ${track.codec}`;
  }
  return undefined;
}

/** Source: supported input codecs, MediaConvert user guide. */
const refusedVideo = new Set([
  "wmv1",
  "wmv2",
  "msmpeg4v1",
  "msmpeg4v2",
  "msmpeg4v3",
  "flv1",
  "vp6",
  "vp6f",
  "vp6a",
  "svq1",
  "svq3",
  "rv10",
  "rv20",
  "rv30",
  "rv40",
  "cinepak",
  "indeo3",
]);
const refusedAudio = new Set(["cook", "ra_144", "ra_288", "nellymoser", "speex", "qdm2", "atrac3"]);

/**
 * Looks at the boxes of an MP4 or MOV, which tell two things no decoder says clearly: that the
 * index is missing, and that the tracks are encrypted (they probe as plain AVC and AAC).
 *
 * @throws JobError 1075 without an index, 1030 when encrypted
 */
export function judgeBoxes(file: string): void {
  const top = topBoxes(file);
  const moov = top.find((box) => box.type === "moov");
  if (!moov) throw new JobError(1075, "Input 1 has no index (moov): it is not complete.");
  const index = readIndex(file, moov);
  if (!find(index, "mvhd")) throw new JobError(1075, "Input 1 has an index that is not whole.");
  for (const trak of boxes(index)) {
    if (trak.type !== "trak") continue;
    const stsd = find(index, "mdia/minf/stbl/stsd", trak.start, trak.end);
    if (!stsd) continue;
    for (const entry of boxes(index, stsd.start + 8, stsd.end)) {
      if (entry.type === "encv" || entry.type === "enca") {
        throw new JobError(1030, "Input 1 is encrypted.");
      }
    }
  }
}

function readIndex(file: string, moov: Box): Buffer {
  try {
    return readBody(file, moov, MOST_SOURCE_INDEX_BYTES);
  } catch (cause) {
    throw new JobError(1075, "Input 1 has an index larger than any film needs.", { cause });
  }
}

const MOST_SOURCE_INDEX_BYTES = 256 * 1024 * 1024;
