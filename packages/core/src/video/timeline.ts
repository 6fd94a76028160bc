import type * as Actor from "../actor/index.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import type { UploadId, VideoId } from "../id/id.ts";
import { inspectable } from "../library/access.ts";
import { Problem, type Told } from "../problem/index.ts";
import type { In, Video } from "./film.ts";
import { limits } from "./limits.ts";
import { ALIVE, keyOf } from "./row.ts";

/** Something that happened to a film, as its timeline tells it. */
export interface Happening {
  /** ISO 8601, to the second or finer. */
  time: string;
  /** Whoever reported it gave it this id: a report that comes twice is the same row. */
  eventId: string;
  attempt: number;
  what: string;
  about?: Record<string, unknown>;
}

/** Writes it down, unless the film is gone: what comes late leaves nothing behind. */
export async function note(id: VideoId, happening: Happening): Promise<void> {
  await Table.together(noted(id, happening));
}

/** What writes it down, unless the film is gone: with other steps, all happen or none. */
export function noted(id: VideoId, happening: Happening): Table.Step[] {
  return [
    {
      key: keyOf(id),
      update: "SET notedAtMs = :now",
      condition: ALIVE,
      values: { ":now": Clock.now() },
    },
    entry(id, happening),
  ];
}

/** Writes it down as part of a larger write, which fails for a film that is gone. */
export function entry(id: VideoId, { time, eventId, ...told }: Happening): Table.Step {
  return { create: { PK: `VIDEO#${id}`, SK: `EVENT#${time}#${eventId}`, time, ...told } };
}

/** What somebody asked for, and who it was. */
export async function asked(
  id: VideoId,
  wish: { attempt: number; what: string; by: Actor.Actor; about?: Record<string, unknown> },
): Promise<void> {
  const { attempt, what, by, about } = wish;
  await note(id, {
    time: new Date(Clock.now()).toISOString(),
    eventId: `${attempt}:${what}`,
    attempt,
    what,
    about: { ...about, by: by.sub },
  });
}

/** A film's attempt came out. The row is the attempt's: publishing twice writes it once. */
export async function readied({ id, published }: In<"READY">): Promise<void> {
  await note(id, {
    time: new Date(published.atMs).toISOString(),
    eventId: `${published.attempt}:READY`,
    attempt: published.attempt,
    what: "READY",
  });
}

/**
 * A film's attempt failed, or its source never came.
 *
 * @param toldAtMs when that was announced: the same for whoever notes it
 */
export async function failed(film: In<"FAILED">, toldAtMs = film.updatedAtMs): Promise<void> {
  const { id, attempt, problem } = film;
  await note(id, {
    time: new Date(toldAtMs).toISOString(),
    eventId: `${attempt}:FAILED`,
    attempt,
    what: "FAILED",
    about: { code: problem.code },
  });
}

/** Another source for a film did not come, and the film is as it was. */
export async function unsourced(
  { id, attempt }: Video,
  uploadId: UploadId,
  { code }: Told,
): Promise<void> {
  await note(id, {
    time: new Date(Clock.now()).toISOString(),
    eventId: `${uploadId}:LOST`,
    attempt,
    what: "REPLACE_FAILED",
    about: { code },
  });
}

/** A film's attempt was cancelled, by somebody here or at the encoder itself. */
export async function canceled(film: In<"CANCELED">, by?: Actor.Actor): Promise<void> {
  const { id, attempt, canceledAtMs, updatedAtMs } = film;
  await note(id, {
    time: new Date(canceledAtMs ?? updatedAtMs).toISOString(),
    eventId: `${attempt}:CANCELED`,
    attempt,
    what: "CANCELED",
    ...(by ? { about: { by: by.sub } } : {}),
  });
}

/** An entry as people read it. */
export interface Entry {
  /** ISO 8601. */
  at: string;
  what: string;
  attempt: number;
  about?: Record<string, unknown>;
}

/**
 * What happened to a film, oldest first.
 *
 * @throws Problem `VideoNotFound`, `Forbidden` or `CursorInvalid`
 */
export async function read(
  actor: Actor.Actor | undefined,
  id: string,
  page: { limit?: number | undefined; cursor?: string | undefined } = {},
): Promise<{ items: Entry[]; nextCursor?: string }> {
  const film = await inspectable(actor, id);
  const PK = `VIDEO#${film.id}`;
  const { rows, next } = await Table.page({
    where: "PK = :film AND begins_with(SK, :event)",
    values: { ":film": PK, ":event": "EVENT#" },
    limit: Math.min(page.limit ?? limits.pageItems, limits.pageItemsAtMost),
    ...(page.cursor === undefined ? {} : { after: { PK, SK: placeOf(page.cursor) } }),
  });
  return {
    items: rows.map(entryOf),
    ...(next ? { nextCursor: Buffer.from(String(next.SK)).toString("base64url") } : {}),
  };
}

/** A cursor holds only a place in a timeline; whose it is stands in the question. */
function placeOf(cursor: string): string {
  const place = Buffer.from(cursor, "base64url").toString("utf8");
  if (!/^EVENT#[^\p{Cc}]{1,900}$/u.test(place)) throw new Problem("CursorInvalid");
  return place;
}

function entryOf({ time, what, attempt, about }: Table.Row): Entry {
  return {
    at: String(time),
    what: String(what),
    attempt: Number(attempt),
    ...(about ? { about: about as Record<string, unknown> } : {}),
  };
}
