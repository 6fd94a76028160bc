import * as Attempt from "../attempt/attempt.ts";
import * as Objects from "../aws/removing.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import * as Config from "../config/index.ts";
import * as Cost from "../cost/cost.ts";
import * as Encode from "../encode/encode.ts";
import type { VideoId } from "../id/id.ts";
import type { Source } from "../intake/intake.ts";
import * as Job from "../job/job.ts";
import * as Playback from "../playback/playback.ts";
import * as Video from "../video/index.ts";

/**
 * Attempts that nobody makes or watches any more. Each has a row that says when its files are due;
 * the sweeper finds it in the index of what is in flight.
 */

/** Nothing of it was ever published: its files go soon. */
export async function leave(videoId: VideoId, attempt: number): Promise<void> {
  await put(videoId, attempt, {
    condition: "(attribute_not_exists(published) OR published.attempt <> :attempt)",
    due: "updatedAtMs = if_not_exists(updatedAtMs, :due)",
    dueAtMs: Clock.now() + SOON_MS,
  });
}

/** Another attempt is about to be published in its place: its files go when no grant is left. */
export async function outlive(videoId: VideoId, attempt: number): Promise<void> {
  await put(videoId, attempt, {
    condition: "published.attempt = :attempt",
    due: "updatedAtMs = :due, isWatched = :yes",
    dueAtMs: Clock.now() + WATCHED_MS,
  });
}

const SOON_MS = 60_000;
/** The longest grant, and time for a publication that took a while. */
const WATCHED_MS = (Playback.LONGEST_SECONDS + 3600) * 1000;

/** Never for a film that is gone: its row would outlive it. */
async function put(
  videoId: VideoId,
  attempt: number,
  when: { condition: string; due: string; dueAtMs: number },
): Promise<void> {
  await Table.together([
    {
      key: Video.keyOf(videoId),
      update: "SET retiredAtMs = :now",
      condition: `${Video.ALIVE} AND ${when.condition}`,
      values: { ":now": Clock.now(), ":attempt": attempt },
    },
    {
      key: keyOf(videoId, attempt),
      update: `SET ${when.due}, inFlight = :shard, videoId = :video, attempt = :attempt`,
      values: {
        ":due": when.dueAtMs,
        ":shard": shardOf(videoId),
        ":video": videoId,
        ":attempt": attempt,
        ...(when.due.includes(":yes") ? { ":yes": true } : {}),
      },
    },
  ]);
}

export function keyOf(videoId: VideoId, attempt: number): Table.Key {
  return { PK: `VIDEO#${videoId}`, SK: `RETIRED#${attempt}` };
}

function shardOf(videoId: VideoId): string {
  return Video.shardOf(videoId).replace(/^\w+#/, SHARD);
}

const SHARD = "RETIRED#";
export const shards = Video.shards.map((shard) => shard.replace(/^\w+#/, SHARD));

/** So that it is asked for once until then. */
export async function putOff(videoId: VideoId, attempt: number, untilMs: number): Promise<void> {
  await Table.change(keyOf(videoId, attempt), {
    update: "SET updatedAtMs = :due",
    condition: "attribute_exists(PK)",
    values: { ":due": untilMs },
  });
}

/**
 * Takes away what an attempt left: its files, and its source when no other attempt needs it.
 *
 * @returns whether it is done, or has to be carried on
 */
export async function carryOn(videoId: VideoId, attempt: number): Promise<"gone" | "going"> {
  const row = await Table.read(keyOf(videoId, attempt));
  const film = await Video.find(videoId);
  if (!row || !film || film.deletedAtMs !== undefined) return "gone";
  if (isNeeded(film, attempt)) return over(videoId, attempt);
  // the publication that retired it may have come later than was thought
  const untilMs = (film.published?.atMs ?? 0) + Playback.LONGEST_SECONDS * 1000;
  if (row.isWatched === true && untilMs > Clock.now()) {
    await putOff(videoId, attempt, untilMs);
    return "gone";
  }
  if ((await Encode.halt(videoId, attempt)) === "stopping") return "going";
  await Cost.settle({ videoId, attempt });
  const bucket = Config.deliveryBucket();
  if (!(await Objects.clear(bucket, Job.prefix(videoId, attempt), PAGES))) return "going";
  const begun = await Attempt.find(videoId, attempt);
  if (begun?.source && !(await isSourceNeeded(film, begun.source))) {
    await Objects.remove(begun.source);
  }
  return over(videoId, attempt);
}

const PAGES = 20;

/** It is watched, or made: then it was never retired after all. */
function isNeeded(film: Video.Video, attempt: number): boolean {
  if (film.published?.attempt === attempt) return true;
  return film.attempt === attempt && !Video.isSettled(film.status);
}

/** The newest source can be tried again, and that of what is watched be made otherwise. */
async function isSourceNeeded(film: Video.Video, source: Source): Promise<boolean> {
  if (source.versionId === undefined && isSame(film.source, source)) return true;
  const watched = film.published && (await Attempt.find(film.id, film.published.attempt));
  return isSame(film.source, source) || isSame(watched?.source, source);
}

function isSame(one: Source | undefined, other: Source): boolean {
  return one?.key === other.key && one.versionId === other.versionId;
}

async function over(videoId: VideoId, attempt: number): Promise<"gone"> {
  await Table.remove(keyOf(videoId, attempt));
  return "gone";
}
