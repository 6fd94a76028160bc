import type * as Actor from "../actor/index.ts";
import * as Messages from "../aws/messages.ts";
import * as Objects from "../aws/objects.ts";
import * as Table from "../aws/table.ts";
import * as Uploads from "../aws/uploads.ts";
import * as Clock from "../clock/index.ts";
import * as Config from "../config/index.ts";
import { changeable, inspectable } from "../library/access.ts";
import { Problem } from "../problem/index.ts";
import { completed } from "./completed.ts";
import { sent } from "./find.ts";
import { sizeOfPart } from "./plan.ts";
import { isGivenUp, keyOf, type Upload } from "./row.ts";
import { placeOf, type Sent, type Shown, shown, stateOf } from "./shown.ts";

export { type Addresses, addresses, type Wanted } from "./addresses.ts";
export { completed } from "./completed.ts";
export { find } from "./find.ts";
export { abort, awaited, expire, failed, forget, giveUp } from "./give-up.ts";
export { plan, pull } from "./plan.ts";
export { fromRow, keyOf, PREFIX, toRow, type Upload } from "./row.ts";
export { type Put, type Shown, shown } from "./shown.ts";

/**
 * An upload with what of it has arrived.
 *
 * @throws Problem `VideoNotFound`, `Forbidden`, `UploadNotFound`
 */
export async function show(actor: Actor.Actor, videoId: string, uploadId: string): Promise<Shown> {
  const film = await inspectable(actor, videoId);
  const upload = await sent(film.id, uploadId);
  if (stateOf(upload) !== "open") return shown(upload);
  if (upload.way === "single") {
    const stored = await Objects.measure(placeOf(upload));
    if (!stored) return shown(upload, []);
    return shown({ ...upload, state: "completed" }, [{ number: 1, sizeBytes: stored.sizeBytes }]);
  }
  const parts = upload.multipartId
    ? await Uploads.arrived(placeOf(upload), upload.multipartId)
    : [];
  return shown(
    upload,
    (parts ?? []).map(({ number, sizeBytes }) => ({ number, sizeBytes })),
  );
}

/**
 * Makes the object of an upload's parts, once all are there as planned. Asked again it answers the
 * same. A single PUT makes its object by itself: of it this only says that it is there.
 *
 * @throws Problem `VideoNotFound`, `Forbidden`, `UploadNotFound`, `UploadOver`, `UploadExpired`
 * @throws Problem `UploadIncomplete` with the numbers that are `missing` or have another size
 */
export async function complete(
  actor: Actor.Actor,
  videoId: string,
  uploadId: string,
): Promise<Shown> {
  const film = await changeable(actor, videoId);
  const upload = await sent(film.id, uploadId);
  if (upload.state === "completed") return shown(upload);
  if (isGivenUp(upload)) throw over(upload);
  const atMs = Clock.now();
  if (!(await isStored(upload))) {
    // an object that was made in time counts, whenever somebody says so
    if (stateOf(upload) === "expired") throw new Problem("UploadExpired");
    await finish(upload);
  }
  if (!(await isWritten(upload, atMs))) {
    const now = await sent(film.id, uploadId);
    if (now.state !== "completed") throw over(now);
  }
  return shown({ ...upload, state: "completed" });
}

/** Of a single PUT, the timeline tells when S3 says so. */
async function isWritten(upload: Sent, atMs: number): Promise<boolean> {
  if (upload.way === "multipart") return completed(upload, { atMs, what: "UPLOAD_COMPLETED" });
  const row = await Table.change(keyOf(upload.videoId, upload.uploadId), {
    update: "SET #state = :completed",
    condition: "#state = :open",
    names: { "#state": "state" },
    values: { ":open": "open", ":completed": "completed" },
  });
  return row !== undefined;
}

/** Whether the object is there; its key is written once, and only by this upload. */
async function isStored(upload: Sent): Promise<boolean> {
  const stored = await Objects.measure(placeOf(upload));
  return stored !== undefined;
}

async function finish(upload: Sent): Promise<void> {
  if (upload.way === "single") throw new Problem("UploadIncomplete", { missing: [1] });
  const numbers = Array.from({ length: upload.partCount }, (_, at) => at + 1);
  if (!upload.multipartId) throw new Problem("UploadIncomplete", { missing: numbers });
  const listed = await Uploads.arrived(placeOf(upload), upload.multipartId);
  if (!listed) return gone(upload);
  const byNumber = new Map(listed.map((part) => [part.number, part]));
  const chosen = numbers.flatMap((number) => {
    const part = byNumber.get(number);
    return part && part.sizeBytes === sizeOfPart(upload, number) ? [part] : [];
  });
  if (chosen.length < numbers.length) {
    const there = new Set(chosen.map(({ number }) => number));
    const missing = numbers.filter((number) => !there.has(number));
    throw new Problem("UploadIncomplete", { missing });
  }
  const done = await Uploads.complete(placeOf(upload), upload.multipartId, chosen);
  // a part was sent again between the list and the completion: nothing says which
  if (done === "other parts") throw new Problem("UploadIncomplete", { missing: [] });
  if (done !== "done") return gone(upload);
}

/** S3 knows the upload no more: another request completed it, or it was given up. */
async function gone(upload: Sent): Promise<void> {
  if (!(await isStored(upload))) throw over(upload);
}

function over(upload: Upload): Problem {
  return new Problem(stateOf(upload) === "expired" ? "UploadExpired" : "UploadOver");
}

/**
 * Asks for a pull to be fetched. Asked for twice it is fetched once: its key is written once.
 *
 * @param turn voids what was asked in an earlier one
 */
export async function fetch(upload: Upload, turn = 0): Promise<void> {
  const { videoId, uploadId } = upload;
  await Messages.send(Config.pullsUrl(), {
    videoId,
    uploadId,
    ...(turn > 0 ? { turn } : {}),
  });
}
