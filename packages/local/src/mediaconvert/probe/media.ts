/** A fraction in lowest terms. */
export interface Ratio {
  num: number;
  den: number;
}

export interface VideoTrack {
  kind: "video";
  /** ffmpeg's number of the stream */
  index: number;
  codec: string;
  fourCC: string;
  profile: string;
  level: number;
  pixelFormat: string;
  bitDepth: number;
  width: number;
  height: number;
  /** of one sample */
  aspect: Ratio;
  /** clockwise degrees the container asks for: 0, 90, 180, 270 */
  rotation: number;
  /** constant frames per second; for variable ones the average */
  frameRate: Ratio;
  variableRate: boolean;
  interlaced: "top" | "bottom" | undefined;
  primaries: string;
  transfer: string;
  matrix: string;
  range: string;
  /** of this track alone, where the container knows */
  durationMs: number | undefined;
  startMs: number;
  bitrate: number | undefined;
  sideData: Array<Record<string, unknown>>;
}

export interface AudioTrack {
  kind: "audio";
  index: number;
  codec: string;
  profile: string;
  channels: number;
  layout: string;
  sampleRate: number;
  bitDepth: number;
  durationMs: number | undefined;
  startMs: number;
  bitrate: number | undefined;
  /** ISO 639-2, `und` when unknown */
  language: string;
}

export interface DataTrack {
  kind: "data";
  index: number;
  codec: string;
  language: string;
}

export type Track = VideoTrack | AudioTrack | DataTrack;

/** What was found in one source. Attached pictures are not tracks. */
export interface Media {
  /** AWS's word, such as `mp4`; empty when it has none */
  format: string;
  tracks: Track[];
  durationMs: number;
  sizeBytes: number;
  /** `HH:MM:SS:FF`, or with `;` for drop frame */
  startTimecode: string | undefined;
}

export function videosOf(media: Media): VideoTrack[] {
  return media.tracks.filter((track) => track.kind === "video");
}

export function audiosOf(media: Media): AudioTrack[] {
  return media.tracks.filter((track) => track.kind === "audio");
}

/** Width and height as a viewer sees them: square pixels, turned as asked. */
export function shown(track: VideoTrack, turn: number): { width: number; height: number } {
  const width = (track.width * track.aspect.num) / track.aspect.den;
  return turn % 180 === 0
    ? { width, height: track.height }
    : { width: track.height, height: width };
}

export function reduce(num: number, den: number): Ratio {
  const divisor = gcd(Math.abs(num), Math.abs(den)) || 1;
  return { num: num / divisor, den: den / divisor };
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
