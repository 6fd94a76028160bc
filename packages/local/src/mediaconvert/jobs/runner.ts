import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ToolMissing, type Tools } from "../../ffmpeg/find.ts";
import type { Cloud } from "../../kernel/cloud.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Arns } from "../arns.ts";
import type { Objects } from "../objects.ts";
import { JobError, type JobErrorCode, type JobWarning } from "../problem.ts";
import type { Queues } from "../queue/queues.ts";
import { emitJob, inputDetails, jobPercent, jobProgress } from "./events.ts";
import { isDiskFull } from "./failure.ts";
import { before, type JobRow, type Phase, requestOf, type Status } from "./row.ts";
import { workOn } from "./work.ts";

/** Starts what is due, and writes every move of a job together with its event. */
export interface Runner {
  /** Looks for work; harmless to call at any time. */
  wake(): void;
  /** @throws Refusal when the job is over, or about to be */
  cancel(row: JobRow): void;
  start(): void;
  stop(): Promise<void>;
}

export interface RunnerParts {
  cloud: Cloud;
  arns: Arns;
  queues: Queues;
  objects: Objects;
  tools: () => Tools;
  lenient: boolean;
  /** jobs at once on this machine, whatever the queues say */
  parallel?: number | undefined;
  /** hears each job's ffmpeg command */
  onCommand?: ((jobId: string, line: string) => void) | undefined;
}

interface Running {
  abort: AbortController;
  ended: Promise<void>;
  finishing: boolean;
}

