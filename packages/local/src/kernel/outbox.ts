import { setTimeout as pause } from "node:timers/promises";
import type { Cloud } from "./cloud.ts";

/** One piece of work on its way. */
export interface Errand<Work> {
  work: Work;
  /** Tries made before this one. */
  tries: number;
  owedAtMs: number;
}

/** What becomes of a piece of work that failed. */
export type Verdict =
  | { kind: "again"; inMs: number }
  /** `exhausted` names the limit that was reached, when it was one. */
  | { kind: "give-up"; exhausted?: string };

export interface Runner<Work> {
  /** Does the work; throwing means it was not done. May be called again for work that was done. */
  run(errand: Errand<Work>, signal: AbortSignal): Promise<void>;
  judge(errand: Errand<Work>, error: unknown): Verdict;
  /** The last thing that happens to work that was given up; its own failure is told and no more. */
  giveUp(errand: Errand<Work>, error: unknown, exhausted: string | undefined): Promise<void>;
}

/** Work that is owed: done at least once, tried again with patience, kept over a restart. */
export interface Outbox<Work> {
  /** Inside a store transaction the debt is part of it; the work begins after the commit. */
  owe(work: Work): void;
  start(): void;
  /** Cuts short what is running; it is still owed. */
  stop(): Promise<void>;
  /** How much is owed, running included. */
  owed(): number;
}

/**
 * @param name tells this outbox's rows from those of others in the same store
 * @param width how many pieces run side by side
 */
export function openOutbox<Work extends object>(
  cloud: Cloud,
  name: string,
  runner: Runner<Work>,
  width = 16,
): Outbox<Work> {
  const { store } = cloud;
  store.schema(`
    CREATE TABLE IF NOT EXISTS outbox (
      id INTEGER PRIMARY KEY AUTOINCREMENT, box TEXT NOT NULL, work TEXT NOT NULL,
      tries INTEGER NOT NULL DEFAULT 0, due_ms INTEGER NOT NULL, owed_ms INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS outbox_due ON outbox (box, due_ms, id);
  `);
  const running = new Map<number, Promise<void>>();
  let ending: AbortController | undefined;
  let timer: NodeJS.Timeout | undefined;

  const begin = (row: OwedRow, signal: AbortSignal) => {
    const errand = { work: JSON.parse(row.work) as Work, tries: row.tries, owedAtMs: row.owed_ms };
    // Not before it is noted as running: the work itself may owe more, and so look here again.
    const done = Promise.resolve()
      .then(() => attempt(row.id, errand, signal))
      .catch(async (error) => {
        // Nothing can be written down (a full disk): tried again at once it would spin.
        cloud.tell(`${name}: a piece of work waits (${nameOf(error)})`);
        await pause(LOOK_AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined);
      })
      .finally(() => {
        running.delete(row.id);
        pump();
      });
    running.set(row.id, done);
  };

  const attempt = async (id: number, errand: Errand<Work>, signal: AbortSignal) => {
    try {
      await runner.run(errand, signal);
    } catch (error) {
      if (signal.aborted) return;
      const verdict = runner.judge(errand, error);
      if (verdict.kind === "again") {
        const dueMs = cloud.now() + verdict.inMs;
        store.run("UPDATE outbox SET tries = tries + 1, due_ms = ? WHERE id = ?", dueMs, id);
        return;
      }
      try {
        await runner.giveUp(errand, error, verdict.exhausted);
      } catch (last) {
        cloud.tell(`${name}: nothing took what was given up (${nameOf(last)})`);
      }
      if (signal.aborted) return;
    }
    store.run("DELETE FROM outbox WHERE id = ?", id);
  };

  const pump = () => {
    clearTimeout(timer);
    const signal = ending?.signal;
    if (!signal || signal.aborted) return;
    const due = store.all<OwedRow>(
      "SELECT id, work, tries, due_ms, owed_ms FROM outbox WHERE box = ? ORDER BY due_ms, id LIMIT ?",
      name,
      width * 2,
    );
    for (const row of due) {
      if (running.has(row.id)) continue;
      const waitMs = row.due_ms - cloud.now();
      if (waitMs > 0) {
        // A clock that is turned by hand is noticed within a second.
        timer = setTimeout(pump, Math.min(waitMs, LOOK_AGAIN_MS));
        return;
      }
      if (running.size >= width) return;
      begin(row, signal);
    }
  };

  return {
    owe(work) {
      const now = cloud.now();
      store.run(
        "INSERT INTO outbox (box, work, due_ms, owed_ms) VALUES (?, ?, ?, ?)",
        name,
        JSON.stringify(work),
        now,
        now,
      );
      store.afterCommit(pump);
    },
    start() {
      ending = new AbortController();
      pump();
    },
    async stop() {
      ending?.abort();
      clearTimeout(timer);
      await Promise.allSettled(running.values());
    },
    owed() {
      const row = store.get<{ n: number }>("SELECT count(*) AS n FROM outbox WHERE box = ?", name);
      return row?.n ?? 0;
    },
  };
}

/** Waits longer with every try, up to five minutes, and never twice exactly as long. */
export function patience(tries: number, firstMs = 500): number {
  const ceiling = Math.min(firstMs * 2 ** Math.min(tries, 20), 300_000);
  return Math.round(ceiling * (0.5 + Math.random() / 2));
}

const LOOK_AGAIN_MS = 1000;

interface OwedRow extends Record<string, unknown> {
  id: number;
  work: string;
  tries: number;
  due_ms: number;
  owed_ms: number;
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error);
