import type * as Actor from "../actor/index.ts";
import * as Executions from "../aws/executions.ts";
import * as Table from "../aws/table.ts";
import * as Sfn from "../aws/workflow.ts";
import * as Claim from "../claim/claim.ts";
import type { VideoId } from "../id/id.ts";
import * as Ladder from "../ladder/index.ts";
import { changeable } from "../library/access.ts";
import * as Library from "../library/index.ts";
import { Problem } from "../problem/index.ts";
import * as Upload from "../upload/upload.ts";
import * as Video from "../video/index.ts";
import * as Timeline from "../video/timeline.ts";

export { cancel, stop } from "./cancel.ts";

/** What is to be made otherwise; what is absent stays as it was. */
export interface Choice {
  profile?: string | undefined;
  options?: Ladder.Options | undefined;
}

/**
 * Tries a film again that failed or was cancelled: from its source, or by fetching it once more when
 * it never came. Asked twice it is tried once.
 *
 * @throws Problem `VideoNotFound`, `Forbidden`
 * @throws Problem `MoveForbidden` for a film that is READY, under way, or waits to be sent
 */
export async function retry(actor: Actor.Actor, id: string): Promise<Video.Video> {
  const film = await changeable(actor, id);
  if (isBegun(film)) return started(film);
  if (film.status !== "FAILED" && film.status !== "CANCELED") throw forbidden(film);
  if (film.sequencer === undefined) return fetchAgain(actor, film);
  return make(actor, film, "RETRY_ASKED");
}

/**
 * Makes a film anew from the source it has, with another profile or other options. What can be
 * watched stays until that is READY. Asked twice it is made once.
 *
 * @throws Problem `VideoNotFound`, `Forbidden`, `ProfileUnknown`
 * @throws Problem `MoveForbidden` for a film that is under way or has no source
 */
export async function reprocess(
  actor: Actor.Actor,
  id: string,
  choice: Choice = {},
): Promise<Video.Video> {
  const { profile } = choice;
  if (profile !== undefined && !Ladder.isProfile(profile)) throw new Problem("ProfileUnknown");
  const film = await changeable(actor, id);
  if (isBegun(film)) return started(film);
  if (!Video.isSettled(film.status)) throw forbidden(film);
  return make(actor, film, "REPROCESS_ASKED", choice);
}

async function make(
  actor: Actor.Actor,
  film: Video.Video,
  what: string,
  choice: Choice = {},
): Promise<Video.Video> {
  const begun = await begin(film.id, film.attempt, choice);
  if (begun) {
    const { profile } = choice;
    const attempt = film.attempt + 1;
    await Timeline.asked(film.id, {
      attempt,
      what,
      by: actor,
      ...(profile && { about: { profile } }),
    });
  }
  return Video.require(film.id);
}

/**
 * Begins the attempt after `expectedAttempt`. Its execution is named after both, and has the film
 * before it is started: killed in between, the sweeper starts it.
 *
 * @returns false when that attempt was begun already
 * @throws Problem `MoveForbidden` for a film without a source
 */
export async function begin(
  videoId: VideoId,
  expectedAttempt: number,
  choice: Choice = {},
): Promise<boolean> {
  const name = nameOf(videoId, expectedAttempt);
  try {
    await Claim.again(videoId, expectedAttempt, Executions.arnOf(name), choice);
  } catch (error) {
    if (error instanceof Problem && error.code === "Duplicate") return false;
    // it was deleted while this was asked: to everybody it is as if it had never been
    if (error instanceof Problem && error.code === "NotExpected") {
      throw new Problem("VideoNotFound", { videoId });
    }
    throw error;
  }
  await start(videoId, expectedAttempt);
  return true;
}

/** Starts the execution of an attempt that was begun; started twice it is started once. */
export async function start(videoId: VideoId, expectedAttempt: number): Promise<void> {
  const name = nameOf(videoId, expectedAttempt);
  await Sfn.start(name, { kind: "again", videoId, expectedAttempt });
}

/** Whoever asked first may have died before it was started. */
async function started(film: Video.Video): Promise<Video.Video> {
  await start(film.id, film.attempt - 1);
  return film;
}

/** Whether the attempt that a film is at was asked for by {@link begin}, and is under way. */
export function isBegun(film: Video.Video): boolean {
  if (!("claimedBy" in film) || !Video.working.includes(film.status)) return false;
  return film.claimedBy === Executions.arnOf(nameOf(film.id, film.attempt - 1));
}

function nameOf(videoId: VideoId, expectedAttempt: number): string {
  return `again-${videoId}-${expectedAttempt}`;
}

/** A source that was to come from the web and did not: its address is asked once more. */
async function fetchAgain(actor: Actor.Actor, film: Video.Video): Promise<Video.Video> {
  if (film.expects) return film; // somebody asked already
  const url = await addressOf(film.id);
  if (url === undefined) throw forbidden(film);
  await Library.replace(actor, film.id, { url });
  const { attempt } = film;
  await Timeline.asked(film.id, { attempt, what: "RETRY_ASKED", by: actor });
  return Video.require(film.id);
}

async function addressOf(videoId: VideoId): Promise<string | undefined> {
  let last: { url: string; openedAtMs: number } | undefined;
  for await (const row of Table.every({
    where: "PK = :film AND begins_with(SK, :upload)",
    values: { ":film": Video.keyOf(videoId).PK, ":upload": Upload.PREFIX },
  })) {
    const upload = Upload.fromRow(row);
    if (upload.way !== "pull" || upload.openedAtMs < (last?.openedAtMs ?? 0)) continue;
    last = upload;
  }
  return last?.url;
}

function forbidden({ id, status }: Video.Video): Problem {
  return new Problem("MoveForbidden", { id, status });
}
