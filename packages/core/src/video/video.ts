import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import type { UploadId, VideoId } from "../id/id.ts";
import * as Intake from "../intake/intake.ts";
import { Problem } from "../problem/index.ts";
import type { Found } from "../source/found.ts";
import type { In, Options, Progress, Published, Video, Warning } from "./film.ts";
import { before, type Status } from "./moves.ts";
import { ALIVE, fromRow, keyOf, shardOf, titleKeyOf } from "./row.ts";

export type * from "./film.ts";
export { limits, phases, relations, renditionKinds, visibilities } from "./limits.ts";
export { isSettled, mayMove, Status, settled, statuses, working } from "./moves.ts";
export { ALIVE, fromRow, keyOf, shardOf, shards, titleKeyOf } from "./row.ts";

export async function find(id: VideoId): Promise<Video | undefined> {
  const row = await Table.read(keyOf(id));
  return row ? fromRow(row) : undefined;
}

/** @throws Problem `VideoNotFound` */
export async function require(id: VideoId): Promise<Video> {
  const found = await find(id);
  if (!found) throw new Problem("VideoNotFound", { id });
  return found;
}

/** What a film is opened with. */
export interface Opening {
  id: VideoId;
  ownerId: string;
  title: string;
  description?: string;
  tags?: string[];
  visibility?: Video["visibility"];
  profile?: string;
  options?: Options;
  /** Where its source will be, and the upload that brings it there. */
  sourceBucket: string;
  sourceKey: string;
  expects?: UploadId;
  fetching?: true;
  expiresAtMs?: number;
  idem?: string;
}

/** The row of a film that waits for its source: uploads are only taken for films that were asked for. */
export function expected(film: Opening): Table.Key & Table.Row {
  const now = Clock.now();
  const { id, sourceBucket, sourceKey, ...about } = film;
  const expects = Intake.placeOf(sourceBucket, sourceKey)?.uploadId;
  return {
    ...keyOf(id),
    kind: "VIDEO",
    videoId: id,
    status: "AWAITING_UPLOAD" satisfies Status,
    attempt: 0,
    revision: 0,
    tags: [],
    visibility: "private",
    sharedWith: [],
    ...(expects ? { expects } : {}),
    expiresAtMs: now + UPLOAD_MS,
    ...about,
    titleKey: titleKeyOf(film.title),
    source: { bucket: sourceBucket, key: sourceKey },
    createdAtMs: now,
    updatedAtMs: now,
    inFlight: shardOf(id),
  };
}

/** How long an upload may take. Source: the bucket's rule for unfinished ones says the same. */
export const UPLOAD_MS = 7 * 24 * 3600 * 1000;

/**
 * Writes down what was found in an attempt's source, and what its uploader called it.
 *
 * @throws Problem `Superseded` when a newer attempt has begun
 */
export async function describe(
  id: VideoId,
  attempt: number,
  seen: { found: Found; words: Intake.Words },
): Promise<void> {
  const { title, description, tags } = seen.words;
  const set = {
    found: seen.found,
    ...(title ? { title, titleKey: titleKeyOf(title) } : {}),
    ...(description ? { description } : {}),
    ...(tags ? { tags } : {}),
    updatedAtMs: Clock.now(),
  };
  const row = await Table.change(keyOf(id), {
    update: `SET ${Object.keys(set)
      .map((name) => `#${name} = :${name}`)
      .join(", ")}`,
    condition: `${ALIVE} AND attempt = :attempt AND #status = :validating`,
    names: {
      "#status": "status",
      ...Object.fromEntries(Object.keys(set).map((name) => [`#${name}`, name])),
    },
    values: {
      ":attempt": attempt,
      ":validating": "VALIDATING",
      ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
    },
  });
  if (!row) throw await overtaken(id, attempt);
}

/** The encoder is at work. Older news, and news of an overtaken attempt, change nothing. */
export async function progress(id: VideoId, attempt: number, now: Progress): Promise<void> {
  await Table.change(keyOf(id), {
    update: "SET #status = :transcoding, progress = :progress, updatedAtMs = :now",
    condition: `${ALIVE} AND attempt = :attempt AND #status IN (:pending, :transcoding) AND (attribute_not_exists(progress.#percent) OR progress.#percent < :percent)`,
    names: { "#status": "status", "#percent": "percent" },
    values: {
      ":transcoding": "TRANSCODING",
      ":pending": "PENDING",
      ":progress": now,
      ":percent": now.percent,
      ":attempt": attempt,
      ":now": Clock.now(),
    },
  });
}

/**
 * Publishes an attempt. Doing it twice changes nothing. The film stays in flight until its
 * announcement is out: `execution` owes it.
 *
 * @returns the film as it is now
 * @throws Problem `Superseded` when a newer attempt has begun, or this one was settled otherwise
 */
export async function publish(
  id: VideoId,
  published: Published,
  warnings: Warning[],
  execution: string,
): Promise<In<"READY">> {
  const [first, ...rest] = before("READY") as [Status, ...Status[]];
  const row = await Table.change(keyOf(id), {
    update:
      "SET #status = :ready, published = :published, warnings = :warnings, settledBy = :execution, updatedAtMs = :now REMOVE progress, problem",
    condition: `${ALIVE} AND attempt = :attempt AND #status IN (:from0${rest.map((_, at) => `, :from${at + 1}`).join("")})`,
    names: { "#status": "status" },
    values: {
      ":ready": "READY",
      ":published": published,
      ":warnings": warnings,
      ":attempt": published.attempt,
      ":execution": execution,
      ":now": Clock.now(),
      ":from0": first,
      ...Object.fromEntries(rest.map((status, at) => [`:from${at + 1}`, status])),
    },
  });
  return row ? (fromRow(row) as In<"READY">) : owe(id, published.attempt, execution);
}

/**
 * Hands the announcement of a published attempt to an execution.
 *
 * @returns the film as it is now
 * @throws Problem `Superseded` when the film is not READY with this attempt
 */
export async function owe(id: VideoId, attempt: number, execution: string): Promise<In<"READY">> {
  const row = await Table.change(keyOf(id), {
    update: "SET settledBy = :execution, inFlight = :shard, updatedAtMs = :now",
    condition: `${ALIVE} AND attempt = :attempt AND #status = :ready`,
    names: { "#status": "status" },
    values: {
      ":execution": execution,
      ":shard": shardOf(id),
      ":attempt": attempt,
      ":ready": "READY",
      ":now": Clock.now(),
    },
  });
  if (!row) throw await overtaken(id, attempt);
  return fromRow(row) as In<"READY">;
}

/**
 * The film's end has been announced by whoever owed it: nothing is in flight any more, unless an
 * upload is open that brings its next source.
 */
export async function land(id: VideoId, attempt: number, settledBy: string): Promise<void> {
  await Table.change(keyOf(id), {
    update: "REMOVE inFlight",
    condition: `${ALIVE} AND attempt = :attempt AND settledBy = :settledBy AND attribute_not_exists(expects)`,
    values: { ":attempt": attempt, ":settledBy": settledBy },
  });
}

async function overtaken(id: VideoId, attempt: number): Promise<Problem> {
  const now = await find(id);
  return new Problem("Superseded", { id, attempt, now: now?.attempt });
}
