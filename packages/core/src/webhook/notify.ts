import * as z from "zod";
import * as Clock from "../clock/index.ts";
import * as Id from "../id/id.ts";
import { isCode, type ProblemCode } from "../problem/index.ts";
import * as Video from "../video/index.ts";
import * as Delivery from "./delivery.ts";
import { all, type Event, wants } from "./endpoint.ts";

const Told = z.object({
  dedupeId: z.string().min(1).max(200),
  videoId: Id.VideoId,
  attempt: z.number().int().nonnegative(),
  status: z.enum(["READY", "FAILED", "CANCELED"]),
  durationMs: z.number().nonnegative().nullish(),
  problem: z.object({ code: z.string() }).nullish(),
});

/** What the workflow says about a film's end: as it said it, or in the topic's envelope. */
export const Announced = z.preprocess(unwrapped, Told);
export type Announced = z.infer<typeof Announced>;

/**
 * Makes a delivery for every endpoint of the film's owner that wants to hear of it. An announcement
 * that comes again makes none.
 */
export async function notify(told: Announced): Promise<void> {
  const { videoId, attempt, durationMs } = told;
  const film = await Video.find(videoId);
  if (!film || film.deletedAtMs !== undefined) return;
  const event: Event = `video.${LOWER[told.status]}`;
  const problem = codeOf(told);
  for (const endpoint of await all(film.ownerId)) {
    if (!wants(endpoint, event)) continue;
    const id = await Delivery.idFor(endpoint.id, told.dedupeId);
    await Delivery.begin(endpoint, id, {
      event,
      atMs: Clock.now(),
      videoId,
      attempt,
      ...(durationMs ? { durationMs } : {}),
      ...(problem ? { problem } : {}),
    });
  }
}

const LOWER = { READY: "ready", FAILED: "failed", CANCELED: "canceled" } as const;

function codeOf({ problem }: Announced): ProblemCode | undefined {
  return problem && isCode(problem.code) ? problem.code : undefined;
}

function unwrapped(body: unknown): unknown {
  const { Type, Message } = (body ?? {}) as { Type?: unknown; Message?: unknown };
  if (Type !== "Notification" || typeof Message !== "string") return body;
  try {
    return JSON.parse(Message);
  } catch {
    return undefined;
  }
}
