import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

export type Row = Record<string, unknown>;

/**
 * The one database of a data folder. Every service has tables of its own in it, so that a change
 * and the event it causes are one transaction: after a kill both are there or neither is.
 *
 * All calls are synchronous; a transaction must not await.
 */
export interface Store {
  /** Creates tables. Call it in a service's maker, with `CREATE TABLE IF NOT EXISTS`. */
  schema(sql: string): void;
  run(sql: string, ...values: SQLInputValue[]): { changes: number; id: number };
  get<R extends Row>(sql: string, ...values: SQLInputValue[]): R | undefined;
  all<R extends Row>(sql: string, ...values: SQLInputValue[]): R[];
  /** Runs all of `work` or, when it throws, nothing of it. May be nested. */
  transaction<T>(work: () => T): T;
  /** Runs `work` once the outermost transaction is committed (at once when there is none). */
  afterCommit(work: () => void): void;
  close(): void;
}

/**
 * @param file a path, or `:memory:`
 * @param options.alone keeps every other process out for as long as the store is open; the lock
 *   ends with the process, however it ends
 * @throws Error when another process keeps the store for itself
 */
export function openStore(file: string, options: { alone?: boolean } = {}): Store {
  if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
  const db = new DatabaseSync(file);
  if (options.alone) lock(db);
  // A killed process loses nothing with WAL; only a power cut could lose the last moments.
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;");
  const prepared = new Map<string, StatementSync>();
  let depth = 0;
  let waiting: Array<() => void> = [];

  const statement = (sql: string): StatementSync => {
    let found = prepared.get(sql);
    if (!found) {
      found = db.prepare(sql);
      prepared.set(sql, found);
    }
    return found;
  };

  return {
    schema: (sql) => db.exec(sql),
    run(sql, ...values) {
      const result = statement(sql).run(...values);
      return { changes: Number(result.changes), id: Number(result.lastInsertRowid) };
    },
    get: <R extends Row>(sql: string, ...values: SQLInputValue[]) =>
      statement(sql).get(...values) as R | undefined,
    all: <R extends Row>(sql: string, ...values: SQLInputValue[]) =>
      statement(sql).all(...values) as R[],
    transaction(work) {
      const point = `p${depth}`;
      db.exec(depth === 0 ? "BEGIN IMMEDIATE" : `SAVEPOINT ${point}`);
      const promised = waiting.length;
      depth += 1;
      try {
        const result = work();
        depth -= 1;
        db.exec(depth === 0 ? "COMMIT" : `RELEASE ${point}`);
        if (depth === 0) {
          const due = waiting;
          waiting = [];
          for (const next of due) next();
        }
        return result;
      } catch (error) {
        if (db.isTransaction && depth > 0) {
          depth -= 1;
          db.exec(depth === 0 ? "ROLLBACK" : `ROLLBACK TO ${point}; RELEASE ${point}`);
          waiting.length = promised;
        }
        throw error;
      }
    },
    afterCommit(work) {
      if (depth === 0) work();
      else waiting.push(work);
    },
    close: () => db.close(),
  };
}

function lock(db: DatabaseSync): void {
  try {
    db.exec("PRAGMA busy_timeout = 500; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;");
  } catch (error) {
    throw new Error("another process is using this data folder", { cause: error });
  }
}
