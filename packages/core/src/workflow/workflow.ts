import * as z from "zod";
import { Attempt } from "../attempt/index.ts";
import { Claim } from "../claim/index.ts";
import { Encode } from "../encode/index.ts";
import * as Id from "../id/id.ts";
import { Intake } from "../intake/index.ts";
import { Ladder } from "../ladder/index.ts";
import { Output } from "../output/index.ts";
import { Problem } from "../problem/index.ts";
import { Source } from "../source/index.ts";
import { Video } from "../video/index.ts";
import * as Timeline from "../video/timeline.ts";

/** What the state machine hands to Validate. */
export const ValidateStep = z.object({
  input: Intake.Started,
  execution: z.string().min(1),
});
export type ValidateStep = z.infer<typeof ValidateStep>;

/** Which film a Validate is about, as far as its input tells. */
export function about({ input }: ValidateStep): { videoId?: Id.VideoId | undefined } {
  return { videoId: Intake.filmOf(input) };
}

/** What it hands to Record outputs. */
export const RecordStep = z.object({
  videoId: Id.VideoId,
  attempt: z.number().int().positive(),
  execution: z.string().min(1),
});
export type RecordStep = z.infer<typeof RecordStep>;

/**
 * Claims the film once, looks inside its source, and decides what is made of it.
 *
 * @throws Problem `Duplicate`, `Superseded` or `NotExpected` when there is nothing to do
 * @throws Problem the one that a dead execution's film is to fail with, or `Unannounced`
 * @throws Problem one of the `Source...` codes when no film can be made of it
 */
export async function validate(
  step: ValidateStep,
): Promise<{ videoId: Id.VideoId; attempt: number }> {
  const { input, execution } = step;
  // these two only tell what became of a film, and the machine catches by name what that is
  if (input.kind === "died") {
    throw new Problem(input.problem.code, { message: input.problem.message });
  }
  if (input.kind === "unannounced") throw new Problem("Unannounced");

  const profile = input.kind === "again" ? input.profile : undefined;
  if (profile !== undefined && !Ladder.isProfile(profile)) throw new Problem("ProfileUnknown");
  const claim = await claimFor(input, execution);
  const { videoId, attempt, source } = claim;
  if (attempt > 1) await Encode.abandon(videoId, attempt - 1);
  const { found, words } = await Source.inspect(source);
  const plan = Ladder.plan(found, profile);
  await Attempt.begin(videoId, attempt, { execution, source, found, plan });
  await Video.describe(videoId, attempt, { found, words });
  return { videoId, attempt };
}

async function claimFor(
  input: Extract<Intake.Started, { kind: "arrived" | "again" }>,
  execution: string,
): Promise<Claim.Claim> {
  if (input.kind === "again") return Claim.again(input.videoId, input.expectedAttempt, execution);
  const arrival = Intake.arrival(input);
  const claim = await Claim.arrived(arrival, execution);
  await Timeline.note(claim.videoId, {
    time: arrival.event.time,
    eventId: arrival.event.id,
    attempt: claim.attempt,
    what: "SOURCE_ARRIVED",
  });
  return claim;
}

/**
 * Finds every promised file and publishes the attempt. Doing it twice changes nothing: an attempt
 * that is published already is only told of, by the execution that asks.
 *
 * @throws Problem `Superseded` when a newer attempt has begun, `OutputMissing` when a file is not
 * there, `SourceTruncated` when most of the film is not in the outputs
 */
export async function record(step: RecordStep) {
  const ready = await readied(step);
  await Timeline.readied(ready);
  return {
    videoId: ready.id,
    attempt: step.attempt,
    status: "READY" as const,
    title: ready.title,
    durationMs: ready.published.durationMs,
  };
}

async function readied({ videoId, attempt, execution }: RecordStep): Promise<Video.In<"READY">> {
  const video = await Video.require(videoId);
  if (video.attempt !== attempt) throw new Problem("Superseded", { videoId, attempt });
  if (video.status === "READY") return Video.owe(videoId, attempt, execution);
  const begun = await Attempt.find(videoId, attempt);
  if (!begun?.plan || !begun.found || !begun.source) throw new Problem("Unexpected");
  // an inbox name can be dropped again while the encoder reads: what it read is then unknown
  if (!(await Source.isUnchanged(begun.source))) {
    throw new Problem("Superseded", { videoId, attempt });
  }
  const published = await Output.gather(videoId, attempt, { plan: begun.plan, found: begun.found });
  return Video.publish(videoId, published, begun.terminal?.warnings ?? [], execution);
}
