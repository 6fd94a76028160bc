import type { HistoryEvent } from "./history.ts";
import { type Described, ROLE } from "./testing.ts";
import { rows, same } from "./vectors.testing.ts";

/** A recorded execution. */
export interface Row {
  id: string;
  queryLanguage: string;
  type: string;
  definition: object;
  input?: unknown;
  inputText?: string;
  expected: { status: string; output?: unknown; error?: string; cause?: unknown };
  history?: string[];
  historyOrder: string;
  tasks?: Task[];
  needs: string[];
}

export interface Task {
  state: string;
  resource: string;
  resourceType?: string;
  given: unknown;
  output?: unknown;
  error?: string;
  cause?: unknown;
  timedOut?: boolean;
}

/** @returns what is not as recorded, for the test to show; undefined when all is */
export function resultDiffers({ expected }: Row, described: Described): object | undefined {
  const output = described.output === undefined ? undefined : JSON.parse(neutral(described.output));
  const { status, error, cause } = described;
  const agrees =
    status === expected.status &&
    error === expected.error &&
    same(older(expected.cause), cause === undefined ? undefined : neutral(cause)) &&
    same(withoutMetadata(expected.output), output);
  return agrees ? undefined : { aws: expected, laptop: { status, output, error, cause } };
}

export function eventsDiffer(row: Row, events: HistoryEvent[]): object | undefined {
  if (row.historyOrder !== "recorded" || !row.history) return undefined;
  const types = events.map(({ type }) => type);
  if (JSON.stringify(types) !== JSON.stringify(row.history))
    return { aws: row.history, laptop: types };
  const whole = histories.get(row.id);
  for (const [index, { timestamp: _at, ...event }] of events.entries()) {
    const ours = JSON.parse(neutral(JSON.stringify(event)));
    const theirs = withoutMetadata(JSON.parse(neutral(JSON.stringify(whole?.[index] ?? null))));
    if (whole && !same(theirs, ours)) return { aws: theirs, laptop: ours };
  }
  return undefined;
}

const histories = new Map(
  rows<{ id: string; events: object[] }>("histories").map(({ id, events }) => [id, events]),
);

/** The recordings have a short name where we have an ARN. */
export function neutral(text: string): string {
  return (
    text
      .replaceAll(ROLE, "snf_role_arn")
      // AWS writes this since 2025; most recordings are older.
      .replaceAll(" (SDK Attempt Count: 1)", "")
      .replace(/arn:aws:iam::111111111111:role\/<resource:\d>/g, "snf_role_arn")
  );
}

/** The headers that AWS's own SDK adds to results are left out on the laptop. */
export function withoutMetadata(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMetadata);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "SdkHttpMetadata" && key !== "SdkResponseMetadata")
      .map(([key, inner]) => [key, withoutMetadata(inner)]),
  );
}

function older(cause: unknown): unknown {
  return typeof cause === "string" ? neutral(cause) : cause;
}
