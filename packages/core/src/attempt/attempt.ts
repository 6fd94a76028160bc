import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import type { VideoId } from "../id/id.ts";
import type { Source } from "../intake/intake.ts";
import type { Plan } from "../ladder/ladder.ts";
import { Problem, type Told } from "../problem/index.ts";
import type { Found } from "../source/found.ts";
import type { Warning } from "../video/film.ts";
import * as Row from "../video/row.ts";

/** One try at making a film's outputs. Everything that happens to it is fenced by its number. */
export interface Attempt {
  videoId: VideoId;
  attempt: number;
  execution?: string;
  source?: Source;
  /** What Validate saw and decided. */
  found?: Found;
  plan?: Plan;
  /** The waiting task, parked until the job is over. */
  token?: string;
  /** Which of the state machine's deliveries parked it; a later one wins. */
  delivery?: number;
  /** Until when somebody is busy submitting this attempt. */
  leaseUntilMs?: number;
  /** Since when a job may exist although nobody wrote its id down. */
  createTriedAtMs?: number;
  jobId?: string;
  /** How it ended: written once, never changed. */
  terminal?: Outcome;
}

export interface Outcome {
  status: "COMPLETE" | "ERROR" | "CANCELED";
  atMs: number;
  problem?: Told;
  /** What AWS said about it: for operators. */
  said?: string;
  warnings?: Warning[];
  /** How long each output became, group by group as in the job: what it is billed by. */
  outputs?: { durationMs?: number }[][];
}

export function keyOf(videoId: VideoId, attempt: number): Table.Key {
  return { PK: `VIDEO#${videoId}`, SK: `${PREFIX}${attempt}` };
}

const PREFIX = "ATTEMPT#";

export async function find(videoId: VideoId, attempt: number): Promise<Attempt | undefined> {
  const row = await Table.read(keyOf(videoId, attempt));
  return row ? fromRow(videoId, attempt, row) : undefined;
}

/** Every attempt at a film that left a row. */
export async function* every(videoId: VideoId): AsyncGenerator<Attempt> {
  for await (const row of Table.every({
    where: "PK = :film AND begins_with(SK, :attempt)",
    values: { ":film": `VIDEO#${videoId}`, ":attempt": PREFIX },
  })) {
    yield fromRow(videoId, Number(String(row.SK).slice(PREFIX.length)), row);
  }
}

/**
 * Writes down what an attempt is about to do, unless its film has moved on meanwhile. The same plan
 * written again changes nothing.
 *
 * @throws Problem `Superseded` when a newer attempt has begun, or the film was cancelled or deleted
 */
export async function begin(
  videoId: VideoId,
  attempt: number,
  opening: { execution: string; source: Source; found: Found; plan: Plan },
): Promise<void> {
  const now = Clock.now();
  const begun = await Table.together([
    {
      key: Row.keyOf(videoId),
      update: "SET updatedAtMs = :now",
      condition: `${Row.ALIVE} AND attempt = :attempt AND #status = :validating`,
      names: { "#status": "status" },
      values: { ":now": now, ":attempt": attempt, ":validating": "VALIDATING" },
    },
    {
      key: keyOf(videoId, attempt),
      update:
        "SET execution = :execution, #source = :source, #found = :found, #plan = :plan, createdAtMs = if_not_exists(createdAtMs, :now)",
      condition: "attribute_not_exists(createTriedAtMs) AND attribute_not_exists(jobId)",
      names: { "#source": "source", "#found": "found", "#plan": "plan" },
      values: {
        ":execution": opening.execution,
        ":source": opening.source,
        ":found": opening.found,
        ":plan": opening.plan,
        ":now": now,
      },
    },
  ]);
  if ("refused" in begun && begun.refused.includes(0)) {
    throw new Problem("Superseded", { videoId, attempt });
  }
}

export type Parked =
  | { is: "parked"; before: Attempt; leaseUntilMs: number }
  | { is: "old" }
  | { is: "busy" }
  | { is: "unknown" };

/**
 * Parks the token and takes the lease for a delivery.
 *
 * @returns the attempt as it was before, or why it cannot be taken now
 */
