import type { Container, ProbeResult, Track as ReportedTrack } from "@aws-sdk/client-mediaconvert";
import type { ObjectFacts } from "../objects.ts";
import { type AudioTrack, type Media, reduce, type Track, type VideoTrack } from "./media.ts";
import { codecs, fractions, matrices, primaries, profiles, transfers } from "./words.ts";

/** What Probe answers. A field is left out when the source does not carry it. */
export function reportOf(media: Media, facts: ObjectFacts): ProbeResult {
  const seconds = media.durationMs / 1000;
  const container: Container = {
    Format: media.format as NonNullable<Container["Format"]>,
    ...(seconds > 0
      ? { Duration: rounded(seconds), BitRate: Math.round((facts.sizeBytes * 8) / seconds) }
      : {}),
    ...(media.startTimecode ? { StartTimecode: media.startTimecode } : {}),
    Tracks: media.tracks.map((track, index) => reported(track, index + 1, seconds)),
  };
  const indexes = (kind: Track["kind"]) =>
    media.tracks.flatMap((track, index) => (track.kind === kind ? [index + 1] : []));
  return {
    Container: container,
    Metadata: {
      FileSize: facts.sizeBytes,
      ETag: facts.etag,
      LastModified: new Date(Math.floor(facts.storedAtMs / 1000) * 1000),
      MimeType: facts.contentType,
    },
    TrackMappings: [
      {
        VideoTrackIndexes: indexes("video"),
        AudioTrackIndexes: indexes("audio"),
        DataTrackIndexes: indexes("data"),
      },
    ],
  };
}

function reported(track: Track, index: number, containerSeconds: number): ReportedTrack {
  const common = {
    Index: index,
    TrackType: track.kind,
    Codec: codecs(track.codec),
  };
  if (track.kind === "data") {
    return { ...common, DataProperties: language(track.language) };
  }
  const seconds = track.durationMs === undefined ? containerSeconds : track.durationMs / 1000;
  const timed = { ...common, ...(seconds > 0 ? { Duration: rounded(seconds) } : {}) };
  return track.kind === "video"
    ? { ...timed, VideoProperties: videoProperties(track) }
    : { ...timed, AudioProperties: audioProperties(track) };
}

function videoProperties(track: VideoTrack): NonNullable<ReportedTrack["VideoProperties"]> {
  const display = reduce(track.width * track.aspect.num, track.height * track.aspect.den);
  const colours = {
    ...word("ColorPrimaries", primaries(track.primaries)),
    ...word("TransferCharacteristics", transfers(track.transfer)),
    ...word("MatrixCoefficients", matrices(track.matrix)),
  };
  const hdr = hdrMetadata(track);
  return {
    Width: track.width,
    Height: track.height,
    BitDepth: track.bitDepth,
    ...(track.bitrate ? { BitRate: track.bitrate } : {}),
    FrameRate: fractions(track.frameRate),
    SampleAspectRatio: fractions(track.aspect),
    DisplayAspectRatio: fractions(display),
    ...(track.rotation ? { Rotation: track.rotation } : {}),
    ...colours,
    ...(hdr ? { HdrMetadata: hdr } : {}),
    ...(["h264", "hevc", "mpeg2video"].includes(track.codec)
      ? {
          CodecMetadata: {
            ...word("Profile", profiles(track)),
            ...word("Level", level(track)),
            ...word("ChromaSubsampling", chroma(track)),
            BitDepth: track.bitDepth,
            ScanType: track.interlaced ? "Interlaced" : "Progressive",
            ...(track.interlaced
              ? { FieldOrder: track.interlaced === "top" ? "TopFieldFirst" : "BottomFieldFirst" }
              : {}),
            Width: track.width,
            Height: track.height,
            CodedFrameRate: fractions(track.frameRate),
            ...colours,
          },
        }
      : {}),
  };
}

function audioProperties(track: AudioTrack): NonNullable<ReportedTrack["AudioProperties"]> {
  const perFrame: Record<string, number> = {
    aac: 1024,
    mp3: 1152,
    mp2: 1152,
    ac3: 1536,
    eac3: 1536,
  };
  const samples = perFrame[track.codec];
  return {
    Channels: track.channels,
    ...word("ChannelLayout", track.layout || undefined),
    SampleRate: track.sampleRate,
    BitDepth: track.bitDepth,
    ...(track.bitrate ? { BitRate: track.bitrate } : {}),
    ...language(track.language),
    ...(samples && track.sampleRate
      ? { FrameRate: fractions(reduce(track.sampleRate, samples)) }
      : {}),
  };
}

/** Chromaticity times 50 000, luminance times 10 000. */
function hdrMetadata(track: VideoTrack) {
  const find = (type: string) => track.sideData.find((data) => data.side_data_type === type);
  const mastering = find("Mastering display metadata");
  const light = find("Content light level metadata");
  if (!mastering && !light) return undefined;
  const scaled = (name: string, factor: number) => {
    const [num, den] = String(mastering?.[name] ?? "")
      .split("/")
      .map(Number);
    return num !== undefined && den ? Math.round((num / den) * factor) : 0;
  };
  return {
    ...(mastering
      ? {
          MasteringDisplayColorVolume: {
            RedPrimaryX: scaled("red_x", 50_000),
            RedPrimaryY: scaled("red_y", 50_000),
            GreenPrimaryX: scaled("green_x", 50_000),
            GreenPrimaryY: scaled("green_y", 50_000),
            BluePrimaryX: scaled("blue_x", 50_000),
            BluePrimaryY: scaled("blue_y", 50_000),
            WhitePointX: scaled("white_point_x", 50_000),
            WhitePointY: scaled("white_point_y", 50_000),
            MaxLuminance: scaled("max_luminance", 10_000),
            MinLuminance: scaled("min_luminance", 10_000),
          },
        }
      : {}),
    ...(light
      ? {
          ContentLightLevel: {
            MaxContentLightLevel: Number(light.max_content ?? 0),
            MaxFrameAverageLightLevel: Number(light.max_average ?? 0),
          },
        }
      : {}),
  };
}

function level(track: VideoTrack): string | undefined {
  if (track.level <= 0) return undefined;
  if (track.codec === "h264") return (track.level / 10).toFixed(1);
  if (track.codec === "hevc") return (track.level / 30).toFixed(1);
  return undefined;
}

function chroma(track: VideoTrack): string | undefined {
  const found = /4(\d)(\d)/.exec(track.pixelFormat);
  return found ? `4:${found[1]}:${found[2]}` : undefined;
}

function language(code: string): { LanguageCode?: string } {
  return code === "und" ? {} : { LanguageCode: code };
}

function word<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]?: Value });
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
