import type {
  AudioSelector,
  Input,
  JobSettings,
  VideoSelector,
} from "@aws-sdk/client-mediaconvert";
import {
  type AudioTrack,
  audiosOf,
  type Media,
  type VideoTrack,
  videosOf,
} from "../probe/media.ts";
import { JobError } from "../problem.ts";
import { frameOf, type Span, spans } from "./timing.ts";

/** What a job takes out of its input. */
export interface Source {
  media: Media;
  video: VideoTrack | undefined;
  /** clockwise degrees to turn the picture by */
  turn: number;
  /** undefined: all of it */
  spans: Span[] | undefined;
  /** of what is taken, the longest track */
  seconds: number;
  audio(name: string | undefined): Heard;
}

/** What an audio description hears: a track, or silence. */
export type Heard = { kind: "track"; track: AudioTrack; offsetMs: number } | { kind: "silence" };

/**
 * @throws JobError 1040 for a track that is not there, 1060 for a clip outside, 1021 when
 *   there is nothing to hear and nothing to see
 */
export function sourceOf(media: Media, settings: JobSettings, input: Input): Source {
  const video = videosOf(media).sort((a, b) => size(b) - size(a) || a.index - b.index)[0];
  const rotate = input.VideoSelector?.Rotate ?? "DEGREE_0";
  const asked = Number(/\d+$/.exec(rotate)?.[0] ?? 0);
  const turn = rotate === "AUTO" ? (video?.rotation ?? 0) : asked;
  const whole = media.durationMs / 1000;
  const parts = input.InputClippings?.length
    ? spans(input.InputClippings, clock(media, video, settings, input))
    : undefined;
  const seconds = parts ? parts.reduce((sum, part) => sum + part.end - part.start, 0) : whole;
  return {
    media,
    video: video && size(video) > 0 ? coloured(video, input.VideoSelector) : undefined,
    turn,
    spans: parts,
    seconds,
    audio: (name) => heard(media, input.AudioSelectors ?? {}, name),
  };
}

/** The colours a job says, instead of those of the file, or where the file says none. */
function coloured(video: VideoTrack, selector: VideoSelector | undefined): VideoTrack {
  const colours = spaces[selector?.ColorSpace ?? "FOLLOW"];
  const keeps = selector?.ColorSpaceUsage === "FALLBACK" && video.matrix !== "";
  return colours && !keeps ? { ...video, ...colours } : video;
}

const spaces: Record<string, Pick<VideoTrack, "primaries" | "transfer" | "matrix"> | undefined> = {
  REC_601: { primaries: "smpte170m", transfer: "smpte170m", matrix: "smpte170m" },
  REC_709: { primaries: "bt709", transfer: "bt709", matrix: "bt709" },
  HDR10: { primaries: "bt2020", transfer: "smpte2084", matrix: "bt2020nc" },
  HLG_2020: { primaries: "bt2020", transfer: "arib-std-b67", matrix: "bt2020nc" },
};

/** The timeline that clips are written in. Audio alone counts hundredths of a second. */
function clock(media: Media, video: VideoTrack | undefined, settings: JobSettings, input: Input) {
  const rate = video?.frameRate ?? { num: 100, den: 1 };
  const fps = rate.num / rate.den;
  const source = input.TimecodeSource ?? settings.TimecodeConfig?.Source ?? "EMBEDDED";
  const start =
    source === "SPECIFIEDSTART"
      ? input.TimecodeStart
      : source === "EMBEDDED"
        ? media.startTimecode
        : undefined;
  const seconds = (video?.durationMs ?? media.durationMs) / 1000;
  return { seconds, rate, origin: start ? frameOf(start, fps) : 0 };
}

function heard(
  media: Media,
  selectors: Record<string, AudioSelector>,
  name = "Audio Selector 1",
): Heard {
  const selector =
    selectors[name] ??
    Object.values(selectors).find((candidate) => candidate.DefaultSelection === "DEFAULT");
  if (!selector) return { kind: "silence" };
  const tracks = audiosOf(media);
  const offsetMs = selector.Offset ?? 0;
  if (selector.SelectorType === "LANGUAGE_CODE" || (selector.LanguageCode && !selector.Tracks)) {
    const wanted = selector.LanguageCode?.toLowerCase();
    const track = tracks.find((candidate) => candidate.language === wanted);
    return track ? { kind: "track", track, offsetMs } : { kind: "silence" };
  }
  const number = selector.Tracks?.[0];
  const track = tracks[(number ?? 1) - 1];
  if (track) return { kind: "track", track, offsetMs };
  if (number !== undefined && tracks.length > 0) {
    throw new JobError(
      1040,
      `Audio track ${number} is not in input 1, which has ${tracks.length}.`,
    );
  }
  return { kind: "silence" };
}

function size(track: VideoTrack): number {
  return track.width * track.height;
}
