import type { Store } from "../../kernel/store.ts";
import type { Definition } from "../definition.ts";
import { type EventRow, eventOf, type HistoryEvent } from "../history.ts";
import type { Json } from "../json.ts";
import type { Draft } from "./draft.ts";
import type { Run, Status, Strand } from "./run.ts";

/** An execution as it is on disk; times in milliseconds since 1970. */
export interface ExecutionRow {
  id: number;
  arn: string;
  machineArn: string;
  name: string;
  revision: number;
  status: Status;
  input: string;
  output: string | null;
  error: string | null;
  cause: string | null;
  startedAtMs: number;
  stoppedAtMs: number | null;
  deadlineMs: number | null;
  traceHeader: string | null;
  [column: string]: unknown;
}

export type NewExecution = Pick<
  ExecutionRow,
  | "arn"
  | "machineArn"
  | "name"
  | "revision"
  | "input"
  | "startedAtMs"
  | "deadlineMs"
  | "traceHeader"
>;

/** A machine's definition as it was when an execution began. */
export interface Revision {
  id: number;
  machineArn: string;
  name: string;
  revisionId: string | null;
  definition: string;
  roleArn: string;
  settings: string;
  updatedAtMs: number;
  [column: string]: unknown;
}

export interface Ending {
  status: Exclude<Status, "RUNNING">;
  output?: Json;
  error?: string;
  cause?: string;
}

export type Journal = ReturnType<typeof openJournal>;

