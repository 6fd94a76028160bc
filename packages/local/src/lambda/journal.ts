import type { Cloud } from "../kernel/cloud.ts";

/** How an invocation came about. */
export type Kind = "RequestResponse" | "Event" | "mapping";

/** One line of the invocation log. Payloads are not kept. */
export interface Invocation {
  function: string;
  requestId: string;
  kind: Kind;
  /** ARN of who asked: a role's session (the state machine's, say) or the mapping's queue. */
  source: string;
  startedAtMs: number;
  /** undefined while it runs */
  durationMs: number | undefined;
  /** `lost`: the machine was killed while it ran. */
  outcome: "running" | "succeeded" | "failed" | "throttled" | "lost";
  /** What the payload and the answer were about. */
  about: About;
}

export interface About {
  /** Ids with a kind in front, such as `vid_01J9...`, as found in payload and answer. */
  ids: string[];
  /** EventBridge events in the payload, as `source/detail.status`. */
  events: string[];
}

export interface Journal {
  begin(
    entry: Pick<Invocation, "function" | "requestId" | "kind" | "source">,
    payload: string,
  ): Note;
  invocations(sinceMs?: number): Invocation[];
}

export interface Note {
  end(outcome: "succeeded" | "failed" | "throttled", answer?: string): void;
}

export function openJournal(cloud: Cloud): Journal {
  const { store } = cloud;
  store.schema(`CREATE TABLE IF NOT EXISTS lambda_invocations (
    id INTEGER PRIMARY KEY, function TEXT NOT NULL, request_id TEXT NOT NULL, kind TEXT NOT NULL,
    source TEXT NOT NULL, started_ms INTEGER NOT NULL, duration_ms INTEGER, outcome TEXT NOT NULL,
    about TEXT NOT NULL)`);
  store.run("UPDATE lambda_invocations SET outcome = 'lost' WHERE outcome = 'running'");
  store.run(
    "DELETE FROM lambda_invocations WHERE id <= (SELECT MAX(id) FROM lambda_invocations) - ?",
    MOST_KEPT,
  );

  return {
    begin(entry, payload) {
      const startedAtMs = cloud.now();
      const about = aboutOf(payload);
      const { id } = store.run(
        `INSERT INTO lambda_invocations (function, request_id, kind, source, started_ms, outcome, about)
         VALUES (?, ?, ?, ?, ?, 'running', ?)`,
        entry.function,
        entry.requestId,
        entry.kind,
        entry.source,
        startedAtMs,
        JSON.stringify(about),
      );
      return {
        end(outcome, answer = "") {
          const ids = [...new Set([...about.ids, ...idsIn(answer)])].slice(0, MOST_IDS);
          store.run(
            "UPDATE lambda_invocations SET outcome = ?, duration_ms = ?, about = ? WHERE id = ?",
            outcome,
            cloud.now() - startedAtMs,
            JSON.stringify({ ...about, ids }),
            id,
          );
        },
      };
    },
    invocations: (sinceMs = 0) =>
      store
        .all<InvocationRow>(
          "SELECT * FROM lambda_invocations WHERE started_ms >= ? ORDER BY id",
          sinceMs,
        )
        .map((row) => ({
          function: row.function,
          requestId: row.request_id,
          kind: row.kind,
          source: row.source,
          startedAtMs: row.started_ms,
          durationMs: row.duration_ms ?? undefined,
          outcome: row.outcome,
          about: JSON.parse(row.about) as About,
        })),
  };
}

type InvocationRow = {
  function: string;
  request_id: string;
  kind: Kind;
  source: string;
  started_ms: number;
  duration_ms: number | null;
  outcome: Invocation["outcome"];
  about: string;
};

/** What a payload is about, without what it says. */
export function aboutOf(payload: string): About {
  let read: unknown;
  try {
    read = JSON.parse(payload);
  } catch {
    return { ids: [], events: [] };
  }
  const records = (read as { Records?: unknown } | null)?.Records;
  const carried = Array.isArray(records) ? records.map(bodyOf) : [read];
  const events = carried.flatMap(eventIn);
  return { ids: idsIn(payload), events: [...new Set(events)].slice(0, MOST_IDS) };
}

function bodyOf(record: unknown): unknown {
  try {
    return JSON.parse(String((record as { body?: unknown } | null)?.body));
  } catch {
    return undefined;
  }
}

function eventIn(carried: unknown): string[] {
  const event = carried as { source?: unknown; detail?: { status?: unknown } } | null | undefined;
  if (typeof event?.source !== "string" || typeof event.detail !== "object") return [];
  const status = typeof event.detail?.status === "string" ? `/${event.detail.status}` : "";
  return [`${event.source}${status}`.slice(0, 64)];
}

function idsIn(text: string): string[] {
  return [...new Set(text.match(TYPED_ID) ?? [])].slice(0, MOST_IDS);
}

// a kind and a ULID, the common form of ids that say what they identify
const TYPED_ID = /(?<![A-Za-z0-9_])[a-z]{2,5}_[0-9A-HJKMNP-TV-Z]{26}(?![A-Za-z0-9_])/g;

const MOST_IDS = 12;

const MOST_KEPT = 20_000;
