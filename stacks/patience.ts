/**
 * How long the story of a film waits. Under `sst dev` a task lasts as long as Lambda allows, so
 * that a breakpoint in its handler does not ruin the execution.
 */

/** One Lambda task, a little longer than the function may take. */
export const taskTimeoutSeconds = $dev ? 15 * 60 + 30 : 90;

/**
 * Our own queue, MediaConvert's queue and the 48 hours after which it gives up a running job.
 * The sweeper finds what is lost much earlier.
 */
export const encodeTimeoutSeconds = 5 * 24 * 60 * 60;
