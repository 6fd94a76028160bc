import type { Job as Known } from "@aws-sdk/client-mediaconvert";
import * as Again from "../again/index.ts";
import * as Attempt from "../attempt/index.ts";
import * as Encoder from "../aws/encoder.ts";
import * as Objects from "../aws/objects.ts";
import { once } from "../aws/once.ts";
import * as Table from "../aws/table.ts";
import * as Sfn from "../aws/workflow.ts";
import * as Clock from "../clock/index.ts";
import * as Config from "../config/index.ts";
import * as Cost from "../cost/index.ts";
import * as Encode from "../encode/index.ts";
import type { VideoId } from "../id/id.ts";
import * as Intake from "../intake/index.ts";
import { Problem } from "../problem/index.ts";
import * as Lost from "../pull/lost.ts";
import * as Removal from "../removal/index.ts";
import * as Retired from "../removal/retired.ts";
import * as Upload from "../upload/index.ts";
import * as Video from "../video/index.ts";
import { isEnded, land } from "./land.ts";
import { nameFor } from "./name.ts";
import { settleFilm } from "./settle.ts";

/** A film that moved within this time needs no care. */
export const QUIET_MS = 5 * 60 * 1000;
/** A round begins no film after this long: the function has 240 seconds. */
const ROUND_MS = 200_000;
/** Twenty jobs a page, two pages a second: what MediaConvert allows without pain. */
const PAGES = 10;

/** What a round did, for the log. */
export interface Round {
  looked: number;
  /** Time was up before every film was seen; the next round begins with other films. */
  cutShort: boolean;
  cared: { videoId: string; did: string }[];
  failed: { videoId: string; code: string }[];
}

/**
 * Looks after films in flight that nothing has moved for a while: resends an answer, hears of a
 * job whose event was lost, starts what was never started, settles what is dead, announces what was
 * not. Trouble with one film does not keep the others waiting.
 */
export async function sweep(): Promise<Round> {
  const startedAtMs = Clock.now();
  const round: Round = { looked: 0, cutShort: false, cared: [], failed: [] };
  const jobs = once(recentJobs); // most rounds need none
  const agenda: Agenda[] = [
    { shards: Video.shards, beforeMs: startedAtMs - QUIET_MS, run: ({ id }) => care(id, jobs) },
    { shards: Removal.shards, beforeMs: startedAtMs - QUIET_MS, run: carryOn },
    { shards: Retired.shards, beforeMs: startedAtMs, run: retire },
  ];
  for (const { shards, beforeMs, run } of agenda) {
    for (const shard of turned(shards, Math.floor(startedAtMs / QUIET_MS))) {
      for await (const row of Table.inFlight(shard, beforeMs)) {
        if (Clock.now() - startedAtMs > ROUND_MS) return { ...round, cutShort: true };
        const id = String(row.videoId) as VideoId;
        round.looked += 1;
        try {
          const did = await run({ id, attempt: Number(row.attempt) });
          if (did) round.cared.push({ videoId: id, did });
        } catch (error) {
          const code =
            error instanceof Problem ? error.code : error instanceof Error ? error.name : "?";
          round.failed.push({ videoId: id, code });
        }
      }
    }
  }
  return round;
}

/** What may be due, and what is done about each of it. */
interface Agenda {
  shards: readonly string[];
  beforeMs: number;
  run(film: { id: VideoId; attempt: number }): Promise<string | undefined>;
}

/** Nobody has gone on with a deleted film for a while. */
async function carryOn({ id }: { id: VideoId }): Promise<string> {
  await Removal.touch(id);
  await Removal.ask({ videoId: id });
  return "removing";
}

/** Files that nobody watches any more are due to go. */
async function retire({ id, attempt }: { id: VideoId; attempt: number }): Promise<string> {
  await Retired.putOff(id, attempt, Clock.now() + RETIRING_MS);
  await Removal.ask({ videoId: id, attempt });
  return "retiring";
}

/** Asked for again after this long, if it is still there. */
const RETIRING_MS = 30 * 60_000;

