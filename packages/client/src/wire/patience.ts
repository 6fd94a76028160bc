export * as Patience from "./patience.ts";

/** How often something is tried, and how long is waited in between. */
export interface Plan {
  /** tries in all, the first included */
  tries: number;
  /** the longest first wait; it doubles with every try */
  baseMs: number;
  /** no wait is longer */
  maxMs: number;
}

/** For small calls that somebody waits for. */
export const calls: Plan = { tries: 5, baseMs: 250, maxMs: 20_000 };

/** For parts of a large file: a train goes through a tunnel, and nobody begins again. */
export const parts: Plan = { tries: 9, baseMs: 500, maxMs: 30_000 };

/**
 * How long to wait before the next try: a random time that grows with every failure, so that many
 * clients do not come back at once, and never less than the server asked for.
 *
 * @param failed tries that have failed so far, at least 1
 */
export function waitMs(plan: Plan, failed: number, askedMs = 0): number {
  const ceiling = Math.min(plan.maxMs, plan.baseMs * 2 ** (failed - 1));
  const jittered = ceiling * (0.5 + Math.random() / 2);
  return Math.min(plan.maxMs, Math.max(jittered, askedMs));
}

/** What `Retry-After` asks for; undefined when there is none that can be read. */
export function retryAfterMs(headers: Headers): number | undefined {
  const asked = headers.get("retry-after")?.trim();
  if (!asked) return undefined;
  if (/^\d+$/.test(asked)) return Number(asked) * 1000;
  const atMs = Date.parse(asked);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - Date.now());
}

/** Waits, unless the signal has something against it. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
