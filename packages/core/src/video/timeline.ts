import * as Table from "../aws/table.ts";
import type { VideoId } from "../id/id.ts";

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
