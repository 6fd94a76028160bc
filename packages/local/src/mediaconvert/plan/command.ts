import { inputGuards } from "../../ffmpeg/guards.ts";
import type { Encode, Plan, PlannedCaptures, PlannedOutput } from "./types.ts";

/** One file (or row of files) that ffmpeg writes, named by us alone. */
export type Made =
  /** every track of the fragmented groups in one file; the packager cuts it */
  | { kind: "pool"; file: string; encodes: Encode[] }
  | { kind: "mp4"; file: string; encodes: Encode[]; output: PlannedOutput }
  /** `list` says how long each segment is */
  | {
      kind: "ts";
      file: string;
      list: string;
      encodes: Encode[];
      output: PlannedOutput;
      seconds: number;
    }
  | { kind: "captures"; file: string; captures: PlannedCaptures; output: PlannedOutput };

/** What a plan makes, file by file. */
export function filesOf(plan: Plan): Made[] {
  const pool = new Set<Encode>();
  const rest: Made[] = [];
  for (const [g, group] of plan.groups.entries()) {
    for (const [o, output] of group.outputs.entries()) {
      const encodes = encodesOf(output);
      const name = `g${g}o${o}`;
      if (output.captures) {
        rest.push({
          kind: "captures",
          file: `${name}.%07d.jpg`,
          captures: output.captures,
          output,
        });
      } else if (group.type === "FILE_GROUP_SETTINGS") {
        rest.push({ kind: "mp4", file: `${name}.mp4`, encodes, output });
      } else if (group.type === "HLS_GROUP_SETTINGS") {
        const seconds = group.group.OutputGroupSettings?.HlsGroupSettings?.SegmentLength ?? 10;
        const { video } = output;
        const cut = video?.cadence.forced
          ? (video.cadence.forced * video.rate.den) / video.rate.num
          : seconds;
        rest.push({
          kind: "ts",
          file: `${name}_%05d.ts`,
          list: `${name}.csv`,
          encodes,
          output,
          seconds: cut,
        });
      } else {
        for (const encode of encodes) pool.add(encode);
      }
    }
  }
  const inOrder = [...pool].sort((a, b) => (a.kind === b.kind ? 0 : a.kind === "video" ? -1 : 1));
  return inOrder.length > 0
    ? [{ kind: "pool", file: "pool.mp4", encodes: inOrder }, ...rest]
    : rest;
}

export function encodesOf(output: PlannedOutput): Encode[] {
  return [...(output.video ? [output.video.encode] : []), ...output.audios.map((a) => a.encode)];
}

/**
 * The one ffmpeg of a job: its arguments, to be run in a folder that holds nothing but `source`.
 *
 * @param out folder for everything it makes, with a trailing slash
 */
export function command(plan: Plan, files: readonly Made[], out: string): string[] {
  return [
    ...["-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-nostats", "-progress", "pipe:1"],
    ...inputGuards(),
    // a graph that began anew where the size changes would forget where the pictures were
    ...["-ignore_unknown", "-noautorotate", "-reinit_filter:v", "0", "-i", "source"],
    ...["-filter_complex", plan.graph.join(";")],
    ...sections(files).flatMap((section) => sectionArgs(section, out)),
  ];
}

/** Files that share an encoder are written by one tee; the others on their own. */
function sections(files: readonly Made[]): Made[][] {
  const found: Made[][] = [];
  for (const file of files) {
    const shared = (section: Made[]) =>
      section.some((other) => encodesIn(other).some((encode) => encodesIn(file).includes(encode)));
    const joined = found.filter(shared);
    const merged = [...joined.flat(), file];
    for (const section of joined) found.splice(found.indexOf(section), 1);
    found.push(merged);
  }
  return found;
}

function encodesIn(file: Made): Encode[] {
  return file.kind === "captures" ? [] : file.encodes;
}

function sectionArgs(section: readonly Made[], out: string): string[] {
  const [first] = section;
  if (!first) return [];
  if (first.kind === "captures") return captureArgs(first, out);
  const encodes = [...new Set(section.flatMap(encodesIn))].sort((a, b) =>
    a.kind === b.kind ? 0 : a.kind === "video" ? -1 : 1,
  );
  const args = encodes.flatMap((encode) => ["-map", `[${encode.pad}]`]);
  for (const [encode, stream] of streamsOf(encodes)) {
    for (const [name, value] of encode.options) args.push(`-${name}:${stream}`, value);
  }
  args.push("-map_metadata", "-1", "-map_chapters", "-1");
  const places = new Map(streamsOf(encodes));
  for (const file of section) {
    if (file.kind !== "mp4" && file.kind !== "ts") continue;
    for (const { encode, language } of file.output.audios) {
      args.push(`-metadata:s:${places.get(encode)}`, `language=${language}`);
    }
  }
  if (section.length === 1) return [...args, ...muxArgs(first, out)];
  const slaves = section.map((file) => {
    const select = encodesIn(file).map((encode) => places.get(encode));
    const options = teeOptions(file, out);
    return `[select=\\'${select.join(",")}\\':${options}]${out}${file.file}`;
  });
  return [...args, "-flags", "+global_header", "-f", "tee", slaves.join("|")];
}

/** Each encoder with its place among those of its kind: `v:0`, `a:1`. */
function streamsOf(encodes: readonly Encode[]): Array<[Encode, string]> {
  let videos = 0;
  let audios = 0;
  return encodes.map((encode) => {
    const place = encode.kind === "video" ? `v:${videos++}` : `a:${audios++}`;
    return [encode, place];
  });
}

function muxArgs(file: Made, out: string): string[] {
  const path = out + file.file;
  switch (file.kind) {
    case "ts":
      return [
        ...["-f", "segment"],
        ...Object.entries(segmentOptions(file, out)).flatMap(([name, value]) => [
          `-${name}`,
          value,
        ]),
        path,
      ];
    case "mp4":
      return [...(fastStart(file.output) ? ["-movflags", "+faststart"] : []), "-f", "mp4", path];
    default:
      return ["-f", "mp4", path];
  }
}

function teeOptions(file: Made, out: string): string {
  if (file.kind === "ts") {
    const options = Object.entries(segmentOptions(file, out)).map((entry) => entry.join("="));
    return ["f=segment", ...options].join(":");
  }
  if (file.kind === "mp4" && fastStart(file.output)) return "f=mp4:movflags=+faststart";
  return "f=mp4";
}

function segmentOptions(file: Extract<Made, { kind: "ts" }>, out: string): Record<string, string> {
  return {
    segment_format: "mpegts",
    segment_start_number: "1",
    segment_time: (file.seconds - SLACK_SECONDS).toFixed(4),
    segment_list: out + file.list,
    segment_list_type: "csv",
  };
}

function fastStart(output: PlannedOutput): boolean {
  return output.output.ContainerSettings?.Mp4Settings?.MoovPlacement !== "NORMAL";
}

function captureArgs(file: Extract<Made, { kind: "captures" }>, out: string): string[] {
  const { pad, rate, max, quantiser } = file.captures;
  return [
    ...[
      "-map",
      `[${pad}]`,
      "-c:v",
      "mjpeg",
      "-q:v",
      String(quantiser),
      "-r",
      `${rate.num}/${rate.den}`,
    ],
    ...["-frames:v", String(max), "-map_metadata", "-1"],
    ...["-f", "image2", "-start_number", "0", out + file.file],
  ];
}

/** Key frames lie exactly on the cut; a little room keeps rounding from missing one. */
const SLACK_SECONDS = 0.005;
