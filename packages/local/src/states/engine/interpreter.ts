import type { Cloud } from "../../kernel/cloud.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { contextOf } from "../context.ts";
import { languageOf, stateAt } from "../definition.ts";
import { runtime, StateFailed } from "../failure.ts";
import type { HistoryEvent } from "../history.ts";
import { eventOf, input } from "../history.ts";
import { placed, queries, type Scene } from "../query/query.ts";
import type { Site } from "../states/kind.ts";
import { kinds } from "../states/kinds.ts";
import { perform } from "../tasks/perform.ts";
import { openAlarms } from "./alarms.ts";
import { alreadyAnswered, answered, late, returned } from "./calls.ts";
import { bounded, Draft } from "./draft.ts";
import type { Ending, Journal, NewExecution } from "./journal.ts";
import { type Answer, type Call, dueMs, type Run, type Strand, visible } from "./run.ts";
import { tellStatus } from "./status.ts";
import { fails, steps } from "./steps.ts";

export type Interpreter = ReturnType<typeof openInterpreter>;

/**
 * Walks executions. Each strand is worked on by one loop: work out the next step, commit it, go on;
 * the loop ends where the strand waits for a timer, a call or an answer, and begins again there.
 */
export function openInterpreter(cloud: Cloud, journal: Journal) {
  const live = new Map<string, Run>();
  const walking = new Map<string, Promise<void>>();
  const alarms = openAlarms(() => cloud.now());
  const listeners = new Set<(executionArn: string, event: HistoryEvent) => void>();
  let running = true;

  /** Makes a draft true: on disk, then in memory, then its effects. */
  function commit(draft: Draft): void {
    const { run } = draft;
    journal.transaction(() => {
      journal.write(draft);
      if (draft.ending) tellStatus(cloud, run, draft.ending, draft.atMs);
    });
    settle(draft);
    report(draft);
  }

  function report({ run, events }: Draft): void {
    for (const event of events) {
      for (const listener of listeners) {
        safely(() => listener(run.arn, eventOf(event)));
      }
    }
  }

  function settle(draft: Draft): void {
    const { run } = draft;
    run.lastEventId = draft.lastEventId;
    run.lastStrandId = draft.lastStrandId;
    for (const id of draft.drops) {
      run.strands.delete(id);
      alarms.clear(keyOf(run, id));
    }
    if (draft.ending) {
      for (const id of run.strands.keys()) alarms.clear(keyOf(run, id));
      run.strands.clear();
      alarms.clear(run.arn);
      live.delete(run.arn);
      return;
    }
    for (const strand of draft.puts.values()) run.strands.set(strand.id, strand);
    for (const strand of draft.puts.values()) arm(run, strand);
    for (const [id, call] of draft.calls) void make(run, id, call);
  }

  /** Sets a strand going: its alarm, or its loop. */
  function arm(run: Run, strand: Strand): void {
    const due = dueMs(strand);
    if (due === undefined) alarms.clear(keyOf(run, strand.id));
    else alarms.set(keyOf(run, strand.id), due, () => ring(run, strand.id));
    if (strand.stage.kind in steps) walk(run, strand.id);
  }

  function walk(run: Run, id: number): void {
    const key = keyOf(run, id);
    if (!running || walking.has(key)) return;
    const going = loop(run, id).catch((error: unknown) => {
      walking.delete(key);
      cloud.tell(`states: ${run.arn} stands still: ${String(error)}`);
    });
    walking.set(key, going);
  }

  async function loop(run: Run, id: number): Promise<void> {
    for (;;) {
      // Other executions, timers and requests get their turn between two steps.
      await new Promise((resolve) => setImmediate(resolve));
      const strand = run.strands.get(id);
      const step = strand && steps[strand.stage.kind];
      if (!running || !strand || !step) {
        // In the same breath as the look at the strand: whatever comes next begins a new loop.
        walking.delete(keyOf(run, id));
        return;
      }
      const draft = new Draft(run, cloud.now());
      let site: Site | undefined;
      try {
        site = siteOf(run, strand);
        await step(draft, site);
      } catch (error) {
        const failure = failureFrom(error, site?.scene, cloud);
        draft.reset();
        fails(draft, strand, failure);
      }
      // Someone else may have moved or ended it meanwhile; then this work is void.
      if (running && run.strands.get(id) === strand) commit(bounded(draft));
    }
  }

  function siteOf(run: Run, strand: Strand): Site {
    const state = stateAt(run.definition, strand.flow, strand.state);
    const context: Site["context"] = (beside) =>
      contextOf(run, strand, kinds[state.Type].retries, beside);
    const scene: Scene = {
      name: strand.state,
      state,
      input: strand.input,
      variables: visible(run, strand),
      context: context({}),
      enteredEventId: strand.entered.eventId,
    };
    return {
      run,
      strand,
      scene,
      query: queries[languageOf(run.definition, state)],
      cloud,
      context,
    };
  }

  async function make(run: Run, id: number, call: Call): Promise<void> {
    let outcome: Answer;
    try {
      const value = await perform(cloud, {
        resource: call.resource,
        given: call.given,
        roleArn: run.roleArn,
        ...(call.roleArn === undefined ? {} : { credentials: call.roleArn }),
        executionArn: run.arn,
        machineArn: run.machineArn,
      });
      outcome = { value };
    } catch (error) {
      outcome = { failure: failureFrom(error, undefined, cloud) };
    }
    safely(() => change(run, id, (draft, strand) => returned(draft, strand, call.id, outcome)));
  }

  function ring(run: Run, id: number): void {
    safely(() => change(run, id, late));
  }

  /** Changes a parked strand from outside its loop. */
  function change(run: Run, id: number, work: (draft: Draft, strand: Strand) => boolean): boolean {
    const strand = run.strands.get(id);
    if (!running || !strand) return false;
    const draft = new Draft(run, cloud.now());
    if (!work(draft, strand)) return false;
    commit(bounded(draft));
    return true;
  }

  /** For work that nobody waits for: what goes wrong in it is said, and the process lives on. */
  function safely(work: () => void): void {
    try {
      work();
    } catch (error) {
      cloud.tell(`states: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** The machine's own TimeoutSeconds. */
  function watch({ arn, deadlineMs }: Run): void {
    if (deadlineMs === undefined) return;
    alarms.set(arn, deadlineMs, () => safely(() => end(arn, { status: "TIMED_OUT" })));
  }

  function adopt(run: Run): void {
    live.set(run.arn, run);
    watch(run);
    for (const strand of [...run.strands.values()]) {
      arm(run, strand);
      if (strand.stage.kind !== "calling") continue;
      const { call } = strand.stage;
      if (change(run, strand.id, alreadyAnswered)) continue;
      // Begun and not known to be over: done again, as every caller must expect.
      if (!call.submitted) void make(run, strand.id, call);
    }
  }

  /** An execution that is under way, taken up now when nobody has yet. */
  function under(arn: string): Run | undefined {
    if (!running) {
      throw new Refusal("ServiceUnavailable", "Step Functions is stopping", { httpStatus: 503 });
    }
    const row = live.has(arn) ? undefined : journal.execution(arn);
    if (row?.status === "RUNNING") adopt(journal.load(row));
    return live.get(arn);
  }

  function end(arn: string, ending: Ending): boolean {
    const run = under(arn);
    if (!run) return false;
    const draft = new Draft(run, cloud.now());
    draft.end(ending, run.strands.get(1)?.lastEventId ?? 0);
    commit(draft);
    return true;
  }

  return {
    /** Goes on with everything that was under way. */
    start(): void {
      running = true;
      for (const run of journal.unfinished()) if (!live.has(run.arn)) adopt(run);
    },

    async stop(): Promise<void> {
      running = false;
      alarms.clearAll();
      await Promise.all(walking.values());
      live.clear();
    },

    /** Writes a new execution down and sets it going. */
    launch(born: NewExecution): void {
      const draft = journal.transaction(() => {
        journal.addExecution(born);
        const row = journal.execution(born.arn);
        if (!row) throw new Error(`no execution ${born.arn}`);
        const run = journal.load(row);
        const first = new Draft(run, born.startedAtMs);
        first.event("ExecutionStarted", 0, { ...input(run.input), roleArn: run.roleArn });
        const { StartAt } = run.definition;
        first.spawn({ index: 0, flow: [], state: StartAt, input: run.input, lastEventId: 0 });
        journal.write(first);
        tellStatus(cloud, run);
        return first;
      });
      live.set(born.arn, draft.run);
      watch(draft.run);
      settle(draft);
      report(draft);
    },

    end,

    /** @returns false when the task is no longer waiting */
    answer(arn: string, strand: number, token: string, given: Answer): boolean {
      const run = under(arn);
      return (
        run !== undefined &&
        change(run, strand, (draft, held) => answered(draft, held, token, given))
      );
    },

    /** @returns false when the task is no longer waiting */
    heartbeat(arn: string, strand: number, token: string): boolean {
      const run = under(arn);
      if (!run) return false;
      return change(run, strand, (draft, held) => {
        if (held.stage.kind !== "calling" || held.stage.call.token !== token) return false;
        const { call } = held.stage;
        const heartbeatDueMs =
          call.heartbeatMs === undefined ? undefined : draft.atMs + call.heartbeatMs;
        if (heartbeatDueMs === undefined) return true;
        draft.put(held, { stage: { kind: "calling", call: { ...call, heartbeatDueMs } } });
        return true;
      });
    },

    onHistory(listener: (executionArn: string, event: HistoryEvent) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function keyOf(run: Run, strand: number): string {
  return `${run.arn}#${strand}`;
}

function failureFrom(error: unknown, scene: Scene | undefined, cloud: Cloud) {
  if (error instanceof StateFailed) return (scene ? placed(error, scene) : error).failure;
  // A fault of ours: the execution ends and says so, the process lives on. The sentence may hold
  // data, so it is for the history alone.
  const why = error instanceof Error ? error.message : String(error);
  cloud.tell("states: a fault of the laptop failed an execution; its cause says which");
  return runtime(`The laptop failed: ${why}`).failure;
}
