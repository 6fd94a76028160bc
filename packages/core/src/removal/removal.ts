import * as Actor from "../actor/index.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import * as Id from "../id/id.ts";
import { changeable } from "../library/access.ts";
import { Problem } from "../problem/index.ts";
import * as Video from "../video/index.ts";
import { type Asked, ask } from "./asked.ts";
import { remains } from "./remains.ts";
import * as Retired from "./retired.ts";
import { steps } from "./steps.ts";

export { Asked, ask } from "./asked.ts";

/**
 * Deletes a film. From this moment nobody sees it, and nothing that still runs for it can change
 * it; what it left is taken away afterwards. Deleting it twice is deleting it once.
 *
 * @throws Problem `VideoNotFound`, also once nothing of it is left; `Forbidden`
 */
export async function begin(actor: Actor.Actor, id: string): Promise<{ id: Id.VideoId }> {
  const going = Id.isVideo(id) ? remains(await Table.read(Video.keyOf(id))) : undefined;
  if (going) {
    const { ownerId } = going;
    const before = { ownerId, visibility: "private" as const, sharedWith: [] };
    if (!Actor.mayChange(actor, before)) throw new Problem("VideoNotFound");
    await ask({ videoId: going.id });
    return { id: going.id };
  }
  const film = await changeable(actor, id);
  await bury(film);
  // unheard, it is carried on by the sweeper
  await ask({ videoId: film.id }).catch(() => undefined);
  return { id: film.id };
}

/** Leaves every list and index at once; only what it takes to find its remains is kept. */
async function bury({ id, ownerId }: Video.Video): Promise<void> {
  const now = Clock.now();
  await Table.change(Video.keyOf(id), {
    update:
      "SET deletedAtMs = :now, updatedAtMs = :now, inFlight = :shard, wasOf = :owner REMOVE ownerId, kind, titleKey, title, description, tags, settledBy, expects, held",
    condition: Video.ALIVE,
    values: { ":now": now, ":shard": shardOf(id), ":owner": ownerId },
  });
}

function shardOf(id: Id.VideoId): string {
  return Video.shardOf(id).replace(/^\w+#/, SHARD);
}

const SHARD = "REMOVING#";
export const shards = Video.shards.map((shard) => shard.replace(/^\w+#/, SHARD));

/**
 * Takes away some of what a deleted film left, in an order that can be begun again anywhere: what
 * runs, its objects in every version, its copies at the edge, its records, and the one that says
 * that it is deleted last.
 *
 * @returns whether nothing is left, or it has to be carried on
 */
export async function carryOn(videoId: Id.VideoId): Promise<"gone" | "going"> {
  const film = remains(await Table.read(Video.keyOf(videoId)));
  if (!film) return "gone";
  await touch(videoId);
  for (const step of steps) {
    if ((await step(film)) === "going") return "going";
  }
  await Table.remove(Video.keyOf(videoId));
  return "gone";
}

/** The sweeper leaves alone what somebody is at. */
export async function touch(videoId: Id.VideoId): Promise<void> {
  await Table.change(Video.keyOf(videoId), {
    update: "SET updatedAtMs = :now",
    condition: "attribute_exists(deletedAtMs)",
    values: { ":now": Clock.now() },
  });
}

/** Does what a message asks for, and asks for the rest. */
export async function answer({ videoId, attempt, turn }: Asked): Promise<"gone" | "going"> {
  const done =
    attempt === undefined ? await carryOn(videoId) : await Retired.carryOn(videoId, attempt);
  if (done === "going") await ask({ videoId, turn: turn + 1, ...(attempt ? { attempt } : {}) });
  return done;
}