/** Executions, their strands and their history on disk. What is here survives a kill. */
export function openJournal(store: Store) {
  store.schema(TABLES);

  function revision(id: number): Revision {
    const found = store.get<Revision>("SELECT * FROM states_revisions WHERE id = ?", id);
    if (!found) throw new Error(`no revision ${id} of a state machine`);
    return found;
  }

  function addEvent(execution: number, row: EventRow): void {
    store.run(
      `INSERT INTO states_events (execution, id, previous, atMs, type, details)
       VALUES (?, ?, ?, ?, ?, ?)`,
      execution,
      row.id,
      row.previous,
      row.atMs,
      row.type,
      row.details,
    );
  }

  function putStrand(execution: number, strand: Strand): void {
    store.run(
      "INSERT OR REPLACE INTO states_strands (execution, id, token, body) VALUES (?, ?, ?, ?)",
      execution,
      strand.id,
      openToken(strand),
      JSON.stringify(strand),
    );
  }

  function end(id: number, ending: Ending, atMs: number): void {
    store.run(
      `UPDATE states_executions SET status = ?, output = ?, error = ?, cause = ?, stoppedAtMs = ?
       WHERE id = ?`,
      ending.status,
      ending.output === undefined ? null : JSON.stringify(ending.output),
      ending.error ?? null,
      ending.cause ?? null,
      atMs,
      id,
    );
    store.run("DELETE FROM states_strands WHERE execution = ?", id);
  }

  return {
    transaction: store.transaction,

    addRevision(revision: Omit<Revision, "id">): number {
      return store.run(
        `INSERT INTO states_revisions (machineArn, name, revisionId, definition, roleArn, settings, updatedAtMs)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        revision.machineArn as string,
        revision.name as string,
        revision.revisionId as string | null,
        revision.definition as string,
        revision.roleArn as string,
        revision.settings as string,
        revision.updatedAtMs as number,
      ).id;
    },

    revision,

    /** The machine that a revision belongs to, if there ever was one. */
    machineOf(revision: number): string | undefined {
      return store.get<{ machineArn: string }>(
        "SELECT machineArn FROM states_revisions WHERE id = ?",
        revision,
      )?.machineArn;
    },

    execution(arn: string): ExecutionRow | undefined {
      return store.get<ExecutionRow>("SELECT * FROM states_executions WHERE arn = ?", arn);
    },

    addExecution(row: NewExecution): void {
      store.run(
        `INSERT INTO states_executions
           (arn, machineArn, name, revision, status, input, startedAtMs, deadlineMs, traceHeader)
         VALUES (?, ?, ?, ?, 'RUNNING', ?, ?, ?, ?)`,
        row.arn,
        row.machineArn,
        row.name,
        row.revision,
        row.input,
        row.startedAtMs,
        row.deadlineMs,
        row.traceHeader,
      );
    },

    /** ARNs of a machine's executions that are under way. */
    running(machineArn: string): string[] {
      return store
        .all<{ arn: string }>(
          "SELECT arn FROM states_executions WHERE machineArn = ? AND status = 'RUNNING'",
          machineArn,
        )
        .map(({ arn }) => arn);
    },

    /** A machine's executions, the newest first. */
    list(
      machineArn: string,
      page: { status: string | undefined; before: number | undefined; limit: number },
    ): ExecutionRow[] {
      return store.all<ExecutionRow>(
        `SELECT * FROM states_executions
         WHERE machineArn = ? AND id < ? AND (? IS NULL OR status = ?) ORDER BY id DESC LIMIT ?`,
        machineArn,
        page.before ?? Number.MAX_SAFE_INTEGER,
        page.status ?? null,
        page.status ?? null,
        page.limit,
      );
    },

    /** All that a draft says, within the caller's transaction. */
    write({ run, atMs, events, drops, puts, ending }: Draft): void {
      for (const row of events) addEvent(run.id, row);
      if (ending) {
        end(run.id, ending, atMs);
        return;
      }
      for (const id of drops) {
        store.run("DELETE FROM states_strands WHERE execution = ? AND id = ?", run.id, id);
      }
      for (const strand of puts.values()) putStrand(run.id, strand);
    },

    /** Whose task waits for this token: the execution and the strand. */
    holder(token: string): { arn: string; machineArn: string; strand: number } | undefined {
      return store.get<{ arn: string; machineArn: string; strand: number }>(
        `SELECT e.arn, e.machineArn, s.id AS strand FROM states_strands s
         JOIN states_executions e ON e.id = s.execution WHERE s.token = ?`,
        token,
      );
    },

    /** Events after one id, in the order asked for. */
    events(
      execution: number,
      page: { after: number; limit: number; reverse: boolean; withData: boolean },
    ): HistoryEvent[] {
      const sql = page.reverse
        ? "SELECT * FROM states_events WHERE execution = ? AND id < ? ORDER BY id DESC LIMIT ?"
        : "SELECT * FROM states_events WHERE execution = ? AND id > ? ORDER BY id LIMIT ?";
      return store
        .all<EventRow>(sql, execution, page.after, page.limit)
        .map((row) => eventOf(row, page.withData));
    },

    /** Executions that were under way when the process ended. */
    unfinished(): Run[] {
      return store
        .all<ExecutionRow>("SELECT * FROM states_executions WHERE status = 'RUNNING' ORDER BY id")
        .map((row) => this.load(row));
    },

    load(row: ExecutionRow): Run {
      const made = revision(row.revision);
      const strands = store
        .all<{ body: string }>(
          "SELECT body FROM states_strands WHERE execution = ? ORDER BY id",
          row.id,
        )
        .map(({ body }) => JSON.parse(body) as Strand);
      const last = store.get<{ id: number | null }>(
        "SELECT max(id) AS id FROM states_events WHERE execution = ?",
        row.id,
      );
      return {
        id: row.id,
        arn: row.arn,
        name: row.name,
        machineArn: row.machineArn,
        machineName: made.name,
        roleArn: made.roleArn,
        revision: made.id,
        definition: JSON.parse(made.definition) as Definition,
        input: JSON.parse(row.input) as Json,
        startedAtMs: row.startedAtMs,
        deadlineMs: row.deadlineMs ?? undefined,
        lastEventId: last?.id ?? 0,
        lastStrandId: Math.max(0, ...strands.map(({ id }) => id)),
        strands: new Map(strands.map((strand) => [strand.id, strand])),
      };
    },
  };
}

/** A token that has been answered opens nothing any more. */
function openToken({ stage }: Strand): string | null {
  if (stage.kind !== "calling" || stage.call.answer) return null;
  return stage.call.token ?? null;
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS states_revisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    machineArn TEXT NOT NULL, name TEXT NOT NULL, revisionId TEXT, definition TEXT NOT NULL,
    roleArn TEXT NOT NULL, settings TEXT NOT NULL, updatedAtMs INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS states_executions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    arn TEXT NOT NULL UNIQUE, machineArn TEXT NOT NULL, name TEXT NOT NULL,
    revision INTEGER NOT NULL REFERENCES states_revisions(id),
    status TEXT NOT NULL, input TEXT NOT NULL, output TEXT, error TEXT, cause TEXT,
    startedAtMs INTEGER NOT NULL, stoppedAtMs INTEGER, deadlineMs INTEGER, traceHeader TEXT
  );
  CREATE INDEX IF NOT EXISTS states_executions_by_machine ON states_executions (machineArn, id);
  CREATE INDEX IF NOT EXISTS states_executions_running ON states_executions (id) WHERE status = 'RUNNING';
  CREATE TABLE IF NOT EXISTS states_events (
    execution INTEGER NOT NULL, id INTEGER NOT NULL, previous INTEGER NOT NULL,
    atMs INTEGER NOT NULL, type TEXT NOT NULL, details TEXT,
    PRIMARY KEY (execution, id)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS states_strands (
    execution INTEGER NOT NULL, id INTEGER NOT NULL, token TEXT UNIQUE, body TEXT NOT NULL,
    PRIMARY KEY (execution, id)
  );
`;
