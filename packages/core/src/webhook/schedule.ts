const HOUR = 3600;

/** How long a delivery waits after its first, second, ... failed try; all in all a day. */
const AFTER_SECONDS = [5, 60, 300, 1800, 2 * HOUR, 5 * HOUR, 8 * HOUR, 8 * HOUR];

/** An endpoint that asks for more patience gets this much. */
const PATIENCE_SECONDS = 6 * HOUR;

/** No try begins later than this after the first; a little more than the waits come to. */
const DAY_MS = 26 * HOUR * 1000;

/** One endpoint that failed for many at once shall not hear from all of them at once again. */
const JITTER = 0.1;

/**
 * When to try again.
 *
 * @param failed how many tries have failed
 * @param retryAfter what the endpoint asked for, in that header
 * @param chance between 0 and 1
 * @returns undefined when the day is over
 */
export function nextTryAtMs(
  { failed, firstAtMs, nowMs }: { failed: number; firstAtMs: number; nowMs: number },
  retryAfter: string | undefined,
  chance = Math.random(),
): number | undefined {
  const usual = AFTER_SECONDS[failed - 1];
  if (usual === undefined) return undefined;
  const jittered = usual * (1 + JITTER * (2 * chance - 1));
  const asked = Math.min(secondsOf(retryAfter, nowMs), PATIENCE_SECONDS);
  const next = nowMs + Math.ceil(Math.max(jittered, asked) * 1000);
  return next <= firstAtMs + DAY_MS ? next : undefined;
}

/** Seconds, or a date. Source: RFC 9110, Retry-After. */
function secondsOf(retryAfter: string | undefined, nowMs: number): number {
  if (retryAfter === undefined) return 0;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter);
  const atMs = Date.parse(retryAfter);
  return Number.isNaN(atMs) ? 0 : (atMs - nowMs) / 1000;
}
