import type { Operator } from "./operator.ts";

/**
 * Tells the encoder's progress while it works, each percentage once and never backwards.
 *
 * @param videoId answers the film once it is known
 */
export function followProgress(
  operator: Pick<Operator, "film">,
  videoId: () => string | undefined,
  tell: (percent: number) => void,
  everyMs = 500,
): { stop(): void } {
  let told = -1;
  let asking = false;
  const timer = setInterval(async () => {
    const id = videoId();
    if (!id || asking) return;
    asking = true;
    const film = await operator.film(id).catch(() => undefined);
    asking = false;
    const percent = percentOf(film?.progress);
    if (percent <= told) return;
    told = percent;
    tell(percent);
  }, everyMs);
  return { stop: () => clearInterval(timer) };
}

function percentOf(progress: unknown): number {
  const percent = (progress as { percent?: unknown } | undefined)?.percent;
  return typeof percent === "number" ? percent : -1;
}
