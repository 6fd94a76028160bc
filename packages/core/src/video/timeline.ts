import * as Table from "../aws/table.ts";
import type { VideoId } from "../id/id.ts";
import type { In } from "./film.ts";

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

export async function note(id: VideoId, happening: Happening): Promise<void> {
  const { time, eventId, ...told } = happening;
  await Table.put({
    PK: `VIDEO#${id}`,
    SK: `EVENT#${time}#${eventId}`,
    time,
    ...told,
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

/** A film's attempt failed, when it was last written. */
export async function failed({ id, attempt, problem, updatedAtMs }: In<"FAILED">): Promise<void> {
  await note(id, {
    time: new Date(updatedAtMs).toISOString(),
    eventId: `${attempt}:FAILED`,
    attempt,
    what: "FAILED",
    about: { code: problem.code },
  });
}
