import * as z from "zod";
import * as Attempt from "../attempt/index.ts";
import * as Encoder from "../aws/encoder.ts";
import * as Sfn from "../aws/workflow.ts";
import * as Clock from "../clock/index.ts";
import * as Config from "../config/index.ts";
import * as Id from "../id/id.ts";
import * as Job from "../job/index.ts";
import { Problem, type ProblemCode } from "../problem/index.ts";
import * as Video from "../video/index.ts";
import { answer } from "./answer.ts";
import { lookUp } from "./look-up.ts";

/** A message on the encodes queue: the state machine asks for one attempt's job. */
export const Asked = z.object({
  videoId: Id.VideoId,
  attempt: z.number().int().positive(),
  delivery: z.number().int().nonnegative(),
  taskToken: z.string().min(1),
});
export type Asked = z.infer<typeof Asked>;

/**
 * Longer than the function may run (6 s), shorter than the message stays hidden (36 s): a crash is
 * retried after the lease and still inside the minute in which CreateJob can be repeated.
 */
export const LEASE_MS = 10_000;

/**
 * MediaConvert repeats its answer for a minute; this leaves a margin. Counted from the first try:
 * later a look for the job comes first, and a job too young to be found is still repeated.
 */
const REPEAT_WITHIN_MS = 45_000;

/**
 * Hands an attempt to the encoder: parks the token, then creates the job, never a second one.
 * docs: packages/core/README.md tells the protocol.
 *
 * @throws Problem `EncoderBusy` or `ServiceBusy` when the message has to come again
 */
export async function submit(asked: Asked): Promise<void> {
  const { videoId, attempt } = asked;
  const video = await Video.find(videoId);
  if (!wants(video, attempt)) return stepAside(asked);

  const parked = await Attempt.park(videoId, attempt, {
    token: asked.taskToken,
    delivery: asked.delivery,
    leaseMs: LEASE_MS,
  });
  if (parked.is === "old") return;
  if (parked.is === "unknown") return fail(asked, "Unexpected", "Nobody began this attempt.");
  if (parked.is === "busy") {
    throw new Problem("EncoderBusy", { message: "Another delivery is at it." });
  }

  const { before, leaseUntilMs } = parked;
  if (before.terminal) {
    await Attempt.release(videoId, attempt, leaseUntilMs, before.createTriedAtMs === undefined);
    await answer({ ...before, token: asked.taskToken });
    return;
  }
  if (before.jobId) return Attempt.release(videoId, attempt, leaseUntilMs, false);
  if (!before.plan || !before.source) {
    return refuse(asked, "Unexpected", "The attempt has no plan.");
  }

  const job = Job.build({
    videoId,
    attempt,
    plan: before.plan,
    source: before.source,
    deliveryBucket: Config.deliveryBucket(),
    ...Config.encoder(),
    app: Config.app(),
  });
  const triedAtMs = before.createTriedAtMs;
  if (triedAtMs !== undefined && Clock.now() - triedAtMs > REPEAT_WITHIN_MS) {
    const found = await lookUp(videoId, attempt, before.source);
    if (found?.Id) return void (await Attempt.learnJob(videoId, attempt, found.Id));
  }

  const created = await Encoder.create(job);
  switch (created.is) {
    case "created":
      await Attempt.learnJob(videoId, attempt, created.jobId);
      return;
    case "throttled":
      // the mark goes only if this delivery set it: an earlier one may have made a job
      await Attempt.release(videoId, attempt, leaseUntilMs, triedAtMs === undefined);
      throw new Problem("EncoderBusy", { message: "CreateJob was throttled." });
    case "refused":
      return refuse(asked, "EncodeRejected", created.message);
    case "unknown":
      throw new Problem(
        "ServiceBusy",
        { message: "CreateJob gave no answer." },
        { cause: created.error },
      );
  }
}

/** Whether the film still waits for this attempt. */
function wants(video: Video.Video | undefined, attempt: number): boolean {
  if (!video || video.attempt !== attempt || video.deletedAtMs !== undefined) return false;
  return video.status === "PENDING" || video.status === "TRANSCODING";
}

/** The film has moved on: no job is worth its money. Its execution, if any waits, ends quietly. */
async function stepAside(asked: Asked): Promise<void> {
  await fail(asked, "Superseded", new Problem("Superseded").message);
}

async function fail(asked: Asked, code: ProblemCode, message: string): Promise<void> {
  await Sfn.fail(asked.taskToken, code, message);
}

async function refuse(asked: Asked, code: ProblemCode, said: string): Promise<void> {
  const { message } = new Problem(code);
  const ended = await Attempt.end(asked.videoId, asked.attempt, {
    status: "ERROR",
    atMs: Clock.now(),
    problem: { code, message },
    said,
  });
  // without an answer a job is known after all: its events will wake the execution
  if (ended) await answer({ ...ended, token: asked.taskToken });
}
