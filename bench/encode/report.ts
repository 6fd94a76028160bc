import { type Media, videosOf } from "../../packages/local/src/mediaconvert/probe/media.ts";
import { table } from "../table.ts";
import type { Spent } from "./ways.ts";

export interface Measured {
  job: Spent;
  packaging: Spent;
  alone: Spent[];
  own: Spent[];
}

/** Of several rounds, the least of each: other work on the machine can only add. */
export function leastOf(rounds: readonly Measured[]): Measured {
  const [first] = rounds;
  if (!first) throw new Error("nothing was measured");
  const least = (of: (round: Measured) => Spent | undefined, found: Spent): Spent => ({
    ...found,
    cpuSeconds: Math.min(
      ...rounds.map((round) => of(round)?.cpuSeconds ?? Number.POSITIVE_INFINITY),
    ),
  });
  return {
    job: least(({ job }) => job, first.job),
    packaging: least(({ packaging }) => packaging, first.packaging),
    alone: first.alone.map((one, at) => least(({ alone }) => alone[at], one)),
    own: first.own.map((one, at) => least(({ own }) => own[at], one)),
  };
}

/** What was measured, line by line, and the two ratios. */
export function compared({ job, packaging, alone, own }: Measured, media: Media): string {
  const [video] = videosOf(media);
  const seconds = (media.durationMs / 1000).toFixed(1);
  const whole = job.cpuSeconds + packaging.cpuSeconds;
  const lines = (spent: readonly Spent[]) => spent.map((one) => line(`  ${one.name}`, one));
  const ratio = (of: readonly Spent[]) => (whole / total(of)).toFixed(2);
  return [
    `source: ${video?.width}x${video?.height}, ${seconds} s, ${kbps(media)} kbit/s\n`,
    table([
      ["", "CPU s", "kbit/s of each track"],
      ["the job", whole.toFixed(1), ""],
      line("  its one ffmpeg", job),
      line("  packaging", packaging),
      ["(a) x264 alone", total(alone).toFixed(1), ""],
      ...lines(alone),
      ["(b) one ffmpeg per output", total(own).toFixed(1), ""],
      ...lines(own),
    ]),
    `\nthe job against (a) ${ratio(alone)}, against (b) ${ratio(own)}`,
  ].join("\n");
}

/** Tracks that are shorter than the source by more than half a second: half a job is cheap. */
export function shortOf({ job, alone, own }: Measured, sourceSeconds: number): string[] {
  return [job, ...alone, ...own].flatMap(({ name, pieces }) =>
    pieces
      .filter(({ seconds }) => seconds !== undefined && seconds < sourceSeconds - 0.5)
      .map((piece) => `${name}: ${piece.name} of ${piece.seconds?.toFixed(1)} s`),
  );
}

function line(name: string, { cpuSeconds, pieces }: Spent): string[] {
  const rates = pieces.flatMap((piece) => (piece.kbps ? [String(Math.round(piece.kbps))] : []));
  return [name, cpuSeconds.toFixed(1), rates.join(" ")];
}

function total(spent: readonly Spent[]): number {
  return spent.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}

function kbps({ sizeBytes, durationMs }: Media): number {
  return Math.round((sizeBytes * 8) / durationMs);
}
