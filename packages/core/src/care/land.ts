import * as Sfn from "../aws/workflow.ts";
import { Video } from "../video/index.ts";
import * as Timeline from "../video/timeline.ts";
import { nameFor } from "./name.ts";

/** A film whose end is written. */
export type Ended = Video.In<"READY" | "FAILED">;

/**
 * Sees a film's end through. Once the execution that wrote it has announced it, the film is in
 * flight no more. When that execution ended without a word, another one announces: by the same
 * states as ever, under the same `dedupeId`.
 *
 * @returns what was done, undefined when nothing had to be or the announcement is still under way
 */
export async function land(video: Ended): Promise<"announced again" | undefined> {
  const { id, attempt, settledBy } = video;
  if (settledBy === undefined) return undefined;
  const execution = await Sfn.describe(settledBy);
  if (Sfn.isUnderWay(execution)) return undefined;
  if (!hasAnnounced(execution, video)) {
    await Sfn.start(nameFor("announce", id, String(attempt), video.status), telling(video));
    return "announced again";
  }
  if (video.status === "FAILED") await Timeline.failed(video);
  await Video.land(id, attempt, settledBy);
  return undefined;
}

/** Only after the announcement does an execution end like this; statemachines/ says so. */
function hasAnnounced(execution: Sfn.Execution | undefined, video: Ended): boolean {
  if (video.status === "FAILED") {
    return execution?.status === "FAILED" && execution.error === video.problem.code;
  }
  const output: unknown = JSON.parse(execution?.output ?? "null");
  return (output as { status?: unknown } | null)?.status === "READY";
}

/** The input of an execution that announces what another one wrote. */
function telling(video: Ended): object {
  const { id: videoId, attempt } = video;
  if (video.status === "READY") return { kind: "unannounced", videoId, attempt };
  return {
    kind: "died",
    videoId,
    execution: video.claimedBy ?? video.settledBy,
    problem: video.problem,
  };
}
