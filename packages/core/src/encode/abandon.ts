import { Attempt } from "../attempt/index.ts";
import * as Encoder from "../aws/encoder.ts";
import type { VideoId } from "../id/id.ts";
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

/** A job may exist although nobody wrote its id down. */
async function maybeJob(begun: Attempt.Attempt): Promise<string | undefined> {
  if (begun.createTriedAtMs === undefined || !begun.source) return undefined;
  return (await lookUp(begun.videoId, begun.attempt, begun.source))?.Id;
}
