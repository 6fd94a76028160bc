import { innerFlows, type State, stateAt } from "../definition.ts";
import { type Failure, StateFailed, tooLarge } from "../failure.ts";
import { bytesOf, DATA_LIMIT_BYTES, type Json } from "../json.ts";
import type { Site } from "../states/kind.ts";
import { kinds } from "../states/kinds.ts";
import type { Draft } from "./draft.ts";
import type { Strand } from "./run.ts";

/** A Parallel or Map begins its flows: all of them, or as many as may run at once. */
export function fork(draft: Draft, site: Site, items: Json[], concurrency: number): void {
  const { strand, scene } = site;
  const started = draft.event(
    `${scene.state.Type}StateStarted`,
    strand.lastEventId,
    scene.state.Type === "Map" ? { length: items.length } : undefined,
  );
  const parent = draft.put(strand, {
    lastEventId: started,
    stage: { kind: "forked", items, concurrency },
  });
  if (items.length === 0) joined(draft, parent, scene.state, [], started);
  for (let index = 0; index < Math.min(concurrency, items.length); index += 1) {
    spawn(draft, parent, scene.state, index, started);
  }
}

function spawn(draft: Draft, parent: Strand, state: State, index: number, previous: number): void {
  const { stage } = parent;
  if (stage.kind !== "forked") return;
  const inner = innerFlows(state)[state.Type === "Map" ? 0 : index];
  if (!inner) throw new Error(`no flow ${index} in ${parent.state}`);
  const lastEventId =
    state.Type === "Map"
      ? draft.event("MapIterationStarted", previous, { name: parent.state, index })
      : previous;
  draft.spawn({
    parent: parent.id,
    index,
    flow: [...parent.flow, "States", parent.state, ...inner.path],
    state: inner.flow.StartAt,
    input: stage.items[index] ?? null,
    lastEventId,
  });
}

/** A branch or iteration has come to its end. */
export function branchFinished(draft: Draft, child: Strand, output: Json): void {
  const { parent, state } = parentOf(draft, child);
  const { stage } = parent;
  if (stage.kind !== "forked") return;
  const done = draft.put(child, { stage: { kind: "done", output } });
  const last =
    state.Type === "Map"
      ? draft.event("MapIterationSucceeded", child.lastEventId, {
          name: parent.state,
          index: child.index,
        })
      : child.lastEventId;
  const { begun, open } = draft.progress(parent.id);
  if (begun < stage.items.length) {
    spawn(draft, parent, state, begun, done.lastEventId);
    return;
  }
  if (open > 0) return;
  const outputs = draft
    .children(parent.id)
    .map(({ stage: end }) => (end.kind === "done" ? end.output : null));
  joined(draft, parent, state, outputs, last);
}

function joined(draft: Draft, parent: Strand, state: State, outputs: Json[], last: number): void {
  for (const child of draft.children(parent.id)) draft.drop(child.id);
  if (bytesOf(outputs) > DATA_LIMIT_BYTES) {
    const { failure } = tooLarge(parent.state);
    draft.put(parent, { lastEventId: last, stage: draft.failed(failure, true) });
    return;
  }
  draft.event(`${state.Type}StateSucceeded`, last);
  draft.put(parent, {
    lastEventId: last,
    stage: { kind: "result", result: { value: outputs } },
  });
}

/** One flow failed and nothing in it caught that: the others are cut off. */
export function branchFailed(draft: Draft, child: Strand, failure: Failure): void {
  const { parent, state } = parentOf(draft, child);
  const previous = child.lastEventId;
  let last = previous;
  for (const strand of draft.children(parent.id)) {
    if (strand.stage.kind === "done") continue;
    if (state.Type === "Map") {
      const type = strand.id === child.id ? "MapIterationFailed" : "MapIterationAborted";
      draft.event(type, previous, { name: parent.state, index: strand.index });
    }
    const { Type } = stateAt(draft.run.definition, strand.flow, strand.state);
    const entered = strand.stage.kind !== "arriving";
    if (kinds[Type].interruptible && entered) last = draft.event(`${Type}StateAborted`, previous);
  }
  for (const strand of draft.children(parent.id)) draft.drop(strand.id);
  const lastEventId = state.Type === "Map" ? previous : last;
  draft.put(parent, { lastEventId, stage: draft.failed(failure, true) });
}

function parentOf(draft: Draft, child: Strand): { parent: Strand; state: State } {
  const parent = child.parent === undefined ? undefined : draft.strand(child.parent);
  if (!parent)
    throw new StateFailed({ error: "States.Runtime", cause: "a branch without its state" });
  return { parent, state: stateAt(draft.run.definition, parent.flow, parent.state) };
}
