import { innerFlows, stateAt } from "../definition.ts";
import { catcherFor, type Failure, retryFor } from "../failure.ts";
import { assignedVariables, input, output } from "../history.ts";
import type { Json, JsonObject } from "../json.ts";
import type { Outcome } from "../query/query.ts";
import type { Move, Site } from "../states/kind.ts";
import { kinds } from "../states/kinds.ts";
import { schedule } from "./calls.ts";
import type { Draft } from "./draft.ts";
import { branchFailed, branchFinished, fork } from "./join.ts";
import type { Stage, Strand } from "./run.ts";

type Step = (draft: Draft, site: Site) => Promise<void> | void;

/** What is done in each stage that needs no waiting. Each drafts one commit. */
export const steps: Partial<Record<Stage["kind"], Step>> = {
  arriving(draft, { strand, scene }) {
    const eventId = draft.event(`${scene.state.Type}StateEntered`, strand.lastEventId, {
      name: scene.name,
      ...input(strand.input),
    });
    draft.put(strand, {
      stage: { kind: "inside" },
      lastEventId: eventId,
      entered: { eventId, previousEventId: strand.lastEventId, atMs: draft.atMs, retries: {} },
    });
  },

  async inside(draft, site) {
    const move = await kinds[site.scene.state.Type].begin(site);
    await moves[move.to](draft, site, move as never);
  },

  async result(draft, site) {
    const { stage } = site.strand;
    await finish(draft, site, stage.kind === "result" ? stage.result : undefined);
  },

  async failed(draft, site) {
    const { strand, scene, query } = site;
    if (strand.stage.kind !== "failed") return;
    const { failure } = strand.stage;
    const { retries } = strand.entered;
    const retry = retryFor(scene.state.Retry, failure, retries, Math.random);
    if (retry) {
      const made = { ...retries, [retry.index]: (retries[retry.index] ?? 0) + 1 };
      draft.put(strand, {
        entered: { ...strand.entered, retries: made },
        stage: { kind: "pausing", untilMs: strand.stage.atMs + retry.delayMs },
      });
      return;
    }
    let { lastEventId } = strand;
    if (strand.stage.fork) lastEventId = draft.event(`${scene.state.Type}StateFailed`, lastEventId);
    const caught = catcherFor(scene.state.Catch, failure);
    if (!caught) {
      gives(draft, { ...strand, lastEventId }, failure);
      return;
    }
    const outcome = await query.caught(scene, caught.catcher, caught.index, failure);
    leave(draft, { ...site, strand: { ...strand, lastEventId } }, outcome, caught.catcher.Next);
  },
};

/** How each move of a state type is drafted. */
const moves: {
  [To in Move["to"]]: (
    draft: Draft,
    site: Site,
    move: Extract<Move, { to: To }>,
  ) => Promise<void> | void;
} = {
  finish: (draft, site, move) => finish(draft, site, move.result),
  leave: (draft, site, move) => leave(draft, site, move.outcome, move.next),
  wait: (draft, { strand }, { untilMs }) =>
    void draft.put(strand, { stage: { kind: "waiting", untilMs } }),
  call: (draft, { strand, run }, { call }) => schedule(draft, strand, call, run.roleArn),
  fork: (draft, site, { items, concurrency }) => fork(draft, site, items, concurrency),
  fail: (draft, { strand }, { failure }) => gives(draft, strand, failure),
};

async function finish(draft: Draft, site: Site, result?: { value: Json }) {
  const outcome = await site.query.finish(site.scene, result);
  leave(draft, site, outcome, site.scene.state.Next);
}

/** Out of the state: to the next one, or to the end of this flow. */
function leave(draft: Draft, site: Site, outcome: Outcome, next: string | undefined): void {
  const { strand, scene } = site;
  const eventId = draft.event(`${scene.state.Type}StateExited`, strand.lastEventId, {
    name: scene.name,
    ...output(outcome.output),
    ...assignedVariables(outcome.assigned),
  });
  const moved: Strand = {
    ...strand,
    lastEventId: eventId,
    variables: { ...strand.variables, ...outcome.assigned },
  };
  if (next !== undefined) {
    draft.put(moved, { state: next, input: outcome.output, stage: { kind: "arriving" } });
  } else if (strand.parent === undefined) {
    draft.end({ status: "SUCCEEDED", output: outcome.output }, eventId);
  } else {
    branchFinished(draft, moved, outcome.output);
  }
}

/** The state's own work went wrong: Retry and Catch are asked in the next step. */
export function fails(draft: Draft, strand: Strand, failure: Failure): void {
  const { definition } = draft.run;
  const state = stateAt(definition, strand.flow, strand.state);
  let lastEventId = strand.lastEventId;
  if (failure.evaluation) {
    const about: JsonObject = { state: strand.state };
    if (failure.error !== undefined) about.error = failure.error;
    if (failure.cause !== undefined) about.cause = failure.cause;
    if (failure.evaluation.location !== undefined) about.location = failure.evaluation.location;
    const untouched = lastEventId === strand.entered.eventId && state.Type !== "Wait";
    const previous = untouched ? strand.entered.previousEventId : lastEventId;
    lastEventId = draft.event("EvaluationFailed", previous, about);
  }
  // What failed while it was being caught is not caught again.
  if (strand.stage.kind === "failed") {
    gives(draft, { ...strand, lastEventId }, failure);
    return;
  }
  const fork = failure.evaluation !== undefined && innerFlows(state).length > 0;
  draft.put(strand, { lastEventId, stage: draft.failed(failure, fork) });
}

/** Nothing catches it: the flow fails, and with it what the flow is part of. */
function gives(draft: Draft, strand: Strand, failure: Failure): void {
  const { error, cause } = failure;
  if (strand.parent !== undefined) {
    branchFailed(draft, strand, failure);
    return;
  }
  const ending = {
    status: "FAILED" as const,
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
  draft.end(ending, strand.lastEventId);
}
