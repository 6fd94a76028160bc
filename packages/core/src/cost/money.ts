/**
 * Money is counted in whole millionths of a dollar and minutes in whole hundredths, so that sums
 * are exact and one number in a row can be compared with another.
 */
export function micro(usd: number): number {
  return Math.round(usd * 1_000_000);
}

export function usd(microUsd: number): number {
  return microUsd / 1_000_000;
}

/** Minutes as they are billed: at least the minimum, then every step that has begun. */
export function billedMinutes(
  durationMs: number,
  by: { minimumSeconds: number; stepMinutes: number },
): number {
  const stepMs = Math.round(by.stepMinutes * 60_000);
  const steps = Math.ceil(Math.max(durationMs, by.minimumSeconds * 1000) / stepMs);
  return hundredths(steps * by.stepMinutes) / 100;
}

export function hundredths(minutes: number): number {
  return Math.round(minutes * 100);
}

/** What minutes cost, to the millionth. */
export function priceOf(minutes: number, usdPerMinute: number): number {
  return Math.round((hundredths(minutes) * usdPerMinute * 1_000_000) / 100);
}
