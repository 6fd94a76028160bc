import type * as Actor from "../actor/index.ts";
import * as Table from "../aws/table.ts";
import * as Uploads from "../aws/uploads.ts";
import * as Announcer from "../care/announcer.ts";
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
 * Gives an upload up. A film that never had a source is CANCELED; any other is as it
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
  if (awaited(before) && now?.status === "CANCELED") await Timeline.canceled(now, by);
  else await Timeline.asked(id, { attempt, what: "UPLOAD_GIVEN_UP", by });
}

/**
 * A source could not be fetched. A film that never had one is FAILED; any other is as it was. Said twice is said once.
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
 * An upload's time is over. A film that never had a source is FAILED.
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

/** The upload that is to bring the first source of a film: its end is the film's own. */
export function awaited(film: Video.Video): UploadId | undefined {
  return film.attempt === 0 ? film.expects : undefined;
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
      awaited(film) ? ended(film, uploadId, problem) : unexpecting(film, uploadId),
      giveUp(videoId, uploadId, ending, problem),
    ]);
    if ("refused" in written) continue; // its film moved meanwhile: look again
    await told(film, uploadId, problem);
    return true;
  }
  throw new Problem("ServiceBusy");
}

/** How often its film may have moved. */
const ROUNDS = 5;

/** Who dies before this, or finds the workflow busy, leaves it to the sweeper. */
async function told(before: Video.Video, uploadId: UploadId, problem?: Told): Promise<void> {
  if (awaited(before)) {
    const film = await Video.find(before.id);
    if (film?.status !== "FAILED" && film?.status !== "CANCELED") return;
    await Announcer.announce(film).catch(() => undefined);
  } else if (problem) await Timeline.unsourced(before, uploadId, problem);
}

/** The film ends with its upload. Names the execution that will announce it. */
function ended(film: Video.Video, uploadId: UploadId, problem: Told | undefined): Table.Step {
  const end = problem ? "FAILED" : "CANCELED";
  const missed = Announcer.missed(film, uploadId);
  const set = {
    "#status": end,
    settledBy: Announcer.named(film, end, uploadId),
    inFlight: Video.shardOf(film.id),
    updatedAtMs: Clock.now(),
    ...(problem ? { problem } : { canceledAtMs: Clock.now() }),
    ...(missed ? { missed } : {}),
  };
  return {
    key: Video.keyOf(film.id),
    update: `SET ${Object.keys(set)
      .map((name) => `${name} = :${name.replace("#", "")}`)
      .join(", ")} REMOVE expects, fetching, expiresAtMs, progress${problem ? "" : ", problem"}`,
    condition: `${Video.ALIVE} AND expects = :upload AND #status = :before`,
    names: { "#status": "status" },
    values: {
      ...Object.fromEntries(
        Object.entries(set).map(([name, value]) => [`:${name.replace("#", "")}`, value]),
      ),
      ":upload": uploadId,
      ":before": film.status,
    },
  };
}

/** The film is as it was, with nothing on its way to it. */
function unexpecting(film: Video.Video, uploadId: UploadId): Table.Step {
  // nobody is to see through the end of a film that owes no announcement
  const lands = Video.isSettled(film.status) && !("settledBy" in film);
  return {
    key: Video.keyOf(film.id),
    update: `SET updatedAtMs = :now REMOVE expects, fetching, expiresAtMs${lands ? ", inFlight" : ""}`,
    condition: `${Video.ALIVE} AND expects = :upload AND #status = :before`,
    names: { "#status": "status" },
    values: { ":now": Clock.now(), ":upload": uploadId, ":before": film.status },
  };
}
