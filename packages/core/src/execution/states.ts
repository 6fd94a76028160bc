import type { HistoryEvent } from "@aws-sdk/client-sfn";

/** How a state may stand. */
export const standings = ["running", "succeeded", "failed"] as const;

/** One state that an execution was in. */
export interface State {
  name: string;
  /** As the definition calls it, such as `Task`. */
  type: string;
  status: (typeof standings)[number];
  /** ISO 8601. */
  enteredAt: string;
  exitedAt?: string;
  /** How often it was tried again. */
  retries: number;
  input?: unknown;
  output?: unknown;
  error?: string;
  cause?: string;
}

/** The states of a history, in the order in which they were entered. */
export function statesOf(events: readonly HistoryEvent[]): State[] {
  const states: State[] = [];
  let tries = 0;
  for (const event of events) {
    const { type = "", stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
    const current = states.at(-1);
    if (entered) {
      tries = 0;
      states.push({
        name: entered.name ?? "",
        type: type.replace(/StateEntered$/, ""),
        status: "running",
        enteredAt: timeOf(event),
        retries: 0,
        ...json("input", entered.input),
      });
    } else if (!current) continue;
    else if (exited) {
      current.exitedAt = timeOf(event);
      // a state that broke and was caught is left as well
      if (current.error === undefined) current.status = "succeeded";
      Object.assign(current, json("output", exited.output));
    } else if (SCHEDULED.test(type)) {
      tries += 1;
      current.retries = tries - 1;
      current.status = "running";
      delete current.error;
      delete current.cause;
    } else if (BROKEN.test(type)) {
      const { error, cause } = wordsOf(event);
      current.status = "failed";
      current.error = error ?? (/TimedOut$/.test(type) ? "States.Timeout" : type);
      if (cause !== undefined) current.cause = cause;
      if (/^Execution/.test(type)) current.exitedAt ??= timeOf(event);
    }
  }
  return states;
}

const SCHEDULED = /^(Task|LambdaFunction|Activity)Scheduled$/;
const BROKEN = /(Failed|TimedOut|Aborted)$/;

export function timeOf({ timestamp }: HistoryEvent): string {
  return (timestamp ?? new Date(0)).toISOString();
}

/** Everything an event says beside its number, time and kind. */
export function detailsOf(event: HistoryEvent): Record<string, unknown> {
  const { id, previousEventId, timestamp, type, ...rest } = event;
  return Object.assign({}, ...Object.values(rest).filter((each) => each !== undefined));
}

function wordsOf(event: HistoryEvent): { error?: string; cause?: string } {
  return detailsOf(event) as { error?: string; cause?: string };
}

function json<Name extends string>(
  name: Name,
  text: string | undefined,
): { [N in Name]?: unknown } {
  return text === undefined ? {} : ({ [name]: document(text) } as { [N in Name]?: unknown });
}

/** A document as what it is; text that is none stays text. */
export function document(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
