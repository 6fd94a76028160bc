import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { JobSettings } from "@aws-sdk/client-mediaconvert";
import { capabilities } from "../../ffmpeg/capabilities.ts";
import type { Tools } from "../../ffmpeg/find.ts";
import type { Caller } from "../../kernel/caller.ts";
import { type Objects, parseS3 } from "../objects.ts";
import type { Packaged } from "../package/fragmented.ts";
import { plan } from "../plan/plan.ts";
import type { Plan } from "../plan/types.ts";
import type { Media } from "../probe/media.ts";
import { openSource } from "../probe/open.ts";
import { JobError, type JobWarning } from "../problem.ts";
import { type Delivery, packagePlan } from "./deliver.ts";
import { encodePlan } from "./encode.ts";
import { refusalOf } from "./failure.ts";
import type { Phase } from "./row.ts";

/** One run of one job. */
export interface Work {
  settings: JobSettings;
  objects: Objects;
  tools: () => Tools;
  /** acts under the job's role; may throw a Refusal */
  caller: () => Caller;
  /** a new folder, ours until the end of the run */
  folder: string;
  lenient: boolean;
  startedAtMs: number;
  timeoutMs: number;
  signal: AbortSignal;
  heard: {
    phase(phase: Phase, percent: number, frames?: number): void;
    media(uri: string, media: Media): void;
    command(line: string): void;
    /** the last moment to cancel; false when that has happened */
    finishing(): boolean;
  };
}

export interface Done extends Pick<Delivery, "event" | "job"> {
  warnings: JobWarning[];
}

/**
 * Fetches, looks, plans, encodes, checks, packages and stores. Leaves nothing behind on this disk.
 *
 * @throws JobError
 */
export async function workOn(work: Work): Promise<Done> {
  const jail = join(work.folder, "in");
  const out = join(work.folder, "out");
  try {
    await mkdir(jail, { recursive: true });
    await mkdir(out, { recursive: true });
    const tools = work.tools();
    const caller = attempt(() => work.caller(), "assume");
    const uri = work.settings.Inputs?.[0]?.FileInput ?? "";
    const address = parseS3(uri);
    if (!address) throw new JobError(1010, "Input 1 has no address.");
    work.heard.phase("PROBING", 0);
    await work.objects
      .fetchTo(address.bucket, address.key, join(jail, "source"), caller)
      .catch((error: unknown) => {
        throw refusalOf(error, "read");
      });
    work.signal.throwIfAborted();
    const { lenient, signal } = work;
    const media = await openSource({ ffprobe: tools.ffprobe, jail, lenient, signal });
    work.heard.media(uri, media);
    const { filters } = await capabilities(tools.ffmpeg);
    const canToneMap = filters.has("zscale") && filters.has("tonemap");
    const planned = plan(work.settings, media, { startedAtMs: work.startedAtMs, canToneMap });
    keepInput(planned, `${address.bucket}/${address.key}`);
    work.heard.phase("TRANSCODING", 0);
    const encoded = await encodePlan({
      tools,
      plan: planned,
      jail,
      out,
      timeoutMs: work.timeoutMs,
      signal,
      onProgress: ({ frame, outTimeMs }) =>
        work.heard.phase("TRANSCODING", outTimeMs / 10 / Math.max(planned.seconds, 0.1), frame),
      onCommand: work.heard.command,
    });
    work.heard.phase("UPLOADING", 0);
    await rm(jail, { recursive: true, force: true });
    const delivery = await packagePlan(planned, encoded, out);
    await store(delivery, work, caller, `${address.bucket}/${address.key}`);
    return { event: delivery.event, job: delivery.job, warnings: encoded.warnings };
  } finally {
    await rm(work.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Media first; manifests only when nothing can go wrong any more but storing them. */
async function store(delivery: Delivery, work: Work, caller: Caller, input: string): Promise<void> {
  const all = delivery.groups.flatMap(({ packaged }) => [...packaged.media, ...packaged.manifests]);
  const total = all.reduce((sum, { bytes }) => sum + bytes, 0) || 1;
  let stored = 0;
  const put = async (files: Packaged["media"], place: Delivery["groups"][number]["place"]) => {
    for (const { file, name, contentType, bytes } of files) {
      const key = place.folder + name;
      if (`${place.bucket}/${key}` === input) throw sameInAndOut();
      await work.objects
        .putFile(place.bucket, key, file, { contentType }, caller)
        .catch((error: unknown) => {
          throw refusalOf(error, "write");
        });
      stored += bytes;
      work.heard.phase("UPLOADING", (stored / total) * 100);
    }
  };
  for (const { place, packaged } of delivery.groups) {
    for (const file of packaged.media) {
      work.signal.throwIfAborted();
      await put([file], place);
    }
  }
  if (!work.heard.finishing()) work.signal.throwIfAborted();
  for (const { place, packaged } of delivery.groups) await put(packaged.manifests, place);
}

/** A file output may not be written over its own input: known before anything runs. */
function keepInput(planned: Plan, input: string): void {
  for (const { type, destination, outputs } of planned.groups) {
    if (type !== "FILE_GROUP_SETTINGS") continue;
    for (const { modifier, output, captures } of outputs) {
      if (captures) continue;
      const name = `${destination.base}${modifier}.${output.Extension ?? "mp4"}`;
      if (`${destination.bucket}/${destination.folder}${name}` === input) throw sameInAndOut();
    }
  }
}

function sameInAndOut(): JobError {
  return new JobError(1040, "An output has the same path as input 1.");
}

function attempt<T>(run: () => T, doing: "assume"): T {
  try {
    return run();
  } catch (error) {
    throw refusalOf(error, doing);
  }
}
