import * as Job from "../job/index.ts";
import type { Plan } from "../ladder/ladder.ts";
import type { Found } from "../source/found.ts";
import { type Confidence, inUse, type Prices, unit } from "./prices.ts";

/** What a film takes of a service beside the encoder. */
export interface Use {
  what: string;
  count: number;
  unit: string;
  usd: number;
  confidence: Confidence;
}

/**
 * What is paid around the encoding, on the usual path: nothing is tried again, and the encoder
 * needs as long as the film plays.
 */
export function orchestration(plan: Plan, found: Found, prices: Prices = inUse()): Use[] {
  const words = Math.floor(found.durationMs / PROGRESS_EVERY_MS) + WORDS_OF_A_JOB;
  const uses: [what: string, count: number, id: string][] = [
    ["Step Functions", TRANSITIONS, "sfn-standard-transition"],
    ["Lambda, calls", CALLS + words, "lambda-requests"],
    ["Lambda, time", BUSY_GB_SECONDS + words * GB_SECONDS_A_WORD, "lambda-gbs-arm"],
    ["DynamoDB, written", WRITES + 2 * words, "dynamodb-wru"],
    ["DynamoDB, read", READS, "dynamodb-rru"],
    ["S3, written", filesOf(plan, found), "s3-put"],
    ["EventBridge, of S3", 1, "eventbridge-s3-optin"],
    ["SQS", REQUESTS_A_MESSAGE * (1 + words), "sqs-standard"],
    ["SNS", 1, "sns-publish"],
  ];
  return uses.map(([what, count, id]) => {
    const price = unit(prices, id);
    return {
      what,
      count,
      unit: price.unit,
      usd: count * price.usd,
      confidence: price.confidence,
    };
  });
}

/** Segments, their beginnings and playlists, one download, pictures. */
function filesOf(plan: Plan, found: Found): number {
  const seconds = found.durationMs / 1000;
  const streams = Job.modifiers(plan).length;
  const thumbnails = plan.pictures?.thumbnails;
  return (
    streams * (Math.ceil(seconds / Job.SEGMENT_SECONDS) + 2) +
    2 +
    (plan.download ? 1 : 0) +
    (plan.pictures ? 2 : 0) +
    (thumbnails ? Math.min(thumbnails.atMost, Math.ceil(seconds / thumbnails.everySeconds)) : 0)
  );
}

/** Five tasks, the start and the end. */
const TRANSITIONS = 7;
/** Validate, submit, resume at the end, Record outputs. */
const CALLS = 4;
/** Validate and Record outputs have 1 GB and wait for other services; the rest is short. */
const BUSY_GB_SECONDS = 2;
/** The encoder's words beside its last: a row of the timeline and the film's progress each. */
const WORDS_OF_A_JOB = 2;
const PROGRESS_EVERY_MS = 10_000;
const GB_SECONDS_A_WORD = 0.05;
/** Claim, plan, reservation (three rows, twice the units), status, token, job, end, bill, timeline. */
const WRITES = 30;
const READS = 20;
/** Sent, received, removed. */
const REQUESTS_A_MESSAGE = 3;

/**
 * Bytes that stay: the outputs at the average of their ceilings, and the source where its size is
 * known.
 */
export function storedBytes(plan: Plan, found: Found): number {
  const seconds = found.durationMs / 1000;
  const audioKbps = plan.audio?.kbps ?? 0;
  const pictureKbps = plan.rungs.map((rung) => rung.maxKbps * AVERAGE_OF_CEILING);
  const streamKbps = pictureKbps.reduce((sum, kbps) => sum + kbps, audioKbps);
  const downloadKbps = plan.download ? (pictureKbps[0] ?? 0) + audioKbps : 0;
  return Math.round(((streamKbps + downloadKbps) * 1000 * seconds) / 8) + found.sizeBytes;
}

const AVERAGE_OF_CEILING = 0.6;

export function storage(bytes: number, prices: Prices = inUse()): number {
  return (bytes / 1e9) * unit(prices, "s3-standard-storage").usd;
}
