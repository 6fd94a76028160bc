import type * as Actor from "../actor/index.ts";
import * as Executions from "../aws/executions.ts";
import * as Table from "../aws/table.ts";
import * as Announcer from "../care/announcer.ts";
import * as Clock from "../clock/index.ts";
import * as Cost from "../cost/cost.ts";
import * as Encode from "../encode/encode.ts";
import { changeable } from "../library/access.ts";
import { Problem } from "../problem/index.ts";
import * as Upload from "../upload/upload.ts";
import * as Video from "../video/index.ts";
import * as Timeline from "../video/timeline.ts";

/**
 * Cancels what is going on with a film, whatever that is. What can be watched stays. One write says
 * that it is CANCELED; everything after it is done again by the sweeper when it did not come to it.
 *
 * @throws Problem `VideoNotFound`, `Forbidden`
 * @throws Problem `MoveForbidden` when it is READY or FAILED: there is nothing left to cancel
 */
export async function cancel(actor: Actor.Actor, id: string): Promise<Video.Video> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const film = await changeable(actor, id);
    const awaited = Upload.awaited(film);
    if (film.status === "CANCELED" && !awaited) {
      // whoever cancelled it first may have died before all was done
      await Promise.allSettled([Announcer.announce(film), stop(film)]);
      return film;
    }
    if (Video.isSettled(film.status) && !awaited) throw new Problem("MoveForbidden", { id });
    if (!(await write(film))) continue; // it moved meanwhile: look again
    const canceled = await Video.require(film.id);
    if (canceled.status !== "CANCELED") return canceled; // somebody began it again already
    await Promise.allSettled([
      Announcer.announce(canceled),
      Timeline.canceled(canceled, actor),
      stop(canceled),
      ...(awaited ? [Upload.forget(film.id, awaited)] : []),
    ]);
    return canceled;
  }
  throw new Problem("ServiceBusy");
}

/** How often the film may have moved while it was being cancelled. */
const ROUNDS = 5;

/**
 * Fenced by the attempt and by where the film was seen. Names the execution that will announce it,
 * so that nobody else does. A source that was awaited will not be taken any more; the one that
 * replaces a film's source while it is made is another matter, and stays open.
 */
async function write(film: Video.Video): Promise<boolean> {
  const awaited = Upload.awaited(film);
  const missed = Announcer.missed(film, awaited);
  const now = Clock.now();
  const written = await Table.together([
    {
      key: Video.keyOf(film.id),
      update: `SET #status = :canceled, settledBy = :announcer, canceledAtMs = :now, updatedAtMs = :now, inFlight = :shard${missed ? ", missed = :missed" : ""} REMOVE progress, held, problem${awaited ? ", expects, fetching, expiresAtMs" : ""}`,
      condition: `${Video.ALIVE} AND attempt = :attempt AND #status = :status${awaited ? " AND expects = :upload" : ""}`,
      names: { "#status": "status" },
      values: {
        ":canceled": "CANCELED",
        ":announcer": Announcer.named(film, "CANCELED", awaited),
        ":now": now,
        ":shard": Video.shardOf(film.id),
        ":attempt": film.attempt,
        ":status": film.status,
        ...(awaited ? { ":upload": awaited } : {}),
        ...(missed ? { ":missed": missed } : {}),
      },
    },
    ...(awaited ? [Upload.giveUp(film.id, awaited, "aborted")] : []),
  ]);
  return "done" in written;
}

/** What runs for a cancelled film is stopped, and what was set aside for it is given back. */
export async function stop({ id, attempt, claimedBy }: Video.In<"CANCELED">): Promise<boolean> {
  const { code, message } = new Problem("Canceled");
  if (claimedBy !== undefined) await Executions.stop(claimedBy, code, message);
  if (attempt === 0) return true;
  const job = await Encode.halt(id, attempt);
  await Cost.settle({ videoId: id, attempt });
  return job === "over";
}
