import type { StoryEvent } from "./execution.ts";

/** A line of the Lambda service's log, as far as counting needs it. */
export interface Invocation {
  kind: string;
  startedAtMs: number;
  about: { ids: readonly string[]; events: readonly string[] };
}

/**
 * How often Lambda was called for one film: on its path, and for progress on top. The execution's
 * history tells which tasks called a function; the log tells what queues brought. A call is
 * progress when it carried job events and none of them ended the job. The path ends where the film
 * is announced: who hears of that is called on their own account.
 */
export function countFor(
  videoId: string | undefined,
  history: readonly StoryEvent[],
  invocations: readonly Invocation[],
): { path: number; progress: number } {
  const tasks = history.filter(
    (event) => event.taskScheduledEventDetails?.resourceType === "lambda",
  );
  const announced = history.find(
    (event) => event.taskScheduledEventDetails?.resourceType === "sns",
  );
  const announcedAtMs = Number(announced?.timestamp ?? Number.POSITIVE_INFINITY);
  const brought = invocations.filter(
    ({ kind, about, startedAtMs }) =>
      kind === "mapping" && videoId && about.ids.includes(videoId) && startedAtMs <= announcedAtMs,
  );
  const progress = brought.filter(
    ({ about: { events } }) => events.length > 0 && !events.some((event) => ENDS.has(event)),
  ).length;
  return { path: tasks.length + brought.length - progress, progress };
}

const ENDS = new Set([
  "aws.mediaconvert/COMPLETE",
  "aws.mediaconvert/ERROR",
  "aws.mediaconvert/CANCELED",
]);
