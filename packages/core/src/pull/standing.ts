import { randomUUID } from "node:crypto";
import type { Place } from "../aws/objects.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import * as Config from "../config/index.ts";
import type { UploadId, VideoId } from "../id/id.ts";
import { uploadKey } from "../intake/intake.ts";
import * as Upload from "../upload/index.ts";
import { fromRow } from "../upload/row.ts";
import * as Video from "../video/index.ts";

/** How far a pull is, as it is kept on its upload's row. Whoever goes on begins here. */
export interface Kept {
  /** Counts the messages it is carried by; one of an earlier turn is void. */
  turn: number;
  /** Who is at it, and until when nobody else may be. */
  by: string;
  busyUntilMs: number;
  beganAtMs: number;
  /** S3's name for the parts that have arrived. */
  multipartId?: string;
  partBytes?: number;
  /** What the origin called the content they are of: a strong ETag or a date. */
  validator?: string;
  /** Absent while the origin has not said. */
  totalBytes?: number;
  receivedBytes: number;
  /** Every part is there, and the object is about to be. */
  whole?: true;
  /** When the message comes that goes on. */
  nextAtMs?: number;
  /** Tries in a row that brought nothing further. */
  idleTries: number;
  /** How often everything had to be fetched anew. */
  restarts: number;
}

/** What has changed of it; undefined is taken away. */
type News = { [Name in keyof Kept]?: Kept[Name] | undefined };

/** A pull that is ours to go on with. */
export interface Standing {
  videoId: VideoId;
  uploadId: UploadId;
  url: string;
  untilMs: number;
  place: Place;
  kept: Kept;
}

/**
 * What came of asking for a pull: it is over, and parts may be left of it that nobody needs; or
 * somebody else is at it until then.
 */
export type Refused =
  | { refused: "over"; left?: { place: Place; multipartId: string } }
  | { refused: "busy"; untilMs: number };

/** Takes a pull up, if it is still wanted and nobody is at it. */
export async function take(
  videoId: VideoId,
  uploadId: UploadId,
  turn: number,
): Promise<Standing | Refused> {
  const key = Upload.keyOf(videoId, uploadId);
  const row = await Table.read(key);
  const upload = row && fromRow(row);
  if (upload?.way !== "pull" || upload.state === "completed") return { refused: "over" };
  const before = row?.fetched as Kept | undefined;
  const place = { bucket: Config.sourceBucket(), key: uploadKey(videoId, uploadId) };
  if (upload.state !== "open" || !(await waiting(videoId, uploadId))) {
    const multipartId = before?.multipartId;
    return { refused: "over", ...(multipartId ? { left: { place, multipartId } } : {}) };
  }
  if (before && before.turn > turn) return { refused: "over" };
  const now = Clock.now();
  const kept: Kept = {
    beganAtMs: now,
    receivedBytes: 0,
    idleTries: 0,
    restarts: 0,
    ...before,
    turn,
    by: randomUUID(),
    busyUntilMs: now + BUSY_MS,
  };
  const taken = await Table.change(key, {
    update: "SET fetched = :kept",
    condition:
      "#state = :open AND (attribute_not_exists(fetched) OR (fetched.turn <= :turn AND (fetched.turn < :turn OR fetched.busyUntilMs <= :now)))",
    names: { "#state": "state" },
    values: { ":kept": kept, ":open": "open", ":turn": turn, ":now": now },
  });
  if (!taken) return { refused: "busy", untilMs: before?.busyUntilMs ?? now + BUSY_MS };
  return { videoId, uploadId, url: upload.url, untilMs: upload.untilMs, place, kept };
}

/**
 * Keeps how far a pull is, and that somebody is still at it.
 *
 * @returns false when it is not wanted any more, or somebody else is at it
 */
export async function keep(standing: Standing, news: News): Promise<boolean> {
  const { videoId, uploadId, kept } = standing;
  standing.kept = withoutAbsent({ ...kept, ...news, busyUntilMs: Clock.now() + BUSY_MS });
  const row = await Table.change(Upload.keyOf(videoId, uploadId), {
    update: "SET fetched = :kept, sizeBytes = :total",
    condition: "#state = :open AND fetched.#by = :by",
    names: { "#state": "state", "#by": "by" },
    values: {
      ":kept": standing.kept,
      ":total": standing.kept.totalBytes ?? 0,
      ":open": "open",
      ":by": kept.by,
    },
  });
  return row !== undefined && (await tell(standing));
}

/** Whether somebody else goes on with it, or nobody needs to: what has arrived is still needed. */
export async function isNeeded({ videoId, uploadId, kept }: Standing): Promise<boolean> {
  const row = await Table.read(Upload.keyOf(videoId, uploadId));
  if (row?.state === "completed") return true;
  return row?.state === "open" && (row.fetched as Kept).by !== kept.by;
}

/**
 * Lets people see how far it is.
 *
 * @returns false when the film does not wait for this upload any more
 */
async function tell({ videoId, uploadId, kept }: Standing): Promise<boolean> {
  const film = await waiting(videoId, uploadId);
  if (!film) return false;
  const { totalBytes, receivedBytes } = kept;
  // one that is READY shows what can be watched
  if (!totalBytes || film.status === "READY") return true;
  const percent = Math.floor((100 * receivedBytes) / totalBytes);
  const told = await Table.change(Video.keyOf(videoId), {
    update: "SET progress = :progress, updatedAtMs = :now",
    condition: `${Video.ALIVE} AND expects = :upload`,
    values: {
      ":progress": { phase: FETCHING, percent },
      ":now": Clock.now(),
      ":upload": uploadId,
    },
  });
  return told !== undefined;
}

/** The film, if it still waits for this upload. */
async function waiting(videoId: VideoId, uploadId: UploadId): Promise<Video.Video | undefined> {
  const film = await Video.find(videoId);
  return film?.deletedAtMs === undefined && film?.expects === uploadId ? film : undefined;
}

function withoutAbsent(kept: object): Kept {
  return Object.fromEntries(
    Object.entries(kept).filter(([, value]) => value !== undefined),
  ) as unknown as Kept;
}

const FETCHING = "fetching" satisfies (typeof Video.phases)[number];

/** Longer than it takes to send a part away. */
const BUSY_MS = 60_000;
