/** A line of the Lambda service's log, as far as counting needs it. */
export interface Invocation {
  about: { ids: readonly string[]; events: readonly string[] };
}

/**
 * How often Lambda was called for one film: on its path, and for progress on top. A call is
 * progress when it carried job events and none of them ended the job.
 */
export function countFor(
  videoId: string | undefined,
  invocations: readonly Invocation[],
): { path: number; progress: number } {
  const ours = invocations.filter(({ about }) => videoId && about.ids.includes(videoId));
  const progress = ours.filter(
    ({ about: { events } }) => events.length > 0 && !events.some((event) => ENDS.has(event)),
  ).length;
  return { path: ours.length - progress, progress };
}

const ENDS = new Set([
  "aws.mediaconvert/COMPLETE",
  "aws.mediaconvert/ERROR",
  "aws.mediaconvert/CANCELED",
]);
