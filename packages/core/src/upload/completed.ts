import * as Table from "../aws/table.ts";
import * as Video from "../video/index.ts";
import * as Timeline from "../video/timeline.ts";
import { keyOf, type Upload } from "./row.ts";

/**
 * Writes down that the object of an upload was made of its parts, and tells so on its film's
 * timeline: together, so that it is told once.
 *
 * @param atMs before S3 was asked to: what comes of the object is told after it
 * @returns false when the upload was not open any more, or its film is gone
 */
export async function completed(
  { videoId, uploadId }: Pick<Upload, "videoId" | "uploadId">,
  { atMs, what }: { atMs: number; what: "UPLOAD_COMPLETED" | "SOURCE_FETCHED" },
): Promise<boolean> {
  const film = await Video.find(videoId);
  if (!film) return false;
  const written = await Table.together([
    {
      key: keyOf(videoId, uploadId),
      update: "SET #state = :completed",
      condition: "#state = :open",
      names: { "#state": "state" },
      values: { ":open": "open", ":completed": "completed" },
    },
    ...Timeline.noted(videoId, {
      time: new Date(atMs).toISOString(),
      eventId: `${uploadId}:COMPLETED`,
      attempt: film.attempt,
      what,
    }),
  ]);
  return "done" in written;
}
