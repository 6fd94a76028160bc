import { type Ratio, reduce } from "./media.ts";

/**
 * The constant rate of a track, from when its first frames are shown. The rates that a demuxer
 * reports do not tell: a constant fragmented MP4 shows an average of 115200/3881.
 *
 * @param timesMs when frames are shown, in any order
 * @param average the demuxer's average, `0/0` when it has none
 * @param nominal the demuxer's guess of the constant rate
 * @param mayVary only some containers can hold a variable rate; a gap in another is a lost frame
 */
export function frameRate(
  timesMs: readonly number[],
  average: Ratio | undefined,
  nominal: Ratio | undefined,
  mayVary = true,
): { rate: Ratio; variable: boolean } {
  const fallback = mayVary ? (sane(average) ?? sane(nominal)) : told(average, nominal);
  if (!fallback) return { rate: { num: 25, den: 1 }, variable: false };
  if (timesMs.length < 3 || !mayVary) return { rate: snap(fallback), variable: false };
  const sorted = [...timesMs].sort((a, b) => a - b);
  const first = sorted[0] ?? 0;
  const last = sorted[sorted.length - 1] ?? 0;
  const meanMs = (last - first) / (sorted.length - 1);
  if (!(meanMs > 0)) return { rate: snap(fallback), variable: false };
  // containers that count in whole milliseconds move every frame by up to half of one
  const steady = sorted.every(
    (time, index) => Math.abs(time - first - index * meanMs) <= TOLERANCE_MS,
  );
  if (!steady) return { rate: sane(average) ?? toRatio(1000 / meanMs), variable: true };
  const measured = 1000 / meanMs;
  const agreed = [average, nominal].find((rate) => {
    const usable = sane(rate);
    return usable && Math.abs(usable.num / usable.den / measured - 1) < 0.002;
  });
  return { rate: agreed ? snap(agreed) : snap(toRatio(measured)), variable: false };
}

/** The nominal rate is exact where it agrees with the average; else it may count fields. */
function told(average: Ratio | undefined, nominal: Ratio | undefined): Ratio | undefined {
  const [measured, exact] = [sane(average), sane(nominal)];
  if (!measured || !exact) return measured ?? exact;
  const ratio = exact.num / exact.den / (measured.num / measured.den);
  return Math.abs(ratio - 1) < 0.02 ? exact : measured;
}

/** A number of frames per second as the nearest rate in use, or a fraction of thousandths. */
function toRatio(rate: number): Ratio {
  return reduce(Math.max(1, Math.round(rate * 1000)), 1000);
}

function snap(rate: Ratio): Ratio {
  const value = rate.num / rate.den;
  const known = inUse.find(({ num, den }) => Math.abs(num / den / value - 1) < 0.0004);
  return known ?? rate;
}

function sane(rate: Ratio | undefined): Ratio | undefined {
  if (!rate || !(rate.num > 0) || !(rate.den > 0)) return undefined;
  const value = rate.num / rate.den;
  return value >= 0.01 && value <= 1000 ? rate : undefined;
}

const TOLERANCE_MS = 2.5;

const inUse: readonly Ratio[] = [
  { num: 24_000, den: 1001 },
  { num: 24, den: 1 },
  { num: 25, den: 1 },
  { num: 30_000, den: 1001 },
  { num: 30, den: 1 },
  { num: 48, den: 1 },
  { num: 50, den: 1 },
  { num: 60_000, den: 1001 },
  { num: 60, den: 1 },
];
