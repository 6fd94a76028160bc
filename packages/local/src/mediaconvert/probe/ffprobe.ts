import { statSync } from "node:fs";
import { join } from "node:path";
import { inputGuards } from "../../ffmpeg/guards.ts";
import { ask } from "../../ffmpeg/run.ts";
import { type Media, type Ratio, reduce, type Track } from "./media.ts";
import { frameRate } from "./rate.ts";

/** The program said no: what it printed tells why. */
export class Unreadable extends Error {
  override name = "Unreadable";
}

/** One stream, as far as ffprobe's JSON is read here. */
interface Stream {
  index: number;
  codec_type?: string;
  codec_name?: string;
  codec_tag_string?: string;
  profile?: string;
  level?: number;
  pix_fmt?: string;
  width?: number;
  height?: number;
  sample_aspect_ratio?: string;
  avg_frame_rate?: string;
  r_frame_rate?: string;
  field_order?: string;
  color_primaries?: string;
  color_transfer?: string;
  color_space?: string;
  color_range?: string;
  bits_per_raw_sample?: string;
  bits_per_sample?: number;
  duration?: string;
  start_time?: string;
  bit_rate?: string;
  channels?: number;
  channel_layout?: string;
  sample_rate?: string;
  disposition?: Record<string, number>;
  tags?: Record<string, string>;
  side_data_list?: Array<Record<string, unknown>>;
}

interface Answer {
  format?: { format_name?: string; duration?: string; tags?: Record<string, string> };
  streams?: Stream[];
  packets?: Array<{ stream_index: number; pts_time?: string; dts_time?: string }>;
}

/**
 * Reads what is in a file, with the guards a stranger's file needs.
 *
 * @param jail a folder with nothing else in it
 * @throws Unreadable
 */