export async function park(
  videoId: VideoId,
  attempt: number,
  by: { token: string; delivery: number; leaseMs: number },
): Promise<Parked> {
  const now = Clock.now();
  const leaseUntilMs = now + by.leaseMs;
  const before = await Table.change(keyOf(videoId, attempt), {
    update:
      "SET #token = :token, delivery = :delivery, leaseUntilMs = :until, createTriedAtMs = if_not_exists(createTriedAtMs, :now)",
    condition:
      "attribute_exists(PK) AND (attribute_not_exists(delivery) OR delivery <= :delivery) AND (attribute_not_exists(leaseUntilMs) OR leaseUntilMs < :now)",
    names: { "#token": "token" },
    values: { ":token": by.token, ":delivery": by.delivery, ":until": leaseUntilMs, ":now": now },
    answer: "ALL_OLD",
  });
  if (before) return { is: "parked", before: fromRow(videoId, attempt, before), leaseUntilMs };
  const held = await find(videoId, attempt);
  if (!held) return { is: "unknown" };
  return { is: (held.delivery ?? 0) > by.delivery ? "old" : "busy" };
}

/**
 * Nothing was created. Gives the lease back, and with `forgetTry` the mark that a job may exist.
 * A lease that somebody else took over meanwhile is left alone.
 */
export async function release(
  videoId: VideoId,
  attempt: number,
  leaseUntilMs: number,
  forgetTry: boolean,
): Promise<void> {
  await Table.change(keyOf(videoId, attempt), {
    update: forgetTry ? "REMOVE leaseUntilMs, createTriedAtMs" : "REMOVE leaseUntilMs",
    condition: "leaseUntilMs = :mine",
    values: { ":mine": leaseUntilMs },
  });
}

/**
 * Writes the job's id, whoever learnt it: submit, an event, or the sweeper. Only an attempt that
 * tried to create a job can have one.
 *
 * @returns the attempt, or undefined when the job is not this attempt's
 */
export async function learnJob(
  videoId: VideoId,
  attempt: number,
  jobId: string,
): Promise<Attempt | undefined> {
  const row = await Table.change(keyOf(videoId, attempt), {
    update: "SET jobId = :job REMOVE leaseUntilMs",
    condition: OWN_JOB,
    values: { ":job": jobId },
  });
  return row && fromRow(videoId, attempt, row);
}

/**
 * Writes how the attempt ended; the first outcome stays.
 *
 * @param jobId whose outcome it is; absent when no job was ever made
 * @returns the attempt as it is now, or undefined when the outcome is not this attempt's
 */
export async function end(
  videoId: VideoId,
  attempt: number,
  outcome: Outcome,
  jobId?: string,
): Promise<Attempt | undefined> {
  const row = await Table.change(keyOf(videoId, attempt), {
    update: jobId
      ? "SET terminal = if_not_exists(terminal, :outcome), jobId = :job REMOVE leaseUntilMs"
      : "SET terminal = if_not_exists(terminal, :outcome) REMOVE leaseUntilMs",
    condition: jobId ? OWN_JOB : "attribute_exists(PK) AND attribute_not_exists(jobId)",
    values: { ":outcome": outcome, ...(jobId ? { ":job": jobId } : {}) },
  });
  return row && fromRow(videoId, attempt, row);
}

/**
 * Ends an attempt that nobody handed to the encoder yet: nobody will.
 *
 * @returns whether it is so; false when a job may exist
 */
export async function forestall(
  videoId: VideoId,
  attempt: number,
  outcome: Outcome,
): Promise<boolean> {
  const row = await Table.change(keyOf(videoId, attempt), {
    update: "SET terminal = if_not_exists(terminal, :outcome)",
    condition: "attribute_exists(PK) AND attribute_not_exists(createTriedAtMs)",
    values: { ":outcome": outcome },
  });
  return row !== undefined;
}

const OWN_JOB =
  "jobId = :job OR (attribute_exists(createTriedAtMs) AND attribute_not_exists(jobId))";

function fromRow(videoId: VideoId, attempt: number, row: Table.Row): Attempt {
  return { ...(row as Partial<Attempt>), videoId, attempt };
}
