import type { Job as Found } from "@aws-sdk/client-mediaconvert";
import * as Encoder from "../aws/encoder.ts";
import * as Config from "../config/index.ts";
import type { VideoId } from "../id/id.ts";
import type { Source } from "../intake/intake.ts";
import * as Job from "../job/index.ts";

/** Finds the job of an attempt by what it reads and what it carries. */
export async function lookUp(
  videoId: VideoId,
  attempt: number,
  source: Source,
): Promise<Found | undefined> {
  for (const job of await Encoder.reading(Job.inputOf(source))) {
    if (isOf(job, videoId, attempt)) return job;
  }
  return undefined;
}

export function isOf(job: Found, videoId: VideoId, attempt: number): boolean {
  const { name, stage } = Config.app();
  const carried = job.UserMetadata ?? {};
  return (
    carried.app === name &&
    carried.stage === stage &&
    carried.videoId === videoId &&
    carried.attempt === String(attempt)
  );
}
