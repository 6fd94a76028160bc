import type * as Actor from "../actor/index.ts";
import * as Table from "../aws/table.ts";
import * as Uploads from "../aws/uploads.ts";
import * as Clock from "../clock/index.ts";
import type { UploadId, VideoId } from "../id/id.ts";
import { changeable } from "../library/access.ts";
import { Problem, type Told } from "../problem/index.ts";
import * as Video from "../video/index.ts";
import * as Timeline from "../video/timeline.ts";
import { find, sent } from "./find.ts";
import { isGivenUp, keyOf, type State } from "./row.ts";
import { placeOf } from "./shown.ts";

/** Ways in which an upload ends without a source. */
type Ending = Exclude<State, "open" | "completed">;

/**
 * Gives an upload up. A film that waited for it as its first source is CANCELED; any other is as it
 * was, with nothing on its way to it. Given up twice is given up once.
 *
 * @throws Problem `VideoNotFound`, `Forbidden`, `UploadNotFound`
 * @throws Problem `UploadOver` when it is completed
 */
export async function abort(actor: Actor.Actor, videoId: string, uploadId: string): Promise<void> {
  const film = await changeable(actor, videoId);
  const upload = await sent(film.id, uploadId);
  if (!isGivenUp(upload)) {
    if (upload.state === "completed") throw new Problem("UploadOver");
    const ended = await end(film.id, upload.uploadId, "aborted");
    if (ended) await tell(film, actor);
    else if (!isGivenUp(await sent(film.id, uploadId))) throw new Problem("UploadOver");
  }
  await forget(film.id, upload.uploadId);
}

/** The end of a film's first upload is the film's own. */
async function tell(before: Video.Video, by: Actor.Actor): Promise<void> {
  const { id, attempt } = before;
  const now = await Video.find(id);
  if (before.status === "AWAITING_UPLOAD" && now?.status === "CANCELED") {
    await Timeline.canceled(now, by);
  } else await Timeline.asked(id, { attempt, what: "UPLOAD_GIVEN_UP", by });
}

/**
 * A source could not be fetched. A film that waited for it as its first source is FAILED; any other
 * is as it was. Said twice is said once.
 */
export async function failed(
  videoId: VideoId,
  uploadId: UploadId,
  problem: Problem | Told,
): Promise<void> {
  const { code, message } = problem;
  await end(videoId, uploadId, "failed", { code, message });
}

/**
 * An upload's time is over. A film that waited for it as its first source is FAILED.
 *
 * @returns whether there was one to end
 */
export async function expire(film: Video.Video): Promise<boolean> {
  if (!film.expects || (film.expiresAtMs ?? 0) > Clock.now()) return false;
  const { code, message } = new Problem("UploadExpired");
  const ended = await end(film.id, film.expects, "expired", { code, message });
  if (ended) await forget(film.id, film.expects);
  return ended;
}

/** Forgets what S3 keeps of an upload that was given up. */
export async function forget(videoId: VideoId, uploadId: UploadId): Promise<void> {
  const upload = await find(videoId, uploadId);
  if (upload?.way !== "multipart" || !upload.multipartId) return;
  await Uploads.abort(placeOf(upload), upload.multipartId);
}

/** Gives an upload up, as part of the write that makes its film expect something else. */
export function giveUp(
  videoId: VideoId,
  uploadId: UploadId,
  ending: Ending,
  problem?: Told,
): Table.Step {
  return {
    key: keyOf(videoId, uploadId),
    update: problem ? "SET #state = :state, problem = :problem" : "SET #state = :state",
    condition: "attribute_exists(PK)",
    names: { "#state": "state" },
    values: { ":state": ending, ...(problem ? { ":problem": problem } : {}) },
  };
}

/**
 * Ends an upload together with its film's expectation: after this no attempt can have its object.
 *
 * @returns false when the film does not expect it: its object was taken, or it was given up
 */
async function end(
  videoId: VideoId,
  uploadId: UploadId,
  ending: Ending,
  problem?: Told,
): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const film = await Video.find(videoId);
    if (film?.expects !== uploadId) return false;
    const written = await Table.together([
      unexpecting(film, uploadId, problem),
      giveUp(videoId, uploadId, ending, problem),
    ]);
    if ("refused" in written) continue; // its film moved meanwhile: look again
    const now = await Video.find(videoId);
    if (film.status === "AWAITING_UPLOAD" && now?.status === "FAILED") await Timeline.failed(now);
    return true;
  }
  throw new Problem("ServiceBusy");
}

/** How often its film may have moved. */
const ROUNDS = 5;

function unexpecting(film: Video.Video, uploadId: UploadId, problem: Told | undefined): Table.Step {
  const first = film.status === "AWAITING_UPLOAD";
  const status = problem ? "FAILED" : "CANCELED";
  // nobody is to see through the end of a film that owes no announcement
  const lands = first || (Video.isSettled(film.status) && !("settledBy" in film));
  const gone = `expects, fetching, expiresAtMs${lands ? ", inFlight" : ""}`;
  const set = [
    "updatedAtMs = :now",
    ...(first ? ["#status = :ended"] : []),
    ...(first && problem ? ["problem = :problem"] : []),
    ...(first && !problem ? ["canceledAtMs = :now"] : []),
  ];
  return {
    key: Video.keyOf(film.id),
    update: `SET ${set.join(", ")} REMOVE ${gone}`,
    condition: `${Video.ALIVE} AND expects = :upload AND #status = :status`,
    names: { "#status": "status" },
    values: {
      ":now": Clock.now(),
      ":upload": uploadId,
      ":status": film.status,
      ...(first ? { ":ended": status } : {}),
      ...(first && problem ? { ":problem": problem } : {}),
    },
  };
}
