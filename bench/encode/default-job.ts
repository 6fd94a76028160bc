import { statSync } from "node:fs";
import { join } from "node:path";
import type { JobSettings } from "@aws-sdk/client-mediaconvert";
import * as Job from "../../packages/core/src/job/index.ts";
import * as Ladder from "../../packages/core/src/ladder/index.ts";
import { understand } from "../../packages/core/src/source/probed.ts";
import type { Tools } from "../../packages/local/src/ffmpeg/find.ts";
import type { Media } from "../../packages/local/src/mediaconvert/probe/media.ts";
import { openSource } from "../../packages/local/src/mediaconvert/probe/open.ts";
import { reportOf } from "../../packages/local/src/mediaconvert/probe/report.ts";

/** The job that an upload of `jail/source` would start, and what was found in that source. */
export async function defaultJob(
  tools: Tools,
  jail: string,
): Promise<{ settings: JobSettings; media: Media }> {
  const media = await openSource({ ffprobe: tools.ffprobe, jail, lenient: false });
  const { size: sizeBytes, mtimeMs: storedAtMs } = statSync(join(jail, "source"));
  const facts = { sizeBytes, storedAtMs, etag: '"0"', contentType: "video/mp4" };
  const found = understand(reportOf(media, facts), sizeBytes);
  const job = Job.build({
    videoId: "vid_00000000000000000000000000",
    attempt: 1,
    plan: Ladder.plan(found),
    source: { bucket: "sources", key: "inbox/film.mp4" },
    deliveryBucket: "streams",
    queueArn: "arn:aws:mediaconvert:us-east-1:000000000000:queues/films",
    roleArn: "arn:aws:iam::000000000000:role/encoder",
    app: { name: "rushes", stage: "dev" },
  });
  return { settings: job.Settings ?? {}, media };
}
