/**
 * What every ffmpeg and ffprobe call carries before a file that a stranger made.
 *
 * Only a whitelist of formats stops a playlist, manifest or script that is named like a film from
 * opening other files and addresses; protocol whitelists do not, because a neighbour's film is a
 * local file too. Pixels bound the memory of one frame, streams the work of opening.
 */
export function inputGuards(limits: InputLimits = defaultLimits): string[] {
  return [
    "-format_whitelist",
    formats.join(","),
    "-protocol_whitelist",
    "file",
    "-max_pixels",
    String(limits.maxPixels),
    "-max_streams",
    String(limits.maxStreams),
  ];
}

export interface InputLimits {
  /** of one decoded frame; 8K needs 35 million */
  maxPixels: number;
  maxStreams: number;
}

export const defaultLimits: InputLimits = { maxPixels: 40_000_000, maxStreams: 200 };

/** Demuxers that read one file and nothing beside it. Never hls, dash, concat, image2 or lavfi. */
const formats = [
  "mov",
  "matroska",
  "mpegts",
  "mpeg",
  "avi",
  "flv",
  "asf",
  "ogg",
  "wav",
  "mp3",
  "flac",
  "aac",
  "ac3",
  "eac3",
  "mxf",
  "gif",
];
