import * as z from "zod";
import * as Messages from "../aws/messages.ts";
import * as Uploads from "../aws/uploads.ts";
import * as Clock from "../clock/index.ts";
import * as Config from "../config/index.ts";
import * as Id from "../id/id.ts";
import { isBusy, Problem } from "../problem/index.ts";
import * as Upload from "../upload/index.ts";
import * as Web from "../web/index.ts";
import { failed, Later } from "./origin.ts";
import { isNeeded, keep, type Standing, take } from "./standing.ts";
import { stream } from "./stream.ts";

/** A film that shall be fetched from the web. */
export const Asked = z.object({
  videoId: Id.VideoId,
  uploadId: Id.UploadId,
  turn: z.number().int().nonnegative().default(0),
});
export type Asked = z.infer<typeof Asked>;

/**
 * Fetches a film into its upload, as far as time allows; what is left is done by another message.
 * Once all is there S3 says so, and the film starts as any other. One that nobody waits for any
 * more is let go.
 *
 * @param untilMs when the function will be stopped
 */
export async function run(asked: Asked, { untilMs }: { untilMs: number }): Promise<void> {
  const { videoId, uploadId, turn } = asked;
  const startedAtMs = Clock.now();
  const standing = await take(videoId, uploadId, turn);
  if ("refused" in standing) {
    if (standing.refused === "busy") await again(asked, standing.untilMs - startedAtMs);
    else if (standing.left) await Uploads.abort(standing.left.place, standing.left.multipartId);
    return;
  }
  const before = standing.kept.receivedBytes;
  // what is fetched must also be sent, and a word be left for whoever goes on
  const came = await fetched(standing, startedAtMs + (untilMs - startedAtMs) * SHARE);
  if (came === "over") return;
  if (came === "unwanted") return letGo(standing);
  if (came instanceof Problem) return giveUp(standing, came);
  return goOn(standing, before, came);
}

/** Why the rest has to be fetched later, and how long the origin asks to wait. */
interface Rest {
  why: string;
  afterSeconds: number;
}

/** Fetches as much as can be; answers what came of it, or of what it died. */
async function fetched(
  standing: Standing,
  untilMs: number,
): Promise<"over" | "unwanted" | Problem | Rest> {
  try {
    const outcome = await stream(standing, untilMs);
    if (outcome === "whole") return await finish(standing);
    return outcome === "time is up" ? { why: "It takes too long.", afterSeconds: 0 } : outcome;
  } catch (error) {
    if (error instanceof Problem) return error;
    // a certificate may be mended and a server start again; a ring of addresses stays one
    if (error instanceof Web.Unreachable && error.why === "redirects") return failed(error.message);
    if (error instanceof Web.Unreachable) return { why: error.message, afterSeconds: 0 };
    if (error instanceof Later) {
      return { why: "It has trouble.", afterSeconds: error.afterSeconds };
    }
    if (isBusy(error)) return { why: "The store has trouble.", afterSeconds: 0 };
    throw error;
  }
}

/** Makes the object. */
async function finish(standing: Standing): Promise<"over" | Rest> {
  const { place, kept } = standing;
  const atMs = Clock.now();
  const parts = kept.multipartId ? await Uploads.arrived(place, kept.multipartId) : undefined;
  if (parts && kept.multipartId) {
    const done = await Uploads.complete(place, kept.multipartId, parts);
    if (done === "other parts") {
      await Uploads.abort(place, kept.multipartId);
      await keep(standing, { multipartId: undefined, whole: undefined });
      return { why: "Its parts do not fit together.", afterSeconds: 0 };
    }
  }
  // otherwise it was made before, and the answer got lost
  await Upload.completed(standing, { atMs, what: "SOURCE_FETCHED" });
  return "over";
}

/** Leaves the rest to another message, unless it has been tried often enough. */
async function goOn(
  standing: Standing,
  before: number,
  { why, afterSeconds }: Rest,
): Promise<void> {
  const { videoId, uploadId, untilMs, kept } = standing;
  const hasMoved = kept.receivedBytes > before;
  const idleTries = hasMoved ? 0 : kept.idleTries + 1;
  const patienceS = hasMoved ? 0 : AFTER_SECONDS[idleTries - 1];
  const now = Clock.now();
  if (patienceS === undefined || now > Math.min(untilMs, kept.beganAtMs + DAY_MS)) {
    return giveUp(standing, failed(why));
  }
  const waitMs = Math.max(patienceS, afterSeconds) * 1000;
  if (!(await keep(standing, { idleTries, nextAtMs: now + waitMs }))) return letGo(standing);
  await again({ videoId, uploadId, turn: kept.turn + 1 }, waitMs);
}

async function again(asked: Asked, afterMs: number): Promise<void> {
  await Messages.send(Config.pullsUrl(), asked, Math.max(0, afterMs) / 1000);
}

async function giveUp(standing: Standing, problem: Problem): Promise<void> {
  const { code, message } = problem;
  await Upload.failed(standing.videoId, standing.uploadId, { code, message });
  await letGo(standing);
}

/** Takes away what has arrived, unless somebody else is at it. */
async function letGo(standing: Standing): Promise<void> {
  const { multipartId } = standing.kept;
  if (multipartId && !(await isNeeded(standing))) await Uploads.abort(standing.place, multipartId);
}

/** How much of its time a call fetches. */
const SHARE = 0.85;

/** How long to wait after a first, second, ... try that brought nothing. */
const AFTER_SECONDS = [5, 30, 120, 600, 900, 900];

const DAY_MS = 24 * 3600 * 1000;