export async function inspect(
  ffprobe: string,
  jail: string,
  name = "source",
  options: { signal?: AbortSignal; guarded?: boolean } = {},
): Promise<Media> {
  const ran = await ask({
    program: ffprobe,
    args: [
      "-v",
      "error",
      ...(options.guarded === false ? ["-protocol_whitelist", "file"] : inputGuards()),
      "-show_format",
      "-show_streams",
      "-show_entries",
      "packet=stream_index,pts_time,dts_time",
      "-read_intervals",
      `%+#${PACKETS_READ}`,
      "-of",
      "json",
      "-i",
      name,
    ],
    folder: jail,
    timeoutMs: 60_000,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (ran.code !== 0) throw new Unreadable(ran.messages.trim() || `ffprobe ended with ${ran.code}`);
  let answer: Answer;
  try {
    answer = JSON.parse(ran.output) as Answer;
  } catch (cause) {
    throw new Unreadable("ffprobe did not print JSON", { cause });
  }
  const mayVary = /mov|matroska|webm/.test(answer.format?.format_name ?? "");
  const tracks = (answer.streams ?? [])
    .filter((stream) => stream.disposition?.attached_pic !== 1)
    .map((stream) => trackOf(stream, answer.packets ?? [], mayVary));
  const longest = Math.max(
    0,
    ...tracks.map((track) => ("durationMs" in track ? (track.durationMs ?? 0) : 0)),
  );
  return {
    format: formatWord(answer.format?.format_name ?? "", answer.format?.tags?.major_brand),
    tracks,
    durationMs: ms(answer.format?.duration) ?? longest,
    sizeBytes: statSync(join(jail, name)).size,
    startTimecode: timecodeOf(answer),
  };
}

function trackOf(stream: Stream, packets: NonNullable<Answer["packets"]>, mayVary: boolean): Track {
  const language = stream.tags?.language ?? "und";
  const common = {
    index: stream.index,
    codec: stream.codec_name ?? "unknown",
    profile: stream.profile ?? "",
    durationMs: ms(stream.duration) ?? tagMs(stream.tags?.DURATION),
    startMs: ms(stream.start_time) ?? 0,
    bitrate: Number(stream.bit_rate) || undefined,
  };
  if (stream.codec_type === "video") {
    const times = packets
      .filter((packet) => packet.stream_index === stream.index)
      .map((packet) => Number(packet.pts_time ?? packet.dts_time) * 1000)
      .filter(Number.isFinite);
    const rate = frameRate(
      times,
      ratio(stream.avg_frame_rate),
      ratio(stream.r_frame_rate),
      mayVary,
    );
    const pixelFormat = stream.pix_fmt ?? "";
    return {
      kind: "video",
      ...common,
      fourCC: stream.codec_tag_string ?? "",
      level: stream.level ?? -99,
      pixelFormat,
      bitDepth: Number(stream.bits_per_raw_sample) || depthOf(pixelFormat),
      width: stream.width ?? 0,
      height: stream.height ?? 0,
      aspect: aspectOf(stream.sample_aspect_ratio),
      rotation: rotationOf(stream),
      frameRate: rate.rate,
      variableRate: rate.variable,
      interlaced: fieldOf(stream.field_order),
      primaries: stream.color_primaries ?? "",
      transfer: stream.color_transfer ?? "",
      matrix: stream.color_space ?? "",
      range: stream.color_range ?? "",
      sideData: stream.side_data_list ?? [],
    };
  }
  if (stream.codec_type === "audio") {
    return {
      kind: "audio",
      ...common,
      channels: stream.channels ?? 0,
      layout: stream.channel_layout ?? "",
      sampleRate: Number(stream.sample_rate) || 0,
      bitDepth: Number(stream.bits_per_raw_sample) || stream.bits_per_sample || 16,
      language,
    };
  }
  return { kind: "data", index: stream.index, codec: common.codec, language };
}

/** AWS's words for containers. */
function formatWord(names: string, brand = ""): string {
  if (names.includes("mov,mp4")) {
    if (brand.startsWith("qt")) return "quicktime";
    if (brand.startsWith("3gp")) return "three_gp";
    if (brand.startsWith("3g2")) return "three_g2";
    return brand === "" ? "quicktime" : "mp4";
  }
  if (names.includes("matroska")) return "matroska";
  const words: Record<string, string> = {
    mpegts: "mpegts",
    mpeg: "mpegps",
    avi: "avi",
    wav: "wave",
    mp3: "mp3",
    flac: "flac",
    ogg: "ogg",
    asf: "asf",
    mxf: "mxf",
    aac: "aac",
    ac3: "ac3",
    eac3: "eac3",
  };
  return words[names.split(",")[0] ?? ""] ?? "";
}

function timecodeOf(answer: Answer): string | undefined {
  const tagged = [answer.format?.tags, ...(answer.streams ?? []).map((stream) => stream.tags)];
  return tagged.map((tags) => tags?.timecode).find((timecode) => timecode !== undefined);
}

/** Clockwise degrees from the display matrix (ffprobe counts the other way) or the old tag. */
function rotationOf(stream: Stream): number {
  const matrix = stream.side_data_list?.find((data) => "rotation" in data)?.rotation;
  const clockwise = matrix !== undefined ? -Number(matrix) : Number(stream.tags?.rotate ?? 0);
  const turned = ((clockwise % 360) + 360) % 360;
  return [90, 180, 270].find((angle) => Math.abs(turned - angle) <= 1) ?? 0;
}

function aspectOf(text: string | undefined): Ratio {
  const found = ratio(text);
  return found && found.num > 0 ? found : { num: 1, den: 1 };
}

function fieldOf(order: string | undefined): "top" | "bottom" | undefined {
  if (order === "tt" || order === "tb") return "top";
  return order === "bb" || order === "bt" ? "bottom" : undefined;
}

function depthOf(pixelFormat: string): number {
  const found = /(9|10|12|14|16)(le|be)$/.exec(pixelFormat);
  return found ? Number(found[1]) : 8;
}

function ratio(text: string | undefined): Ratio | undefined {
  const found = /^(\d+)[/:](\d+)$/.exec(text ?? "");
  if (!found || Number(found[2]) === 0) return undefined;
  return reduce(Number(found[1]), Number(found[2]));
}

function ms(seconds: string | undefined): number | undefined {
  const value = Number(seconds);
  return seconds !== undefined && Number.isFinite(value) ? value * 1000 : undefined;
}

/** Matroska writes each track's length as a tag, `00:00:02.000000000`. */
function tagMs(text: string | undefined): number | undefined {
  const found = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)/.exec(text ?? "");
  if (!found) return undefined;
  return (Number(found[1]) * 3600 + Number(found[2]) * 60 + Number(found[3])) * 1000;
}

/** Enough to tell a constant rate from a variable one, and quick on a long film. */
const PACKETS_READ = 1500;