/** The same list begun at another place, so that nobody is always the last. */
function turned<T>(list: readonly T[], by: number): T[] {
  const first = by % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

async function recentJobs(): Promise<Known[]> {
  const found: Known[] = [];
  for await (const job of Encoder.recent(Config.encoder().queueArn, PAGES)) found.push(job);
  return found;
}

type Jobs = () => Promise<Known[]>;

async function care(id: VideoId, jobs: Jobs): Promise<string | undefined> {
  const video = await Video.find(id); // the index lags behind the table
  if (!video || video.deletedAtMs !== undefined) return undefined;
  const arrived = await careForUpload(video);
  if (arrived) return arrived;
  if (Video.working.includes(video.status)) return careForAttempt(video as Working, jobs);
  return isEnded(video) ? land(video) : undefined;
}

type Working = Video.In<"VALIDATING" | "PENDING" | "TRANSCODING">;

/** The object of an open upload may be there although nobody told us; its time may be over; or
 * whoever was to fetch it never heard of it. */
async function careForUpload(video: Video.Video): Promise<string | undefined> {
  if (!video.expects) return undefined;
  const key = Intake.uploadKey(video.id, video.expects);
  if (await start({ bucket: Config.sourceBucket(), key }, "0")) return "started";
  if (await Upload.expire(video)) return "expired";
  return (await Lost.askAgain(video)) ? "asked again" : undefined;
}

async function careForAttempt(video: Working, jobs: Jobs): Promise<string | undefined> {
  const execution = await Sfn.describe(video.claimedBy);
  if (!Sfn.isUnderWay(execution)) {
    if (video.held) return careForHeld(video);
    // it has the film, but whoever was to start it died
    if (!execution && Again.isBegun(video)) {
      await Again.start(video.id, video.attempt - 1);
      return "begun";
    }
    // it ended well without settling its film when the source changed under it
    if (
      execution?.status === "SUCCEEDED" &&
      (await start(video.source, Intake.after(video.sequencer)))
    ) {
      return "started";
    }
    await settleFilm(video, video.claimedBy, `The execution is ${execution?.status ?? "gone"}.`);
    return "settled";
  }
  const attempt = await Attempt.find(video.id, video.attempt);
  if (!attempt) return undefined;
  if (attempt.terminal) return (await Encode.answer(attempt)) === "taken" ? "resent" : undefined;
  return careForJob(attempt, jobs);
}

/** Its budget had no room. Whether it has now, the attempt that is begun finds out for good. */
async function careForHeld(video: Working): Promise<string | undefined> {
  if (!(await Cost.hasRoom(video))) return undefined;
  return (await Again.begin(video.id, video.attempt)) ? "begun" : undefined;
}

async function careForJob(attempt: Attempt.Attempt, jobs: Jobs): Promise<string | undefined> {
  const { videoId, attempt: number, jobId, createTriedAtMs } = attempt;
  const listed = (await jobs()).find((job) =>
    jobId ? job.Id === jobId : Encode.isOf(job, videoId, number),
  );
  if (jobId) {
    const job = listed ?? (await Encoder.get(jobId));
    if (!job) return lose(attempt, jobId);
    return (await Encode.hearOfEnd(videoId, number, job)) ? "heard" : undefined;
  }
  // nobody tried yet: the message waits its turn
  if (createTriedAtMs === undefined || !attempt.source) return undefined;
  const job = listed ?? (await Encode.lookUp(videoId, number, attempt.source));
  if (!job?.Id) return undefined; // the queue brings the message again, or its dead letters do
  await Attempt.learnJob(videoId, number, job.Id);
  return (await Encode.hearOfEnd(videoId, number, job)) ? "heard" : "adopted";
}

async function lose(attempt: Attempt.Attempt, jobId: string): Promise<string | undefined> {
  const { code, message } = new Problem("EncodeLost");
  const ended = await Attempt.end(
    attempt.videoId,
    attempt.attempt,
    { status: "ERROR", atMs: Clock.now(), problem: { code, message } },
    jobId,
  );
  if (ended) await Encode.answer(ended);
  return ended && "lost";
}

/** Starts a film for an object that is there and was never claimed. */
async function start(source: Intake.Source, sequencer: string): Promise<boolean> {
  const { bucket, key, versionId } = source;
  const stored = await Objects.measure({ bucket, key });
  if (!stored || (versionId !== undefined && stored.versionId === versionId)) return false;
  const version = stored.versionId ?? stored.etag;
  await Sfn.start(nameFor("found", bucket, key, version), {
    kind: "arrived",
    event: {
      id: nameFor("found", bucket, key, version),
      time: new Date(stored.storedAtMs).toISOString(),
      account: Config.accountId(),
    },
    detail: {
      bucket: { name: bucket },
      object: {
        key,
        size: stored.sizeBytes,
        etag: stored.etag.replaceAll('"', ""),
        ...(stored.versionId ? { "version-id": stored.versionId } : {}),
        sequencer,
      },
    },
  });
  return true;
}
