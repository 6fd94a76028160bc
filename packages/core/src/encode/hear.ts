import type { Job as Finished } from "@aws-sdk/client-mediaconvert";
import * as Attempt from "../attempt/index.ts";
import * as Clock from "../clock/index.ts";
import * as Config from "../config/index.ts";
import * as Cost from "../cost/index.ts";
import type { VideoId } from "../id/id.ts";
import { ofEncoder, Problem } from "../problem/index.ts";
import * as Video from "../video/index.ts";
import * as Timeline from "../video/timeline.ts";
import { answer } from "./answer.ts";
import type { Detail, Spoke } from "./spoke.ts";

/**
 * MediaConvert spoke: writes it down, and wakes the execution when the job is over. Events come
 * twice, late, in any order, and may be about jobs that are not ours: each write states what it
 * expects, and one that does not hold changes nothing.
 */
export async function hear(event: Spoke): Promise<void> {
  const { detail } = event;
  const { videoId, attempt, app, stage } = detail.userMetadata;
  const here = Config.app();
  if (app !== here.name || stage !== here.stage || event.account !== Config.accountId()) return;

  const outcome = outcomeOf(detail);
  const known = outcome
    ? await Attempt.end(videoId, attempt, outcome, detail.jobId)
    : await Attempt.learnJob(videoId, attempt, detail.jobId);
  if (!known) return; // a foreign job, or an attempt nobody knows

  if (detail.status !== "STATUS_UPDATE") await note(event);
  if (outcome) {
    const taken = await answer(known);
    // overtaken or cancelled: no execution comes by any more that would settle what it cost
    if (taken !== "taken") await Cost.settle({ videoId, attempt });
    return;
  }
  const progress = progressOf(detail);
  if (progress) await Video.progress(videoId, attempt, progress);
}

/** The same for what GetJob says of a job that is over, when its event was lost. */
export async function hearOfEnd(
  videoId: VideoId,
  attempt: number,
  job: Finished,
): Promise<boolean> {
  const outcome = outcomeOfJob(job);
  if (!outcome || !job.Id) return false;
  const known = await Attempt.end(videoId, attempt, outcome, job.Id);
  if (known) await answer(known);
  return known !== undefined;
}

function outcomeOf(detail: Detail): Attempt.Outcome | undefined {
  switch (detail.status) {
    case "COMPLETE":
      return {
        status: "COMPLETE",
        atMs: detail.timestamp,
        ...(detail.warnings ? { warnings: detail.warnings } : {}),
        ...lasting(
          detail.outputGroupDetails?.map(({ outputDetails }) =>
            outputDetails.map(({ durationInMs }) => durationInMs),
          ),
        ),
      };
    case "ERROR":
      return failed(detail.errorCode, detail.errorMessage, detail.timestamp);
    case "CANCELED":
      return canceled(detail.timestamp);
    default:
      return undefined;
  }
}

/** How a job ended, as GetJob or SearchJobs tell of it; undefined while it goes on. */
export function outcomeOfJob(job: Finished): Attempt.Outcome | undefined {
  const atMs = job.Timing?.FinishTime?.getTime() ?? Clock.now();
  switch (job.Status) {
    case "COMPLETE":
      return {
        status: "COMPLETE",
        atMs,
        warnings: (job.Warnings ?? []).map(({ Code, Count }) => ({
          code: Code ?? 0,
          count: Count ?? 1,
        })),
        ...lasting(
          job.OutputGroupDetails?.map(({ OutputDetails }) =>
            (OutputDetails ?? []).map(({ DurationInMs }) => DurationInMs),
          ),
        ),
      };
    case "ERROR":
      return failed(job.ErrorCode ?? 1999, job.ErrorMessage ?? "", atMs);
    case "CANCELED":
      return canceled(atMs);
    default:
      return undefined;
  }
}

function lasting(groups: (number | undefined)[][] | undefined): Pick<Attempt.Outcome, "outputs"> {
  if (!groups) return {};
  const outputs = groups.map((group) =>
    group.map((durationMs) => (durationMs === undefined ? {} : { durationMs })),
  );
  return { outputs };
}

function failed(errorCode: number, said: string, atMs: number): Attempt.Outcome {
  const code = ofEncoder(errorCode);
  const { message } = new Problem(code);
  // it may quote the file: a line for a terminal, and no half characters, which cannot be stored
  const quoted = said
    .replace(/\p{Cc}+/gu, " ")
    .slice(0, 300)
    .toWellFormed();
  return {
    status: "ERROR",
    atMs,
    problem: { code, message: `${message} (MediaConvert ${errorCode}: ${quoted})` },
  };
}

export function canceled(atMs: number): Attempt.Outcome {
  const { code, message } = new Problem("EncodeCanceled");
  return { status: "CANCELED", atMs, problem: { code, message } };
}

function progressOf(detail: Detail): Video.Progress | undefined {
  if (detail.status === "PROGRESSING") return { phase: "PROBING", percent: 0 };
  if (detail.status !== "STATUS_UPDATE") return undefined;
  const { jobPercentComplete, currentPhase } = detail.jobProgress ?? {};
  return { phase: currentPhase ?? "TRANSCODING", percent: Math.round(jobPercentComplete ?? 0) };
}

async function note(event: Spoke): Promise<void> {
  const { detail } = event;
  await Timeline.note(detail.userMetadata.videoId, {
    time: new Date(detail.timestamp).toISOString(),
    eventId: event.id,
    attempt: detail.userMetadata.attempt,
    what: `ENCODER_${detail.status}`,
    about: {
      jobId: detail.jobId,
      ...(detail.status === "ERROR" ? { errorCode: detail.errorCode } : {}),
      ...(detail.status === "NEW_WARNING" ? { warningCode: detail.warningCode } : {}),
    },
  });
}
