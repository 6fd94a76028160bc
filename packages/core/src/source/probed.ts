import type {
  CodecMetadata,
  FrameRate,
  ProbeResult,
  Track,
  VideoProperties,
} from "@aws-sdk/client-mediaconvert";
import { Problem } from "../problem/index.ts";
import type { Found, Rate } from "./found.ts";
import { sourceLimits as limits } from "./limits.ts";

/**
 * Understands MediaConvert's Probe: what people will see and hear, in one shape.
 *
 * @throws Problem `SourceWithoutMedia`, `SourceTooManyTracks`, `SourceTooManyPixels`,
 * `SourceTooSmall`, `SourceTooLong` or `SourceUnreadable`
 */
export function understand(probed: ProbeResult, sizeBytes: number): Found {
  const container = probed.Container ?? {};
  const tracks = container.Tracks ?? [];
  if (tracks.length > limits.tracks)
    throw new Problem("SourceTooManyTracks", { tracks: tracks.length });
  const sounds = tracks.filter((track) => track.TrackType === "audio");
  const pictures = tracks.filter((track) => track.TrackType === "video");
  const film = pictures.find((track) => !isCover(track, String(container.Format ?? ""), sounds));
  const [sound] = sounds;
  if (!film && !sound) throw new Problem("SourceWithoutMedia");

  const seconds = container.Duration ?? Math.max(0, ...tracks.map((track) => track.Duration ?? 0));
  if (seconds > limits.seconds) throw new Problem("SourceTooLong", { seconds });
  return {
    container: String(container.Format ?? "unknown"),
    durationMs: Math.round(seconds * 1000),
    sizeBytes,
    ...(film ? { video: picture(film) } : {}),
    ...(sound ? { audio: audio(sound, sounds.length) } : {}),
  };
}

function picture(track: Track): NonNullable<Found["video"]> {
  const seen = track.VideoProperties ?? {};
  const width = seen.Width ?? seen.CodecMetadata?.Width ?? 0;
  const height = seen.Height ?? seen.CodecMetadata?.Height ?? 0;
  if (width <= 0 || height <= 0) throw new Problem("SourceUnreadable");
  if (width * height > limits.pixels) throw new Problem("SourceTooManyPixels", { width, height });
  const pixelAspect = pixelAspectOf(seen, width, height);
  const rotation = (((seen.Rotation ?? 0) % 360) + 360) % 360;
  const square = Math.round((width * pixelAspect.numerator) / pixelAspect.denominator);
  const lying = rotation === 90 || rotation === 270;
  const [widthPx, heightPx] = lying ? [height, square] : [square, height];
  if (Math.min(widthPx, heightPx) < limits.leastPx)
    throw new Problem("SourceTooSmall", { width, height });
  const codec = seen.CodecMetadata ?? {};
  const transfer = seen.TransferCharacteristics ?? codec.TransferCharacteristics;
  return {
    codec: track.Codec ?? "UNKNOWN",
    widthPx,
    heightPx,
    frameRate: rate(seen.FrameRate) ??
      rate(codec.CodedFrameRate) ?? { numerator: 30, denominator: 1 },
    rotation,
    pixelAspect,
    interlaced: isInterlaced(codec),
    bitDepth: seen.BitDepth ?? codec.BitDepth ?? 8,
    highDynamicRange: transfer === "SMPTE_2084" || transfer === "ARIB_B67",
    ...(seen.BitRate ? { kbps: Math.round(seen.BitRate / 1000) } : {}),
    ...lasting(track),
  };
}

function audio(track: Track, tracks: number): NonNullable<Found["audio"]> {
  const heard = track.AudioProperties ?? {};
  return {
    codec: track.Codec ?? "UNKNOWN",
    channels: heard.Channels ?? 2,
    ...(heard.SampleRate ? { sampleRateHz: heard.SampleRate } : {}),
    ...(heard.LanguageCode ? { language: String(heard.LanguageCode) } : {}),
    tracks,
    ...(heard.BitRate ? { kbps: Math.round(heard.BitRate / 1000) } : {}),
    ...lasting(track),
  };
}

/** Not every container says it of each track. */
function lasting({ Duration: seconds }: Track): { durationMs?: number } {
  return seconds ? { durationMs: Math.round(seconds * 1000) } : {};
}

/** A song's cover is a picture, not a film. */
function isCover(track: Track, format: string, sounds: Track[]): boolean {
  if (sounds.length === 0) return false;
  if (["mp3", "flac", "wave", "aac", "ac3", "eac3"].includes(format)) return true;
  const still = ["MJPEG", "PNG", "UNCOMPRESSED", "UNKNOWN"].includes(String(track.Codec));
  const { FrameRate: pace, BitRate: bits } = track.VideoProperties ?? {};
  const shown = track.Duration ?? 0;
  return still && (!pace?.Numerator || (bits === undefined && shown === 0));
}

/** The field order is said of interlaced pictures only. */
function isInterlaced(codec: CodecMetadata): boolean {
  if (codec.FieldOrder) return !/^progressive/i.test(codec.FieldOrder);
  return codec.ScanType !== undefined && !/^progressive/i.test(codec.ScanType);
}

function pixelAspectOf(seen: VideoProperties, width: number, height: number): Rate {
  const told = rate(seen.SampleAspectRatio);
  if (told) return told;
  const shown = rate(seen.DisplayAspectRatio);
  const square = { numerator: 1, denominator: 1 };
  if (!shown) return square;
  const aspect = {
    numerator: shown.numerator * height,
    denominator: shown.denominator * width,
  };
  // a display aspect is rounded to two small numbers: near one is one
  return Math.abs(aspect.numerator / aspect.denominator - 1) < 0.02 ? square : aspect;
}

function rate(fraction: FrameRate | undefined): Rate | undefined {
  const { Numerator: numerator, Denominator: denominator } = fraction ?? {};
  if (!numerator || !denominator || numerator <= 0 || denominator <= 0) return undefined;
  return { numerator, denominator };
}
