import * as Again from "../again/index.ts";
import * as Sfn from "../aws/workflow.ts";
import * as Cost from "../cost/index.ts";
import * as Encode from "../encode/index.ts";
import * as Retired from "../removal/retired.ts";
import * as Video from "../video/index.ts";
import * as Timeline from "../video/timeline.ts";
import { type Ended, telling } from "./announcer.ts";
import { nameFor } from "./name.ts";

export function isEnded(video: Video.Video): video is Ended {
  return video.status === "READY" || video.status === "FAILED" || video.status === "CANCELED";
}

/**
 * Sees a film's end through. Once the execution that wrote it has announced it, and nothing runs or
 * is set aside for it any more, the film is in flight no more. When that execution ended without a
 * word, another one announces: by the same states as ever, under the same `dedupeId`.
 *
 * @returns what was done, undefined when nothing had to be or something is still under way
 */
export async function land(video: Ended): Promise<"announced again" | undefined> {
  const { id, attempt, settledBy } = video;
  if (settledBy === undefined) return undefined;
  const isClear = await clear(video);
  const execution = await Sfn.describe(settledBy);
  if (Sfn.isUnderWay(execution)) return undefined;
  if (!hasAnnounced(execution, video)) {
    const cause = [id, String(attempt), video.status, ...(video.missed ? [video.missed] : [])];
    await Sfn.start(nameFor("announce", ...cause), telling(video));
    return "announced again";
  }
  if (video.status === "FAILED") await Timeline.failed(video, execution?.stoppedAtMs);
  if (video.status === "CANCELED") await Timeline.canceled(video);
  if (isClear) await Video.land(id, attempt, settledBy);
  return undefined;
}

/**
 * Nothing runs for it, no money is set aside for it, and the files of an attempt that was not
 * published have a day on which they go.
 */
async function clear(video: Ended): Promise<boolean> {
  const { id, attempt, status } = video;
  if (attempt === 0) return true;
  if (status === "READY") {
    await Cost.settle({ videoId: id, attempt });
    return true;
  }
  const isOver =
    status === "CANCELED" ? await Again.stop(video) : (await Encode.halt(id, attempt)) === "over";
  await Cost.settle({ videoId: id, attempt });
  await Retired.leave(id, attempt);
  return isOver;
}

/** Only after the announcement does an execution end like this; statemachines/ says so. */
function hasAnnounced(execution: Sfn.Execution | undefined, video: Ended): boolean {
  if (video.status === "FAILED") {
    return execution?.status === "FAILED" && execution.error === video.problem.code;
  }
  const output: unknown = JSON.parse(execution?.output ?? "null");
  return (output as { status?: unknown } | null)?.status === video.status;
}
