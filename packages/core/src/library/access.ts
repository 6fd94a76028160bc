import * as Actor from "../actor/index.ts";
import * as Id from "../id/id.ts";
import { Problem } from "../problem/index.ts";
import * as Video from "../video/index.ts";

/**
 * A film that somebody may watch. Without an actor it is somebody nobody knows.
 *
 * @throws Problem `VideoNotFound`: there is none, it is on its way out, or it is nothing to them;
 * which of these, nobody can tell from the answer
 */
export async function watchable(actor: Actor.Actor | undefined, id: string): Promise<Video.Video> {
  return allowed(actor, id, Actor.mayWatch);
}

/**
 * A film that somebody may look closer at.
 *
 * @throws Problem `VideoNotFound`, or `Forbidden` when they may only watch it
 */
export async function inspectable(
  actor: Actor.Actor | undefined,
  id: string,
): Promise<Video.Video> {
  return allowed(actor, id, Actor.mayInspect);
}

/**
 * A film that somebody may change.
 *
 * @throws Problem `VideoNotFound`, or `Forbidden` when they may only see it
 */
export async function changeable(actor: Actor.Actor | undefined, id: string): Promise<Video.Video> {
  return allowed(actor, id, Actor.mayChange);
}

/**
 * A film to an operator.
 *
 * @throws Problem `VideoNotFound`, or `Forbidden` to everybody else who knows of it
 */
export async function operable(actor: Actor.Actor | undefined, id: string): Promise<Video.Video> {
  return allowed(actor, id, Actor.mayOperate);
}

async function allowed(
  actor: Actor.Actor | undefined,
  id: string,
  may: (actor: Actor.Actor | undefined, film: Actor.Subject) => boolean,
): Promise<Video.Video> {
  const found = Id.isVideo(id) ? await Video.find(id) : undefined;
  if (!found || !Actor.mayWatch(actor, found)) throw new Problem("VideoNotFound");
  if (!may(actor, found)) throw new Problem("Forbidden");
  return found;
}
