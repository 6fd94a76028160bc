import { OPERATORS } from "../actor/actor.ts";
import * as Table from "../aws/table.ts";
import { Clock } from "../clock/index.ts";
import type { VideoId } from "../id/id.ts";
import { type Arrival, type Source, titleOf } from "../intake/intake.ts";
import { Problem } from "../problem/index.ts";
import { fromRow, keyOf, settled, shardOf, titleKeyOf } from "../video/video.ts";

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
 * An object is told from another by its version, and ordered by S3's sequencer: a newer one
 * becomes the next attempt, an older one is overtaken.
 *
 * @throws Problem `Duplicate` when another execution has this object
 * @throws Problem `Superseded` when a newer object has the film
 * @throws Problem `NotExpected` for an upload that nobody asked for
 */
export async function arrived(arrival: Arrival, execution: string): Promise<Claim> {
  const { videoId, source, sequencer } = arrival;
  const version = versionOf(source, sequencer);
  const newcomer = arrival.way === "inbox" ? " OR attribute_not_exists(PK)" : "";
  const row = await Table.change(keyOf(videoId), {
    update: `${TAKE}, sequencer = :sequencer, versionMark = :version, #source = :source, kind = if_not_exists(kind, :kind), videoId = if_not_exists(videoId, :id), ownerId = if_not_exists(ownerId, :owner), title = if_not_exists(title, :title), titleKey = if_not_exists(titleKey, :titleKey), createdAtMs = if_not_exists(createdAtMs, :now) ${FORGET} ADD attempt :one`,
    condition: `(attribute_exists(PK) AND attribute_not_exists(sequencer)) OR (sequencer < :sequencer AND versionMark <> :version)${newcomer}`,
    names: { ...NAMES, "#source": "source" },
    values: {
      ...taking(videoId, execution),
      ":sequencer": sequencer,
      ":version": version,
      ":source": source,
      ":kind": "VIDEO",
      ":id": videoId,
      ":owner": OPERATORS,
      ":title": titleOf(source.key),
      ":titleKey": titleKeyOf(titleOf(source.key)),
    },
  });
  if (row) return claimOf(row, source);
  const now = await Table.read(keyOf(videoId));
  if (!now) throw new Problem("NotExpected", { videoId });
  if (now.claimedBy === execution) return claimOf(now, source);
  const same = now.versionMark === version || now.sequencer === sequencer;
  throw new Problem(same ? "Duplicate" : "Superseded", { videoId });
}

/**
 * Claims the next attempt at a film whose source is there already.
 *
 * @throws Problem `Duplicate` when that attempt has begun, or another is still under way
 * @throws Problem `VideoNotFound`
 * @throws Problem `MoveForbidden` for a film that never had a source
 */
export async function again(
  videoId: VideoId,
  expectedAttempt: number,
  execution: string,
): Promise<Claim> {
  const row = await Table.change(keyOf(videoId), {
    update: `${TAKE} ${FORGET} ADD attempt :one`,
    condition: `attempt = :expected AND #status IN (${settled.map((_, at) => `:settled${at}`).join(", ")}) AND attribute_exists(sequencer)`,
    names: NAMES,
    values: {
      ...taking(videoId, execution),
      ":expected": expectedAttempt,
      ...Object.fromEntries(settled.map((status, at) => [`:settled${at}`, status])),
    },
  });
  if (row) return claimOf(row);
  const now = await Table.read(keyOf(videoId));
  if (!now) throw new Problem("VideoNotFound", { videoId });
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
const FORGET = "REMOVE problem, progress, settledBy, #found, warnings, expiresAtMs";
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
