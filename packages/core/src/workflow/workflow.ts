import * as z from "zod";
import * as Attempt from "../attempt/index.ts";
import * as Objects from "../aws/removing.ts";
import * as Claim from "../claim/index.ts";
import * as Clock from "../clock/index.ts";
import * as Cost from "../cost/index.ts";
import * as Encode from "../encode/index.ts";
import * as Id from "../id/id.ts";
import * as Intake from "../intake/index.ts";
import * as Ladder from "../ladder/index.ts";
import * as Output from "../output/index.ts";
import { Problem } from "../problem/index.ts";
import * as Retired from "../removal/retired.ts";
import * as Source from "../source/index.ts";
import * as Video from "../video/index.ts";
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
 * Claims the film once, looks inside its source, decides what is made of it, and sets the money
 * for it aside.
 *
 * @throws Problem `Duplicate`, `Superseded` or `NotExpected` when there is nothing to do
 * @throws Problem the one that a dead execution's film is to fail with, `Unannounced` or `Canceled`
 * @throws Problem one of the `Source...` codes when no film can be made of it
 * @throws Problem `BudgetExceeded`, or `BudgetWaits` for a film that is begun again later
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
  if (input.kind === "canceled") throw new Problem("Canceled");

  const claim = await claimFor(input, execution);
  const { videoId, attempt, source } = claim;
  if (attempt > 1) await leave(videoId, attempt - 1);
  const { found, words } = await Source.inspect(source);
  const { profile, options, ownerId } = await Video.require(videoId);
  const plan = Ladder.plan(found, profile, options);
  await Attempt.begin(videoId, attempt, { execution, source, found, plan });
  await Video.describe(videoId, attempt, { found, words });
  try {
    await Cost.reserve({ videoId, attempt, ownerId, found, plan });
  } catch (error) {
    if (error instanceof Problem && error.code === "BudgetWaits") await held(videoId, attempt);
    throw error;
  }
  return { videoId, attempt };
}

async function held(videoId: Id.VideoId, attempt: number): Promise<void> {
  const time = new Date(Clock.now()).toISOString();
  await Timeline.note(videoId, { time, eventId: `${attempt}:HELD`, attempt, what: "BUDGET_WAITS" });
}

/** The attempt before is nobody's any more: neither its job nor its files, unless they are watched. */
async function leave(videoId: Id.VideoId, attempt: number): Promise<void> {
  await Encode.abandon(videoId, attempt);
  await Cost.settle({ videoId, attempt });
  await Retired.leave(videoId, attempt);
}

async function claimFor(
  input: Extract<Intake.Started, { kind: "arrived" | "again" }>,
  execution: string,
): Promise<Claim.Claim> {
  if (input.kind === "again") {
    const { videoId, expectedAttempt, profile, options } = input;
    if (profile !== undefined && !Ladder.isProfile(profile)) throw new Problem("ProfileUnknown");
    return Claim.again(videoId, expectedAttempt, execution, { profile, options });
  }
  const arrival = Intake.arrival(input);
  const claim = await claimArrived(arrival, execution);
  await Timeline.note(claim.videoId, {
    time: arrival.event.time,
    eventId: arrival.event.id,
    attempt: claim.attempt,
    what: "SOURCE_ARRIVED",
  });
  return claim;
}

/** An object that nobody waits for is taken away: a late upload leaves nothing behind. */
async function claimArrived(arrival: Intake.Arrival, execution: string): Promise<Claim.Claim> {
  const { videoId, way, source, event } = arrival;
  // a film begins with an object that is there: an event that comes again after both were deleted
  // makes no film
  if (way === "inbox" && !(await Video.find(videoId)) && !(await Source.isThere(source))) {
    throw new Problem("NotExpected", { videoId });
  }
  try {
    return await Claim.arrived(arrival, execution);
  } catch (error) {
    if (error instanceof Problem && error.about.unwanted === true) {
      await Objects.remove(source).catch(() => undefined);
      const { time, id: eventId } = event;
      await Timeline.note(videoId, { time, eventId, attempt: 0, what: "SOURCE_UNWANTED" });
    }
    throw error;
  }
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
  await Cost.settle(step);
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
  // whoever watches what was published before may go on until the longest grant is over
  if (video.published) await Retired.outlive(videoId, video.published.attempt);
  return Video.publish(videoId, published, begun.terminal?.warnings ?? [], execution);
}
