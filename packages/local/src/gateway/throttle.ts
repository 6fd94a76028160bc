import type { LimitInputs, StageInputs } from "./parts.ts";

/** Lets a request of a route through, or not. */
export type Throttle = (routeKey: string, nowMs: number) => boolean;

/**
 * A bucket of tokens for each route: it holds `burst`, and fills by `rate` a second. A route
 * without settings of its own takes the stage's, in a bucket of its own; without limits there is
 * none (the account's own limit, 10,000 a second, is out of one machine's reach).
 */
export function openThrottle(stage: StageInputs): Throttle {
  const own = new Map((stage.routeSettings ?? []).map((settings) => [settings.routeKey, settings]));
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return (routeKey, nowMs) => {
    const limit = limitOf(own.get(routeKey), stage.defaultRouteSettings);
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
  own: LimitInputs | undefined,
  stage: LimitInputs | undefined,
): { rate: number; burst: number } | undefined {
  const rate = own?.throttlingRateLimit ?? stage?.throttlingRateLimit;
  const burst = own?.throttlingBurstLimit ?? stage?.throttlingBurstLimit;
  if (rate === undefined && burst === undefined) return undefined;
  return { rate: rate ?? Number.POSITIVE_INFINITY, burst: burst ?? ACCOUNT_BURST };
}

/** What an account may send at once. Source: API Gateway quotas. */
const ACCOUNT_BURST = 5_000;
