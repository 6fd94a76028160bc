import type { LimitInputs, StageInputs } from "./parts.ts";

/** Lets a request of a route through, or not. */
export type Throttle = (routeKey: string, nowMs: number) => boolean;

/**
 * A bucket of tokens for each route: it holds `burst`, and fills by `rate` a second. A route
 * without settings of its own takes the stage's, in a bucket of its own; without limits there is
 * none (the account's own limit, 10,000 a second, is out of one machine's reach).
 *
 * @throws Error for settings that leave out a limit: they reach AWS as 0, and so as a 429 for all
 */
export function openThrottle(stage: StageInputs): Throttle {
  const common = limitOf(`stage ${stage.name}`, stage.defaultRouteSettings);
  const own = new Map(
    (stage.routeSettings ?? []).map((settings) => [
      settings.routeKey,
      limitOf(`route ${settings.routeKey}`, settings),
    ]),
  );
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return (routeKey, nowMs) => {
    const limit = own.get(routeKey) ?? common;
    if (!limit) return true;
    const { rate, burst } = limit;
    const bucket = buckets.get(routeKey) ?? { tokens: burst, atMs: nowMs };
    const gained = (Math.max(0, nowMs - bucket.atMs) / 1000) * rate;
    const tokens = Math.min(burst, bucket.tokens + gained);
    const isThrough = tokens >= 1;
    buckets.set(routeKey, { tokens: isThrough ? tokens - 1 : tokens, atMs: nowMs });
    return isThrough;
  };
}

function limitOf(
  name: string,
  settings: LimitInputs | undefined,
): { rate: number; burst: number } | undefined {
  if (!settings) return undefined;
  const { throttlingRateLimit: rate, throttlingBurstLimit: burst } = settings;
  if (rate !== undefined && burst !== undefined) return { rate, burst };
  throw new Error(
    `${name}: settings name throttlingRateLimit and throttlingBurstLimit; one that is left out ` +
      "reaches AWS as 0, and every request is refused",
  );
}
