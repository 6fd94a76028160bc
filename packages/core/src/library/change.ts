import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import * as Actor from "../actor/index.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import { Problem } from "../problem/index.ts";
import * as Video from "../video/index.ts";
import * as Words from "../video/words.ts";
import { changeable } from "./access.ts";
import { isRevision } from "./present.ts";
import * as Shares from "./shares.ts";

/** What people change about a film. What is left out stays as it is. */
export interface Change {
  title?: string | undefined;
  /** Empty: none any more. */
  description?: string | undefined;
  tags?: string[] | undefined;
  visibility?: Video.Video["visibility"] | undefined;
  /** Users, by their `sub`. */
  sharedWith?: string[] | undefined;
}

/**
 * Changes what people say about a film, and who may watch it. With `ifMatch` only a film that
 * nobody has changed since; what machines write meanwhile does not matter.
 *
 * @returns the film as it is now
 * @throws Problem `VideoNotFound`, `Forbidden`, `RequestInvalid`
 * @throws Problem `RevisionOld` when somebody was quicker
 */
export async function change(
  actor: Actor.Actor,
  id: string,
  wish: Change,
  ifMatch?: string,
): Promise<Video.Video> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const film = await changeable(actor, id);
    if (ifMatch !== undefined && !isRevision(ifMatch, film.revision)) {
      throw new Problem("RevisionOld");
    }
    const next = wished(film, wish);
    if (Object.entries(next).every(([name, value]) => isDeepStrictEqual(value, was(film, name)))) {
      return film;
    }
    const written = await Table.together([
      step(film, next),
      ...(next.sharedWith ? Shares.steps(film.id, film.sharedWith, next.sharedWith) : []),
    ]);
    if ("done" in written) return changeable(actor, id);
    // not all at once again: each round lets somebody through
    if (ifMatch === undefined) await setTimeout(Math.random() * (round + 1) * WAIT_MS);
  }
  throw new Problem("ServiceBusy");
}

/** Who loses a round lost it to somebody who won theirs: as many at once all have their turn. */
const ROUNDS = 12;
const WAIT_MS = 25;

type Next = Partial<
  Pick<Video.Video, "title" | "description" | "tags" | "visibility" | "sharedWith">
>;

function was(film: Video.Video, name: string): unknown {
  return (
    (film as unknown as Record<string, unknown>)[name] ?? (name === "description" ? "" : undefined)
  );
}

function wished(film: Video.Video, wish: Change): Next {
  const title = wish.title === undefined ? undefined : Words.title(wish.title);
  if (title === "") {
    const message = "Nothing of it can be shown.";
    throw new Problem("RequestInvalid", { fields: [{ path: "title", message }] });
  }
  const sharedWith = wish.sharedWith && [...new Set(wish.sharedWith)];
  if (sharedWith && sharedWith.length > Video.limits.sharedWith) {
    const message = `At most ${Video.limits.sharedWith} users.`;
    throw new Problem("RequestInvalid", { fields: [{ path: "sharedWith", message }] });
  }
  const strange = (wish.sharedWith ?? []).flatMap((sub, at) =>
    Actor.Sub.safeParse(sub).success ? [] : [at],
  );
  if (strange.length > 0) {
    const message = "No issuer names a user so.";
    const fields = strange.map((at) => ({ path: `sharedWith.${at}`, message }));
    throw new Problem("RequestInvalid", { fields });
  }
  return {
    ...(title === undefined ? {} : { title }),
    ...(wish.description === undefined ? {} : { description: Words.description(wish.description) }),
    ...(wish.tags ? { tags: Words.tags(wish.tags) } : {}),
    ...(wish.visibility ? { visibility: wish.visibility } : {}),
    ...(sharedWith ? { sharedWith: sharedWith.filter((sub) => sub !== film.ownerId) } : {}),
  };
}

function step(film: Video.Video, next: Next): Table.Step {
  const set = {
    ...next,
    ...(next.title === undefined ? {} : { titleKey: Video.titleKeyOf(next.title) }),
    revision: film.revision + 1,
    updatedAtMs: Clock.now(),
  };
  return {
    key: Video.keyOf(film.id),
    update: `SET ${Object.keys(set)
      .map((name) => `#${name} = :${name}`)
      .join(", ")}`,
    condition: `${Video.ALIVE} AND (revision = :seen${film.revision === 0 ? " OR attribute_not_exists(revision)" : ""})`,
    names: Object.fromEntries(Object.keys(set).map((name) => [`#${name}`, name])),
    values: {
      ":seen": film.revision,
      ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
    },
  };
}
