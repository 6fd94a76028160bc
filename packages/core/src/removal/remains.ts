import type * as Table from "../aws/table.ts";
import type { VideoId } from "../id/id.ts";
import type { Source } from "../intake/intake.ts";

/** What is kept of a film while it is taken away. */
export interface Remains {
  id: VideoId;
  /** Whose it was. */
  ownerId: string;
  deletedAtMs: number;
  attempt: number;
  claimedBy?: string;
  source?: Source;
  sharedWith: string[];
  idem?: string;
}

/** Undefined for a film that nobody deleted, and once nothing of it is left. */
export function remains(row: Table.Row | undefined): Remains | undefined {
  if (row?.deletedAtMs === undefined) return undefined;
  return {
    id: String(row.videoId) as VideoId,
    ownerId: String(row.wasOf),
    deletedAtMs: Number(row.deletedAtMs),
    attempt: Number(row.attempt ?? 0),
    sharedWith: (row.sharedWith as string[] | undefined) ?? [],
    ...(typeof row.claimedBy === "string" ? { claimedBy: row.claimedBy } : {}),
    ...(row.source ? { source: row.source as Source } : {}),
    ...(typeof row.idem === "string" ? { idem: row.idem } : {}),
  };
}
