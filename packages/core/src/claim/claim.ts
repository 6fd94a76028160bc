import { OPERATORS } from "../actor/actor.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import type { VideoId } from "../id/id.ts";
import { type Arrival, type Source, titleOf } from "../intake/intake.ts";
import type { Options } from "../ladder/options.ts";
import { Problem } from "../problem/index.ts";
import * as Row from "../upload/row.ts";
import { ALIVE, fromRow, keyOf, settled, shardOf, titleKeyOf } from "../video/video.ts";

/** An execution's right to make a film, and the number of its attempt. */
export interface Claim {
  videoId: VideoId;
  attempt: number;
  source: Source;
}

/**
 * Claims a film for the object that arrived. The first execution to come has it; the same
 * execution asking again gets the same answer.
 *
 * @throws Problem `Duplicate` when another execution has this object
 * @throws Problem `Superseded` when a newer object has the film
 * @throws Problem `NotExpected` for an upload that nobody asked for, and for a film on its way out
 */
export async function arrived(arrival: Arrival, execution: string): Promise<Claim> {
  return arrival.way === "upload" ? uploaded(arrival, execution) : dropped(arrival, execution);
}

/**
 * An upload is taken when its film waits for just this one, whatever else is going on with the
 * film. Its key is written once, so the key tells one source from the next; the order mark of an
 * inbox name, which only orders that name, is left as it was.
 *
 * `about.unwanted` says that no attempt ever had the object, and none will.
 */
async function uploaded(arrival: Arrival, execution: string): Promise<Claim> {
  const { videoId, uploadId, source, sequencer } = arrival;
  const row = await Table.change(keyOf(videoId), {
    update: `${TAKE}, #source = :source, sequencer = if_not_exists(sequencer, :sequencer), versionMark = if_not_exists(versionMark, :version) ${FORGET}, expects, fetching, expiresAtMs ADD attempt :one`,
    condition: `${ALIVE} AND expects = :upload`,
    names: { ...NAMES, "#source": "source" },
    values: {
      ...taking(videoId, execution),
      ":source": source,
      ":sequencer": sequencer,
      ":version": versionOf(source, sequencer),
      ":upload": uploadId ?? "",
    },
  });
  if (row) return claimOf(row, source);
  const now = await Table.read(keyOf(videoId));
  const film = now && fromRow(now);
  if (!film || film.deletedAtMs !== undefined) {
    throw new Problem("NotExpected", { videoId, unwanted: true });
  }
  if ("source" in film && film.source?.key === source.key && film.attempt > 0) {
    if (now?.claimedBy === execution) return claimOf(now, source);
    throw new Problem("Duplicate", { videoId });
  }
  // an upload is given up in one write with its film's expectation, so no attempt had this one
  const known = uploadId && (await Table.read(Row.keyOf(videoId, uploadId)));
  if (known?.state === "replaced") throw new Problem("Superseded", { videoId, unwanted: true });
  if (Row.isGivenUp(known) || film.attempt === 0) {
    throw new Problem("NotExpected", { videoId, unwanted: true });
  }
  throw new Problem("Superseded", { videoId });
}

/**
 * A name in the inbox is dropped again and again. Its contents are told apart by their version and
 * ordered by S3's sequencer: a newer one becomes the next attempt, an older one is overtaken.
 */
