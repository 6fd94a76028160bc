import type { Json, JsonObject } from "./json.ts";

/** One line of an execution's history, as GetExecutionHistory gives it. */
export interface HistoryEvent {
  id: number;
  previousEventId: number;
  timestamp: Date;
  type: string;
  /** At most one member more: the details, under a name made from the type. */
  [details: string]: unknown;
}

export interface EventRow {
  id: number;
  previous: number;
  atMs: number;
  type: string;
  details: string | null;
  [column: string]: unknown;
}

/** `TaskStateEntered` keeps its details in `stateEnteredEventDetails`, `TaskFailed` in `taskFailedEventDetails`. */
export function detailsKey(type: string): string {
  if (type.endsWith("StateEntered")) return "stateEnteredEventDetails";
  if (type.endsWith("StateExited")) return "stateExitedEventDetails";
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

/** @param withData false leaves out inputs, outputs, parameters and variables */
export function eventOf(row: EventRow, withData = true): HistoryEvent {
  const event: HistoryEvent = {
    timestamp: new Date(row.atMs),
    type: row.type,
    id: row.id,
    previousEventId: row.previous,
  };
  if (row.details === null) return event;
  const details = JSON.parse(row.details) as JsonObject;
  event[detailsKey(row.type)] = withData
    ? details
    : Object.fromEntries(Object.entries(details).filter(([name]) => !DATA.has(name)));
  return event;
}

/** An input or output the way history events carry it: as JSON text. */
export function input(value: Json): JsonObject {
  return { input: JSON.stringify(value), inputDetails: { truncated: false } };
}

export function output(value: Json): JsonObject {
  return { output: JSON.stringify(value), outputDetails: { truncated: false } };
}

export function assignedVariables(assigned: Record<string, Json>): JsonObject {
  const names = Object.keys(assigned);
  if (names.length === 0) return {};
  const texts = names.map((name) => [name, JSON.stringify(assigned[name])] as const);
  return {
    assignedVariables: Object.fromEntries(texts),
    assignedVariablesDetails: { truncated: false },
  };
}

const DATA = new Set([
  "input",
  "inputDetails",
  "output",
  "outputDetails",
  "parameters",
  "assignedVariables",
  "assignedVariablesDetails",
]);

/** Most events an execution may have. Source: Step Functions quotas. */
export const MOST_EVENTS = 25_000;
