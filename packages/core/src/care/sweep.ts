import type { Job as Known } from "@aws-sdk/client-mediaconvert";
import { Attempt } from "../attempt/index.ts";
import * as Encoder from "../aws/encoder.ts";
import * as Objects from "../aws/objects.ts";
import { once } from "../aws/once.ts";
import * as Table from "../aws/table.ts";
import * as Sfn from "../aws/workflow.ts";
import { Clock } from "../clock/index.ts";
import { Config } from "../config/index.ts";
import { Encode } from "../encode/index.ts";
import type { VideoId } from "../id/id.ts";
import { Intake } from "../intake/index.ts";
import { Problem } from "../problem/index.ts";
import { Video } from "../video/index.ts";
import * as Timeline from "../video/timeline.ts";
import { land } from "./land.ts";
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
  for (const shard of turned(Video.shards, Math.floor(startedAtMs / QUIET_MS))) {
    for await (const row of Table.inFlight(shard, startedAtMs - QUIET_MS)) {
      if (Clock.now() - startedAtMs > ROUND_MS) return { ...round, cutShort: true };
      const { id } = Video.fromRow(row);
      round.looked += 1;
      try {
        const did = await care(id, jobs);
        if (did) round.cared.push({ videoId: id, did });
      } catch (error) {
        const code =
          error instanceof Problem ? error.code : error instanceof Error ? error.name : "?";
        round.failed.push({ videoId: id, code });
      }
    }
  }
  return round;
}

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
  if (!video) return undefined;
  switch (video.status) {
    case "AWAITING_UPLOAD":
      return careForUpload(video);
    case "VALIDATING":
    case "PENDING":
    case "TRANSCODING":
      return careForAttempt(video, jobs);
    case "READY":
    case "FAILED":
      return land(video);
    default:
      return undefined;
  }
}

/** The object may be there although nobody told us. */
async function careForUpload(video: Video.In<"AWAITING_UPLOAD">): Promise<string | undefined> {
  if (video.source && (await start(video, "0"))) return "started";
  if (video.expiresAtMs === undefined || video.expiresAtMs > Clock.now()) return undefined;
  const expired = await Video.expire(video.id);
  if (expired) await Timeline.failed(expired);
  return expired && "expired";
}

async function careForAttempt(
  video: Video.In<"VALIDATING" | "PENDING" | "TRANSCODING">,
  jobs: Jobs,
): Promise<string | undefined> {
  const execution = await Sfn.describe(video.claimedBy);
  if (!Sfn.isUnderWay(execution)) {
    // it ended well without settling its film when the source changed under it
    if (execution?.status === "SUCCEEDED" && (await start(video, Intake.after(video.sequencer)))) {
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
async function start(video: Video.Video, sequencer: string): Promise<boolean> {
  if (!("source" in video) || !video.source) return false;
  const { bucket, key, versionId } = video.source;
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
