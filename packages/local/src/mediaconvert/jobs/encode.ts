import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { encode, type Progress, pasteable } from "../../ffmpeg/run.ts";
import { span } from "../package/cut.ts";
import { readSamples, type SampleTrack } from "../package/samples.ts";
import { checkFile, clearRotation, compare, type Length } from "../package/verify.ts";
import { command, filesOf, type Made } from "../plan/command.ts";
import type { Encode, Plan } from "../plan/types.ts";
import { inspect } from "../probe/ffprobe.ts";
import type { Media } from "../probe/media.ts";
import { JobError, type JobWarning } from "../problem.ts";
import { failureOf, warningsIn } from "./failure.ts";

/** What the one ffmpeg left behind, looked at. */
export interface Encoded {
  files: Made[];
  tracks: Map<Encode, SampleTrack>;
  /** the files of FILE groups, by name */
  media: Map<string, Media>;
  captures: Map<string, number>;
  warnings: JobWarning[];
}

export interface EncodeWork {
  tools: { ffmpeg: string; ffprobe: string };
  plan: Plan;
  /** holds nothing but `source` */
  jail: string;
  /** beside the jail */
  out: string;
  timeoutMs: number;
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
  /** hears the command, in a form that can be pasted into a shell */
  onCommand?: ((line: string) => void) | undefined;
}

/**
 * Runs the plan and holds what came out against it: ffmpeg says that all went well for half a
 * film too.
 *
 * @throws JobError
 */
export async function encodePlan(work: EncodeWork): Promise<Encoded> {
  const files = filesOf(work.plan);
  const args = command(work.plan, files, "../out/");
  work.onCommand?.(pasteable(work.tools.ffmpeg, args));
  const ended = await encode({
    program: work.tools.ffmpeg,
    args,
    folder: work.jail,
    timeoutMs: work.timeoutMs,
    signal: work.signal,
    onProgress: work.onProgress,
  });
  work.signal.throwIfAborted();
  if (ended.code !== 0) throw failureOf(ended);
  const encoded = await look(files, work);
  encoded.warnings.push(...judgeLengths(encoded, work.plan, ended.messages));
  return encoded;
}

/**
 * Looks at every file that was to be made.
 *
 * @throws JobError when one is missing, empty or not what was planned
 */
export async function look(
  files: Made[],
  work: Pick<EncodeWork, "tools" | "out" | "signal">,
): Promise<Encoded> {
  const encoded: Encoded = {
    files,
    tracks: new Map(),
    media: new Map(),
    captures: new Map(),
    warnings: [],
  };
  const names = await readdir(work.out);
  for (const made of files) {
    if (made.kind === "pool") {
      const tracks = readSamples(join(work.out, made.file));
      for (const [index, one] of made.encodes.entries()) {
        const track = tracks[index];
        if (!track || track.kind !== one.kind || track.count === 0) {
          throw new JobError(
            one.kind === "video" ? 1020 : 1021,
            `Nothing was decoded for ${one.pad}.`,
          );
        }
        encoded.tracks.set(one, track);
      }
    } else if (made.kind === "captures") {
      const stem = made.file.replace("%07d.jpg", "");
      const count = names.filter((name) => name.startsWith(stem)).length;
      if (count === 0) throw new JobError(1020, "No picture was decoded.");
      encoded.captures.set(made.file, count);
    } else {
      const name = made.kind === "mp4" ? made.file : made.file.replace("%05d", "00001");
      if (!names.includes(name)) throw new JobError(1020, "Nothing was decoded for an output.");
      if (made.kind === "mp4") clearRotation(join(work.out, name));
      const media = await inspect(work.tools.ffprobe, work.out, name, { signal: work.signal });
      checkFile(media, made.output);
      encoded.media.set(made.file, media);
    }
  }
  return encoded;
}

/** Compares what was promised with what is there. */
function judgeLengths(encoded: Encoded, plan: Plan, messages: string): JobWarning[] {
  const { source } = plan;
  const said = warningsIn(messages);
  const lengths: Length[] = [];
  const measured: Array<{ kind: "video" | "audio"; seconds: number }> = [];
  for (const [one, track] of encoded.tracks) {
    measured.push({ kind: one.kind, seconds: span(track, { first: 0, end: track.count }) });
  }
  for (const [file, media] of encoded.media) {
    if (file.endsWith(".ts")) continue;
    for (const track of media.tracks) {
      if (track.kind === "data" || track.durationMs === undefined) continue;
      measured.push({ kind: track.kind, seconds: track.durationMs / 1000 });
    }
  }
  // a container that knows no length of single tracks promises one for the longest only
  const known = source.video?.durationMs !== undefined && !source.spans;
  const videoSeconds = known ? (source.video?.durationMs ?? 0) / 1000 : undefined;
  for (const { kind, seconds } of measured) {
    if (kind === "video" && videoSeconds !== undefined)
      lengths.push(compare(seconds, videoSeconds));
  }
  const longest = Math.max(0, ...measured.map(({ seconds }) => seconds));
  const hears = measured.some(({ kind }) => kind === "audio");
  if (measured.length > 0 && (hears || source.media.tracks.every(({ kind }) => kind !== "audio"))) {
    lengths.push(compare(longest, plan.seconds));
  }
  if (lengths.includes("less than half")) {
    throw new JobError(1076, "Input 1 ends before half of its length.");
  }
  const warnings: JobWarning[] = [];
  const cut = lengths.includes("short") || said.cutShort;
  if (cut) warnings.push({ code: 220_000, count: 1 });
  else if (said.damagedVideo) warnings.push({ code: 230_008, count: 1 });
  if (!cut && said.damagedAudio) warnings.push({ code: 230_006, count: 1 });
  return warnings;
}
