import type { Failure } from "../failure.ts";
import { type EventRow, MOST_EVENTS, output as outputDetails } from "../history.ts";
import type { JsonObject } from "../json.ts";
import type { Ending } from "./journal.ts";
import type { Call, Run, Stage, Strand } from "./run.ts";

/**
 * What one step of an execution changes: history, strands, perhaps the end. Nothing of it is seen
 * until it is committed, and then all of it.
 */
export class Draft {
  readonly run: Run;
  readonly atMs: number;
  readonly events: EventRow[] = [];
  readonly puts = new Map<number, Strand>();
  readonly drops = new Set<number>();
  /** Calls to make once this is committed, by strand. */
  readonly calls = new Map<number, Call>();
  ending: Ending | undefined;
  lastStrandId: number;

  constructor(run: Run, atMs: number) {
    this.run = run;
    this.atMs = atMs;
    this.lastStrandId = run.lastStrandId;
  }

  get lastEventId(): number {
    return this.run.lastEventId + this.events.length;
  }

  /** @returns the new event's id */
  event(type: string, previous: number, details?: JsonObject): number {
    const id = this.lastEventId + 1;
    this.events.push({
      id,
      previous,
      atMs: this.atMs,
      type,
      details: details ? JSON.stringify(details) : null,
    });
    return id;
  }

  /** A strand as this draft leaves it. */
  strand(id: number): Strand | undefined {
    if (this.drops.has(id)) return undefined;
    return this.puts.get(id) ?? this.run.strands.get(id);
  }

  put(strand: Strand, changes: Partial<Strand>): Strand {
    const next = { ...strand, ...changes, turn: strand.turn + 1 };
    this.puts.set(strand.id, next);
    return next;
  }

  children(parent: number): Strand[] {
    const ids = new Set([...this.run.strands.keys(), ...this.puts.keys()]);
    return [...ids]
      .map((id) => this.strand(id))
      .filter((strand) => strand !== undefined && strand.parent === parent)
      .sort((one, other) => (one?.index ?? 0) - (other?.index ?? 0)) as Strand[];
  }

  /** How many strands a Parallel or Map has begun, and how many of them have not ended. */
  progress(parent: number): { begun: number; open: number } {
    let begun = 0;
    let open = 0;
    const count = (strand: Strand | undefined) => {
      if (strand?.parent !== parent) return;
      begun += 1;
      if (strand.stage.kind !== "done") open += 1;
    };
    for (const id of this.run.strands.keys()) count(this.strand(id));
    for (const id of this.puts.keys()) if (!this.run.strands.has(id)) count(this.strand(id));
    return { begun, open };
  }

  /** A new line of states, at the entrance of its first one. */
  spawn(
    strand: Pick<Strand, "index" | "flow" | "state" | "input" | "lastEventId"> & {
      parent?: number;
    },
  ) {
    this.lastStrandId += 1;
    const born: Strand = {
      ...strand,
      id: this.lastStrandId,
      turn: 0,
      variables: {},
      entered: { eventId: 0, previousEventId: 0, atMs: this.atMs, retries: {} },
      stage: { kind: "arriving" },
    };
    this.puts.set(born.id, born);
    return born;
  }

  /** Removes a strand and all strands inside it. */
  drop(id: number): void {
    for (const child of this.children(id)) this.drop(child.id);
    this.puts.delete(id);
    this.calls.delete(id);
    this.drops.add(id);
  }

  /** @param fork the flows inside a Parallel or Map have failed, and history has yet to say so */
  failed(failure: Failure, fork = false): Stage {
    return { kind: "failed", failure, atMs: this.atMs, ...(fork ? { fork } : {}) };
  }

  /** Forgets all that was drafted. */
  reset(): void {
    this.events.length = 0;
    this.puts.clear();
    this.drops.clear();
    this.calls.clear();
    this.ending = undefined;
    this.lastStrandId = this.run.lastStrandId;
  }

  end(ending: Ending, previous: number): void {
    const { error, cause, output } = ending;
    this.ending = ending;
    this.event(ENDINGS[ending.status], previous, {
      ...(output === undefined ? {} : outputDetails(output)),
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

const ENDINGS = {
  SUCCEEDED: "ExecutionSucceeded",
  FAILED: "ExecutionFailed",
  TIMED_OUT: "ExecutionTimedOut",
  ABORTED: "ExecutionAborted",
} as const;

/** A history has room for so many events; the execution ends with the last of them. */
export function bounded(draft: Draft): Draft {
  if (draft.lastEventId < MOST_EVENTS || draft.ending) return draft;
  draft.reset();
  const cause = `The execution reached the maximum number of history events (${MOST_EVENTS}).`;
  draft.end({ status: "FAILED", error: "States.Runtime", cause }, draft.lastEventId);
  return draft;
}
