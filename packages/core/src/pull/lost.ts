import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import * as Upload from "../upload/index.ts";
import type * as Video from "../video/index.ts";
import type { Kept } from "./standing.ts";

/**
 * Asks once more for a film that is to be fetched, when nobody is at it and the message that was to
 * bring somebody should have come: whoever was to send it, or had received it, died.
 *
 * @returns whether it was asked for
 */
export async function askAgain(film: Video.Video): Promise<boolean> {
  if (!film.expects || !film.fetching) return false;
  const key = Upload.keyOf(film.id, film.expects);
  const row = await Table.read(key);
  const upload = row && Upload.fromRow(row);
  if (upload?.way !== "pull" || upload.state !== "open") return false;
  const kept = row?.fetched as Kept | undefined;
  const now = Clock.now();
  const lastDueMs = Math.max(upload.openedAtMs, kept?.busyUntilMs ?? 0, kept?.nextAtMs ?? 0);
  if (now - lastDueMs < LATE_MS) return false;
  const noted = await Table.change(key, {
    update: "SET askedAtMs = :now",
    condition: "#state = :open AND (attribute_not_exists(askedAtMs) OR askedAtMs <= :before)",
    names: { "#state": "state" },
    values: { ":now": now, ":open": "open", ":before": now - LATE_MS },
  });
  if (!noted) return false;
  // one that was begun goes on in another turn: what comes late of the one before is void
  await Upload.fetch(upload, kept ? kept.turn + 1 : 0);
  return true;
}

/** Longer than a queue that is not crowded takes. */
const LATE_MS = 5 * 60_000;
