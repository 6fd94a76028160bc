import type * as Actor from "../actor/index.ts";
import type * as Video from "../video/index.ts";
import { watchable } from "./access.ts";
import * as Changing from "./change.ts";
import { etagOf, present, type Shown } from "./present.ts";

export type { Change } from "./change.ts";
export { list, MOST_LOOKED_AT, type Page, type Question } from "./list.ts";
export { type Opened, open, replace } from "./open.ts";
export { type Phase, present, type Shown } from "./present.ts";
export { keyOf as shareKeyOf } from "./shares.ts";
export type { ByFile, ByUrl, Making, Replacement, Wish } from "./wish.ts";

/** A film as somebody sees it, and what tells this sight from the next. */
export interface Tagged {
  video: Shown;
  etag: string;
}

/** @throws Problem `VideoNotFound` */
export async function show(actor: Actor.Actor | undefined, id: string): Promise<Tagged> {
  return tagged(actor, await watchable(actor, id));
}

/**
 * Changes what people say about a film, and who may watch it.
 *
 * @param ifMatch the tag it was read with: nobody has changed it since
 * @throws Problem `VideoNotFound`, `Forbidden`, `RequestInvalid`, `RevisionOld`
 */
export async function change(
  actor: Actor.Actor,
  id: string,
  wish: Changing.Change,
  ifMatch?: string,
): Promise<Tagged> {
  return tagged(actor, await Changing.change(actor, id, wish, ifMatch));
}

/** A film that was read already, with its tag. */
export function tagged(actor: Actor.Actor | undefined, film: Video.Video): Tagged {
  const video = present(actor, film);
  return { video, etag: etagOf(film, video) };
}
