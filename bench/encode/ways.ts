import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { JobSettings, Output, OutputGroup } from "@aws-sdk/client-mediaconvert";
import { inputGuards } from "../../packages/local/src/ffmpeg/guards.ts";
import { packagePlan } from "../../packages/local/src/mediaconvert/jobs/deliver.ts";
import { look } from "../../packages/local/src/mediaconvert/jobs/encode.ts";
import { bytesOf, span } from "../../packages/local/src/mediaconvert/package/cut.ts";
import { readSamples } from "../../packages/local/src/mediaconvert/package/samples.ts";
import { command, filesOf, type Made } from "../../packages/local/src/mediaconvert/plan/command.ts";
import { plan } from "../../packages/local/src/mediaconvert/plan/plan.ts";
import type { Encode, Plan } from "../../packages/local/src/mediaconvert/plan/types.ts";
import type { Media } from "../../packages/local/src/mediaconvert/probe/media.ts";
import { run } from "./ffmpeg.ts";

/** One source and what shall become of it. */
export interface Order {
  tools: { ffmpeg: string; ffprobe: string };
  /** holds nothing but `source` */
  jail: string;
  /** beside the jail; each way makes a folder of its own in it */
  outs: string;
  settings: JobSettings;
  media: Media;
  canToneMap: boolean;
}

/** What one track, or one row of pictures, came to. */
export interface Piece {
  /** such as `1280x720`, `sound` or `30 pictures` */
  name: string;
  /** undefined for pictures */
  seconds?: number;
  kbps?: number;
}

export interface Spent {
  name: string;
  cpuSeconds: number;
  pieces: Piece[];
}

/** The job as a film on its way runs it: one ffmpeg, then our packager. */
export async function wholeJob(order: Order): Promise<{ job: Spent; packaging: Spent }> {
  const planned = planOf(order, order.settings.OutputGroups ?? []);
  const { files, out, spent } = await encode(order, planned, "job");
  const before = process.cpuUsage();
  const signal = new AbortController().signal;
  const encoded = await look(files, { tools: order.tools, out, signal });
  await packagePlan(planned, encoded, out);
  const { user, system } = process.cpuUsage(before);
  return {
    job: spent,
    packaging: { name: "packaging", cpuSeconds: (user + system) / 1e6, pieces: [] },
  };
}

/** Each output of the job as if it were the only one: an ffmpeg of its own, with the same settings. */
export async function onePerOutput(order: Order): Promise<Spent[]> {
  const all: Spent[] = [];
  for (const { group, output } of outputsOf(order.settings)) {
    const planned = planOf(order, [{ ...group, Outputs: [output] }]);
    const { spent } = await encode(order, planned, `own${all.length}`);
    all.push({
      ...spent,
      name: `${group.Name} ${spent.pieces.map(({ name }) => name).join(" + ")}`,
    });
  }
  return all;
}

/**
 * libx264 and nothing else, once for each rung, with the options it has in the job: pictures of the
 * right size come raw through a pipe, and what reading that pipe costs is taken off.
 */
export async function x264Alone(order: Order): Promise<Spent[]> {
  const known = new Set<string>();
  const all: Spent[] = [];
  for (const { group, output } of outputsOf(order.settings)) {
    const silent = { ...output, AudioDescriptions: [] };
    const planned = planOf(order, [{ ...group, Outputs: [silent] }]);
    const encode = planned.groups[0]?.outputs[0]?.video?.encode;
    const { Width, Height } = output.VideoDescription ?? {};
    const key = JSON.stringify([Width, Height, encode?.options]);
    if (!encode || known.has(key)) continue;
    known.add(key);
    const folder = await newFolder(order, `alone${all.length}`);
    const file = join(folder, "rung.mp4");
    const from = { args: rawOf(planned, encode) };
    const encoding = await run(order.tools.ffmpeg, encodeOf(encode, file), order.jail, from);
    const reading = await run(order.tools.ffmpeg, READ, order.jail, from);
    const pieces = tracksIn(file);
    all.push({ name: pieces[0]?.name ?? "", cpuSeconds: encoding - reading, pieces });
  }
  return all;
}

function outputsOf(settings: JobSettings): Array<{ group: OutputGroup; output: Output }> {
  return (settings.OutputGroups ?? []).flatMap((group) =>
    (group.Outputs ?? []).map((output) => ({ group, output })),
  );
}

function planOf({ settings, media, canToneMap }: Order, groups: OutputGroup[]): Plan {
  return plan({ ...settings, OutputGroups: groups }, media, { startedAtMs: 0, canToneMap });
}

async function encode(order: Order, planned: Plan, name: string) {
  const out = await newFolder(order, name);
  const files = filesOf(planned);
  const cpuSeconds = await run(order.tools.ffmpeg, command(planned, files, `${out}/`), order.jail);
  const pieces = await Promise.all(files.map((made) => piecesOf(made, out)));
  return { files, out, spent: { name, cpuSeconds, pieces: pieces.flat() } };
}

async function newFolder({ outs }: Order, name: string): Promise<string> {
  const folder = join(outs, name);
  await mkdir(folder, { recursive: true });
  return folder;
}

async function piecesOf(made: Made, out: string): Promise<Piece[]> {
  if (made.kind !== "captures") return tracksIn(join(out, made.file));
  const stem = made.file.replace("%07d.jpg", "");
  const count = (await readdir(out)).filter((name) => name.startsWith(stem)).length;
  return [{ name: `${count} pictures` }];
}

function tracksIn(file: string): Piece[] {
  return readSamples(file).map((track) => {
    const all = { first: 0, end: track.count };
    const seconds = span(track, all);
    const name = track.kind === "video" ? `${track.width}x${track.height}` : "sound";
    return { name, seconds, kbps: (bytesOf(track, all) * 8) / seconds / 1000 };
  });
}

const QUIET = ["-hide_banner", "-loglevel", "error", "-nostats", "-y"];

/** Decodes and prepares the pictures as the job does, and hands them on as they are. */
function rawOf(planned: Plan, { pad }: Encode): string[] {
  return [
    ...[...QUIET, "-nostdin", ...inputGuards()],
    ...["-ignore_unknown", "-noautorotate", "-i", "source"],
    ...["-filter_complex", planned.graph.join(";")],
    ...["-map", `[${pad}]`, "-pix_fmt", "yuv420p", "-f", "yuv4mpegpipe", "pipe:1"],
  ];
}

function encodeOf({ options }: Encode, file: string): string[] {
  const settings = options.flatMap(([name, value]) => [`-${name}:v:0`, value]);
  return [...QUIET, ...PIPE, ...settings, "-f", "mp4", file];
}

const PIPE = ["-f", "yuv4mpegpipe", "-i", "pipe:0"];
const READ = [...QUIET, ...PIPE, "-f", "null", "-"];