async function dropped(arrival: Arrival, execution: string): Promise<Claim> {
  const { videoId, source, sequencer } = arrival;
  const version = versionOf(source, sequencer);
  const title = titleOf(source.key);
  const row = await Table.change(keyOf(videoId), {
    update: `${TAKE}, sequencer = :sequencer, versionMark = :version, #source = :source, kind = if_not_exists(kind, :kind), videoId = if_not_exists(videoId, :id), ownerId = if_not_exists(ownerId, :owner), title = if_not_exists(title, :title), titleKey = if_not_exists(titleKey, :titleKey), createdAtMs = if_not_exists(createdAtMs, :now) ${FORGET} ADD attempt :one`,
    condition: `attribute_not_exists(PK) OR (${ALIVE} AND (attribute_not_exists(sequencer) OR (sequencer < :sequencer AND versionMark <> :version)))`,
    names: { ...NAMES, "#source": "source" },
    values: {
      ...taking(videoId, execution),
      ":sequencer": sequencer,
      ":version": version,
      ":source": source,
      ":kind": "VIDEO",
      ":id": videoId,
      ":owner": OPERATORS,
      ":title": title,
      ":titleKey": titleKeyOf(title),
    },
  });
  if (row) return claimOf(row, source);
  const now = await Table.read(keyOf(videoId));
  if (!now || now.deletedAtMs !== undefined) throw new Problem("NotExpected", { videoId });
  if (now.claimedBy === execution) return claimOf(now, source);
  const same = now.versionMark === version || now.sequencer === sequencer;
  throw new Problem(same ? "Duplicate" : "Superseded", { videoId });
}

/**
 * Claims the next attempt at a film whose source is there already. An upload that is open for it
 * stays open: what it brings becomes the attempt after.
 *
 * @throws Problem `Duplicate` when that attempt has begun, or another is still under way
 * @throws Problem `VideoNotFound`, `NotExpected` for a film on its way out
 * @throws Problem `MoveForbidden` for a film that never had a source
 */
export async function again(
  videoId: VideoId,
  expectedAttempt: number,
  execution: string,
  choice: { profile?: string | undefined; options?: Options | undefined } = {},
): Promise<Claim> {
  const chosen = Object.entries(choice).filter(([, value]) => value !== undefined);
  const row = await Table.change(keyOf(videoId), {
    update: `${[TAKE, ...chosen.map(([name]) => `#${name} = :${name}`)].join(", ")} ${FORGET} ADD attempt :one`,
    condition: `${ALIVE} AND attempt = :expected AND (#status IN (${settled.map((_, at) => `:settled${at}`).join(", ")}) OR attribute_exists(held)) AND attribute_exists(sequencer)`,
    names: { ...NAMES, ...Object.fromEntries(chosen.map(([name]) => [`#${name}`, name])) },
    values: {
      ...taking(videoId, execution),
      ...Object.fromEntries(chosen.map(([name, value]) => [`:${name}`, value])),
      ":expected": expectedAttempt,
      ...Object.fromEntries(settled.map((status, at) => [`:settled${at}`, status])),
    },
  });
  if (row) return claimOf(row);
  const now = await Table.read(keyOf(videoId));
  if (!now) throw new Problem("VideoNotFound", { videoId });
  if (now.deletedAtMs !== undefined) throw new Problem("NotExpected", { videoId });
  if (now.claimedBy === execution) return claimOf(now);
  if (now.sequencer === undefined) throw new Problem("MoveForbidden", { videoId });
  throw new Problem("Duplicate", { videoId, now: fromRow(now).attempt });
}

/** What tells one content of a key from the next. Without versions the order mark has to do. */
function versionOf(source: Source, sequencer: string): string {
  return source.versionId ?? sequencer;
}

function claimOf(row: Table.Row, source?: Source): Claim {
  const { id, attempt } = fromRow(row);
  return { videoId: id, attempt, source: source ?? (row.source as Source) };
}

const TAKE =
  "SET #status = :validating, claimedBy = :execution, inFlight = :shard, updatedAtMs = :now";
const FORGET = "REMOVE problem, progress, settledBy, canceledAtMs, held, missed, #found, warnings";
const NAMES = { "#status": "status", "#found": "found" };

function taking(videoId: VideoId, execution: string): Table.Row {
  return {
    ":validating": "VALIDATING",
    ":execution": execution,
    ":shard": shardOf(videoId),
    ":now": Clock.now(),
    ":one": 1,
  };
}