export function openRunner(parts: RunnerParts): Runner {
  const { cloud, arns, queues } = parts;
  const { store } = cloud;
  const folder = join(cloud.folder("mediaconvert"), "work");
  // x264 uses every core by itself: a second job at once only pays where there are many
  const parallel = parts.parallel ?? Math.max(1, Math.floor(availableParallelism() / 4));
  const running = new Map<string, Running>();
  let open = false;

  const get = (id: string) => store.get<JobRow>("SELECT * FROM mediaconvert_jobs WHERE id = ?", id);
  const arnsOf = (row: JobRow) => ({ job: arns.job(row.id), queue: arns.queue(row.queue) });

  /** A change of status and its event are one; a move that is not allowed changes nothing. */
  const move = (
    id: string,
    to: Status,
    set: Record<string, string | number | null>,
    more: Record<string, unknown> = {},
  ): boolean =>
    store.transaction(() => {
      const row = get(id);
      if (!row || !before[to].includes(row.status)) return false;
      const names = Object.keys(set);
      store.run(
        `UPDATE mediaconvert_jobs SET status = ?${names.map((name) => `, ${name} = ?`).join("")} WHERE id = ?`,
        to,
        ...Object.values(set),
        id,
      );
      emitJob(cloud, row, arnsOf(row), to, more);
      return true;
    });

  const due = (): JobRow | undefined => {
    const interrupted = store
      .all<JobRow>("SELECT * FROM mediaconvert_jobs WHERE status = 'PROGRESSING' ORDER BY seq")
      .find((row) => !running.has(row.id));
    if (interrupted) return interrupted;
    return queues
      .all()
      .filter((queue) => queue.status === "ACTIVE")
      .flatMap((queue) => {
        const busy = [...running.keys()].filter((id) => get(id)?.queue === queue.name).length;
        if (busy >= queue.concurrentJobs) return [];
        const next = store.get<JobRow>(
          "SELECT * FROM mediaconvert_jobs WHERE status = 'SUBMITTED' AND queue = ? ORDER BY priority DESC, seq LIMIT 1",
          queue.name,
        );
        return next ? [next] : [];
      })
      .sort((a, b) => b.priority - a.priority || a.seq - b.seq)[0];
  };

  const run = async (row: JobRow, abort: AbortController): Promise<void> => {
    const startedAtMs = row.startedAtMs ?? cloud.now();
    const runs = row.runs + 1;
    const change = { startedAtMs, runs, phase: "PROBING", percent: 0 };
    if (row.status === "SUBMITTED") move(row.id, "PROGRESSING", change);
    else {
      store.run(
        "UPDATE mediaconvert_jobs SET runs = ?, phase = 'PROBING', percent = 0 WHERE id = ?",
        runs,
        row.id,
      );
    }
    const request = requestOf(row);
    const place = join(folder, `${row.id}-${runs}`);
    mkdirSync(place, { recursive: true });
    const progress: { phase: Phase; phasePercent: number; frames: number } = {
      phase: "PROBING",
      phasePercent: 0,
      frames: 0,
    };
    const hasVideo = JSON.stringify(request.Settings).includes('"H_264"');
    const seconds = Number((request.StatusUpdateInterval ?? "SECONDS_60").replace("SECONDS_", ""));
    const ticking = setInterval(() => {
      if (abort.signal.aborted) return;
      const percent = jobPercent(progress.phase, progress.phasePercent);
      const told = jobProgress({ ...progress, percent, runs });
      emitJob(cloud, row, arnsOf(row), "STATUS_UPDATE", {
        framesDecoded: progress.frames,
        jobProgress: told,
      });
    }, seconds * 1000);
    try {
      const done = await workOn({
        settings: request.Settings ?? {},
        objects: parts.objects,
        tools: parts.tools,
        caller: () =>
          cloud.iam.assume(request.Role ?? "", "mediaconvert.amazonaws.com", {
            "aws:SourceArn": arns.queue(row.queue),
            "aws:SourceAccount": cloud.accountId,
          }),
        folder: place,
        lenient: parts.lenient,
        startedAtMs,
        timeoutMs: LONGEST_MS,
        signal: abort.signal,
        heard: {
          phase(phase, phasePercent, frames) {
            const moved = phase !== progress.phase || phasePercent - progress.phasePercent >= 1;
            if (moved) {
              progress.phase = phase;
              progress.phasePercent = Math.min(100, phasePercent);
            }
            if (frames !== undefined) progress.frames = frames;
            if (!moved) return;
            store.run(
              "UPDATE mediaconvert_jobs SET phase = ?, percent = ? WHERE id = ? AND status = 'PROGRESSING'",
              phase,
              hasVideo ? jobPercent(phase, phasePercent) : null,
              row.id,
            );
          },
          media: (uri, media) =>
            emitJob(cloud, row, arnsOf(row), "INPUT_INFORMATION", {
              inputDetails: inputDetails(uri, media),
            }),
          command: (line) => parts.onCommand?.(row.id, line),
          finishing() {
            const entry = running.get(row.id);
            if (!entry || abort.signal.aborted) return false;
            entry.finishing = true;
            return true;
          },
        },
      });
      complete(row, done.event, JSON.stringify(done.job), done.warnings);
    } catch (error) {
      if (abort.signal.aborted) return; // cancelled, or to be run again after a restart
      fail(row, error);
    } finally {
      clearInterval(ticking);
      rmSync(place, { recursive: true, force: true, maxRetries: 3 });
    }
  };

  const complete = (row: JobRow, event: unknown, outputs: string, warnings: JobWarning[]) => {
    const at = { finishedAtMs: cloud.now(), phase: null, percent: 100 };
    move(
      row.id,
      "COMPLETE",
      { ...at, outputs, warnings: JSON.stringify(warnings) },
      {
        ...(warnings.length > 0 ? { warnings } : {}),
        outputGroupDetails: event,
        paddingInserted: 0,
      },
    );
  };

  const fail = (row: JobRow, error: unknown) => {
    const known = error instanceof JobError ? error : undefined;
    const code: JobErrorCode = known?.code ?? (isDiskFull(error) ? 1507 : 1999);
    const message =
      known?.message ??
      (error instanceof ToolMissing ? error.message : undefined) ??
      `Unexpected: ${error instanceof Error ? error.message : error}`;
    move(
      row.id,
      "ERROR",
      { finishedAtMs: cloud.now(), phase: null, errorCode: code, errorMessage: message },
      { errorCode: code, errorMessage: message },
    );
  };

  const wake = () => {
    while (open && running.size < parallel) {
      const row = due();
      if (!row) return;
      const abort = new AbortController();
      const entry: Running = { abort, finishing: false, ended: Promise.resolve() };
      running.set(row.id, entry);
      entry.ended = run(row, abort)
        .catch((error: unknown) => fail(row, error))
        .finally(() => {
          running.delete(row.id);
          wake();
        });
    }
  };

  return {
    wake,
    cancel(row) {
      const entry = running.get(row.id);
      const late = entry?.finishing || !before.CANCELED.includes(row.status);
      if (late) {
        throw new Refusal("ConflictException", `The job ${row.id} can no longer be canceled.`, {
          httpStatus: 409,
        });
      }
      move(row.id, "CANCELED", { finishedAtMs: cloud.now(), phase: null });
      entry?.abort.abort();
    },
    start() {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      mkdirSync(folder, { recursive: true });
      open = true;
      wake();
    },
    async stop() {
      open = false;
      for (const { abort } of running.values()) abort.abort();
      await Promise.allSettled([...running.values()].map(({ ended }) => ended));
      for (const left of readdirSync(cloud.folder("mediaconvert"))) {
        if (left === "work") rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  };
}

/** A job is over after two days, one way or the other. Source: user guide, job life. */
const LONGEST_MS = 48 * 60 * 60 * 1000;
