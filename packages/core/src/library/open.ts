import * as Actor from "../actor/index.ts";
import * as Table from "../aws/table.ts";
import * as Id from "../id/id.ts";
import * as Idempotency from "../idempotency/index.ts";
import { Problem } from "../problem/index.ts";
import * as Upload from "../upload/upload.ts";
import * as Video from "../video/index.ts";
import * as Timeline from "../video/timeline.ts";
import * as Words from "../video/words.ts";
import { changeable, inspectable } from "./access.ts";
import { present, type Shown } from "./present.ts";
import { expectation, type Replacement, titleFor, uploadFor, type Wish } from "./wish.ts";

/** A film, and how its source is sent; without `upload` it is fetched from the web. */
export interface Opened {
  video: Shown;
  upload?: Upload.Shown;
}

/**
 * Opens a film that waits for its source. With a key of the caller's own, the same request opens it
 * once: asked again it answers the same film, with fresh addresses.
 *
 * All rows are one write. Nothing is asked of S3 before they are there, so a crash leaves nothing
 * behind that nobody knows of.
 *
 * @throws Problem `Forbidden` for who may not make films
 * @throws Problem `TypeNotAllowed`, `SourceTooLarge`, `AddressNotAllowed`, `ProfileUnknown`
 * @throws Problem `IdempotencyKeyReused` when the key came with another request; `Deleted` when the
 * film it opened is on its way out
 */
export async function open(actor: Actor.Actor, wish: Wish, key?: string): Promise<Opened> {
  if (!Actor.mayMake(actor)) throw new Problem("Forbidden");
  const id = Id.newVideo();
  const upload = uploadFor(id, wish);
  const request = key === undefined ? undefined : Idempotency.request(actor.sub, key, wish);
  const before = request && (await Idempotency.recall(request));
  if (before) return replayed(actor, before);

  const description = Words.description(wish.description ?? "");
  const film = Video.expected({
    id,
    ownerId: actor.sub,
    title: titleFor(wish),
    ...(description ? { description } : {}),
    tags: Words.tags(wish.tags ?? []),
    visibility: wish.visibility ?? "private",
    ...(wish.profile ? { profile: wish.profile } : {}),
    ...(wish.options ? { options: wish.options } : {}),
    ...expectation(upload),
    ...(request ? { idem: request.row.SK } : {}),
  });
  const written = await Table.together([
    { create: film },
    { create: Upload.toRow(upload) },
    told(actor, upload, 0, "OPENED"),
    ...(request ? [Idempotency.remember(request, { videoId: id, uploadId: upload.uploadId })] : []),
  ]);
  if ("refused" in written) {
    // the same request was quicker
    const other = request && (await Idempotency.recall(request));
    if (!other) throw new Problem("ServiceBusy");
    return replayed(actor, other);
  }
  return answer(actor, Video.fromRow(film), upload);
}

async function replayed(actor: Actor.Actor, before: Idempotency.Result): Promise<Opened> {
  const film = await Video.find(before.videoId);
  if (!film || film.deletedAtMs !== undefined) throw new Problem("Deleted");
  const upload = await Upload.find(before.videoId, before.uploadId);
  if (!upload) throw new Problem("Deleted");
  return answer(actor, await inspectable(actor, film.id), upload);
}

/**
 * Opens an upload for another source of a film. What can be watched stays until the attempt made of
 * it is READY; an upload that was open before is given up.
 *
 * @throws Problem `VideoNotFound`, `Forbidden`
 * @throws Problem `TypeNotAllowed`, `SourceTooLarge`, `AddressNotAllowed`, `ProfileUnknown`
 */
export async function replace(actor: Actor.Actor, id: string, wish: Replacement): Promise<Opened> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const film = await changeable(actor, id);
    const upload = uploadFor(film.id, wish);
    const written = await Table.together([
      { create: Upload.toRow(upload) },
      expecting(film, upload, wish),
      told(actor, upload, film.attempt, "REPLACE_ASKED"),
      ...(film.expects ? [Upload.giveUp(film.id, film.expects, "replaced")] : []),
    ]);
    if ("refused" in written) continue; // its upload arrived, or another was opened: look again
    if (film.expects) await Upload.forget(film.id, film.expects);
    return answer(actor, await changeable(actor, id), upload);
  }
  throw new Problem("ServiceBusy");
}

/** How often somebody else may have been quicker. */
const ROUNDS = 5;

/** The film expects this upload, if it still expects what it did. */
function expecting(film: Video.Video, upload: Upload.Upload, wish: Replacement): Table.Step {
  const { sourceBucket, sourceKey, expects, expiresAtMs, fetching } = expectation(upload);
  const set = {
    expects,
    expiresAtMs,
    inFlight: Video.shardOf(film.id),
    updatedAtMs: upload.openedAtMs,
    ...(fetching ? { fetching } : {}),
    ...(wish.profile ? { profile: wish.profile } : {}),
    ...(wish.options ? { options: wish.options } : {}),
    // the first source is looked for where it will be; a film that has one keeps it until then
    ...(film.status === "AWAITING_UPLOAD"
      ? { source: { bucket: sourceBucket, key: sourceKey } }
      : {}),
  };
  return {
    key: Video.keyOf(film.id),
    update: `SET ${Object.keys(set)
      .map((name) => `#${name} = :${name}`)
      .join(", ")}${fetching ? "" : " REMOVE fetching"} ADD revision :one`,
    condition: `${Video.ALIVE} AND ${film.expects ? "expects = :before" : "attribute_not_exists(expects)"} AND #status ${film.status === "AWAITING_UPLOAD" ? "=" : "<>"} :awaiting`,
    names: {
      "#status": "status",
      ...Object.fromEntries(Object.keys(set).map((name) => [`#${name}`, name])),
    },
    values: {
      ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
      ...(film.expects ? { ":before": film.expects } : {}),
      ":awaiting": "AWAITING_UPLOAD",
      ":one": 1,
    },
  };
}

function told(
  { sub }: Actor.Actor,
  { videoId, uploadId, openedAtMs }: Upload.Upload,
  attempt: number,
  what: string,
): Table.Step {
  const time = new Date(openedAtMs).toISOString();
  return Timeline.entry(videoId, { time, eventId: uploadId, attempt, what, about: { by: sub } });
}

/** A pull is asked for once its rows are there; asked for twice it fetches once. */
async function answer(
  actor: Actor.Actor,
  film: Video.Video,
  upload: Upload.Upload,
): Promise<Opened> {
  const video = present(actor, film);
  if (upload.way !== "pull") return { video, upload: await Upload.shown(upload) };
  if (upload.state === "open" && film.expects === upload.uploadId) await Upload.fetch(upload);
  return { video };
}
