import * as Attempt from "../attempt/attempt.ts";
import * as Encoder from "../aws/encoder.ts";
import * as Clock from "../clock/index.ts";
import type { VideoId } from "../id/id.ts";
import { Problem } from "../problem/index.ts";
import { canceled, outcomeOfJob } from "./hear.ts";
import { lookUp } from "./look-up.ts";

/** Stops the job of an attempt that nobody waits for any more. */
export async function stop(videoId: VideoId, attempt: number): Promise<void> {
  const begun = await Attempt.find(videoId, attempt);
  if (!begun || begun.terminal) return;
  const jobId = begun.jobId ?? (await maybeJob(begun));
  if (jobId) await Encoder.cancel(jobId);
}

/** The same, best effort: a job that goes on costs money and changes nothing. */
export async function abandon(videoId: VideoId, attempt: number): Promise<void> {
  await stop(videoId, attempt).catch(() => undefined);
}

/**
 * Sees to it that an attempt's job is over, or never comes to be. Nobody waits for its answer.
 *
 * @returns whether it is over; one that is being stopped has to be asked for again
 */
export async function halt(videoId: VideoId, attempt: number): Promise<"over" | "stopping"> {
  const atMs = Clock.now();
  if (await Attempt.forestall(videoId, attempt, canceled(atMs))) return "over";
  const begun = await Attempt.find(videoId, attempt);
  if (!begun || begun.terminal) return "over";
  const { source, jobId, createTriedAtMs = atMs } = begun;
  const job = source && (await lookUp(videoId, attempt, source));
  if (job?.Id) {
    const outcome = outcomeOfJob(job);
    if (outcome) await Attempt.end(videoId, attempt, outcome, job.Id);
    if (outcome) return "over";
    await Attempt.learnJob(videoId, attempt, job.Id);
    await Encoder.cancel(job.Id);
    return "stopping";
  }
  if (jobId) await Encoder.cancel(jobId);
  // whoever tried may still be at it, and a job is found only a while after it was made
  if (atMs - createTriedAtMs < FOUND_WITHIN_MS) return "stopping";
  const { code, message } = new Problem("EncodeLost");
  await Attempt.end(videoId, attempt, { status: "ERROR", atMs, problem: { code, message } }, jobId);
  return "over";
}

/** A job that nothing was found of for so long after CreateJob does not exist. */
const FOUND_WITHIN_MS = 2 * 60_000;

/** A job may exist although nobody wrote its id down. */
async function maybeJob(begun: Attempt.Attempt): Promise<string | undefined> {
  if (begun.createTriedAtMs === undefined || !begun.source) return undefined;
  return (await lookUp(begun.videoId, begun.attempt, begun.source))?.Id;
}
