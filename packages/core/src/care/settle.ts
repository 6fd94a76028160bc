import * as z from "zod";
import * as Sfn from "../aws/workflow.ts";
import * as Encode from "../encode/index.ts";
import type * as Id from "../id/id.ts";
import * as Intake from "../intake/index.ts";
import { Problem } from "../problem/index.ts";
import * as Video from "../video/index.ts";
import { isEnded, land } from "./land.ts";
import { nameFor } from "./name.ts";

/** Step Functions says that an execution ended badly. */
export const Died = z.object({
  source: z.literal("aws.states"),
  detail: z.object({
    executionArn: z.string().min(1),
    status: z.enum(["FAILED", "TIMED_OUT", "ABORTED"]),
    input: z.string().nullish(),
  }),
});
export type Died = z.infer<typeof Died>;

/**
 * Settles the film of an execution that died. One that failed in order has written its film's end
 * already; then its job is stopped, if it still runs, and the announcement is seen through. One that
 * died before anybody could claim its object is started again: nothing else would ever find it.
 */
export async function settle(event: Died): Promise<void> {
  const { executionArn, status } = event.detail;
  const started = startedWith(event.detail.input ?? (await Sfn.describe(executionArn))?.input);
  const videoId = started && Intake.filmOf(started);
  if (!videoId) return;
  const video = await Video.find(videoId);
  if (started.kind === "arrived" && isUnclaimed(started, video)) {
    const { bucket, object } = started.detail;
    const version = object["version-id"] ?? object.etag ?? object.sequencer ?? "";
    await Sfn.start(nameFor("found", bucket.name, object.key, version), started);
    return;
  }
  if (!video || video.deletedAtMs !== undefined) return;
  if ("claimedBy" in video && video.claimedBy === executionArn) {
    await settleFilm(video, executionArn, `The execution ended ${status}.`);
  }
  if (isEnded(video) && video.settledBy === executionArn) await land(video);
}

/**
 * Ends a film whose execution is dead. Its end is written and announced by the same states as any
 * failure, in an execution of its own: so there is one failure path, and one announcement.
 */
export async function settleFilm(
  video: Video.Video,
  execution: string,
  message: string,
): Promise<void> {
  if (video.attempt > 0) await Encode.stop(video.id, video.attempt);
  if (!Video.working.includes(video.status)) return;
  const { code } = new Problem("ExecutionDied");
  await Sfn.start(nameFor("died", execution), {
    kind: "died",
    videoId: video.id,
    execution,
    problem: { code, message },
  });
}

/** Whether an object has neither been claimed nor written off by an execution that could not. */
function isUnclaimed(
  { detail }: Extract<Intake.Started, { kind: "arrived" }>,
  video: Video.Video | undefined,
): boolean {
  if (video?.deletedAtMs !== undefined) return false;
  const place = Intake.placeOf(detail.bucket.name, detail.object.key);
  if (place?.uploadId) return video?.expects === place.uploadId;
  if (!video) return true;
  if (video.status === "FAILED" && video.settledBy !== video.claimedBy) return false;
  if (!("sequencer" in video) || video.sequencer === undefined) return true;
  return video.sequencer < Intake.padded(detail.object.sequencer ?? "0");
}

/** The film an execution was started for, read from its input alone. */
export function videoOf(input: string | undefined): Id.VideoId | undefined {
  const started = startedWith(input);
  return started && Intake.filmOf(started);
}

function startedWith(input: string | undefined): Intake.Started | undefined {
  return input === undefined ? undefined : Intake.Started.safeParse(parsed(input)).data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
