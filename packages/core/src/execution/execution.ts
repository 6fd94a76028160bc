import type * as Actor from "../actor/index.ts";
import * as Attempt from "../attempt/index.ts";
import * as Executions from "../aws/executions.ts";
import { operable } from "../library/access.ts";
import { Problem } from "../problem/index.ts";
import type * as Video from "../video/index.ts";
import { redact } from "./redact.ts";
import { detailsOf, document, type State, statesOf, timeOf } from "./states.ts";

export { REDACTED } from "./redact.ts";
export { type State, standings } from "./states.ts";

/** An execution of the workflow, as operators look at it. */
export interface Shown {
  attempt: number;
  name: string;
  status: string;
  /** ISO 8601. */
  startedAt: string;
  stoppedAt?: string;
  input?: unknown;
  output?: unknown;
  error?: string;
  cause?: string;
  states: State[];
  history: { id: number; at: string; type: string; previousId?: number; about?: unknown }[];
  /** `false`: the history is longer than what is shown. */
  isWhole: boolean;
}

/**
 * What happened in the execution of an attempt, the newest unless said otherwise. Nothing in it lets
 * anybody act: task tokens and signatures are redacted wherever they stand.
 *
 * @throws Problem `VideoNotFound`, `Forbidden`
 * @throws Problem `ExecutionNotFound` when there is none, or Step Functions has forgotten it
 */
export async function view(
  actor: Actor.Actor | undefined,
  id: string,
  attempt?: number,
): Promise<Shown> {
  const film = await operable(actor, id);
  const number = attempt ?? film.attempt;
  const begun = await Attempt.find(film.id, number);
  const arn = number === film.attempt ? (ofNewest(film) ?? begun?.execution) : begun?.execution;
  const found = arn === undefined ? undefined : await Executions.look(arn);
  if (!arn || !found) throw new Problem("ExecutionNotFound", { id: film.id });
  const { events, isWhole } = await Executions.history(arn, MOST_EVENTS);
  const { input, output, startedAtMs, stoppedAtMs, ...about } = found;
  const shown: Shown = {
    attempt: number,
    ...about,
    startedAt: new Date(startedAtMs).toISOString(),
    ...(stoppedAtMs === undefined ? {} : { stoppedAt: new Date(stoppedAtMs).toISOString() }),
    ...(input === undefined ? {} : { input: document(input) }),
    ...(output === undefined ? {} : { output: document(output) }),
    states: statesOf(events),
    history: events.map((event) => ({
      id: event.id ?? 0,
      at: timeOf(event),
      type: event.type ?? "",
      ...(event.previousEventId ? { previousId: event.previousEventId } : {}),
      about: detailsOf(event),
    })),
    isWhole,
  };
  return redact(shown, begun?.token ? [begun.token] : []) as Shown;
}

/** A film takes twenty to forty; one that was tried again and again a few hundred. */
const MOST_EVENTS = 2000;

/** The execution that has the film; one that could not claim it has at least written its end. */
function ofNewest(film: Video.Video): string | undefined {
  if ("claimedBy" in film && film.claimedBy) return film.claimedBy;
  return "settledBy" in film ? film.settledBy : undefined;
}
