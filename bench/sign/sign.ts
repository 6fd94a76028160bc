import { table } from "../table.ts";
import { link, makeKey } from "./film.ts";
import type { Way } from "./ways.ts";

const AIM = 20_000;

/**
 * Grants a second on one core, beside the naive way and the least there can be, in turns, so that a
 * busy machine slows all of them.
 *
 * @param words how many rounds, and seconds for each way in a round; the best of the rounds counts
 */
export async function sign([times = "5", long = "1"]: string[]): Promise<void> {
  const rounds = Number(times);
  const seconds = Number(long);
  if (!(Number.isInteger(rounds) && rounds > 0 && seconds > 0)) {
    throw new Error("npm run bench -- sign [ROUNDS] [SECONDS]");
  }
  link();
  const { waysWith } = await import("./ways.ts");
  const ways = waysWith(makeKey());
  const best = ways.map(() => 0);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, way] of ways.entries()) {
      best[index] = Math.max(best[index] ?? 0, rateOf(way, seconds * 1000));
    }
  }
  console.log(table(rowsOf(ways, best)));
  const granted = best[1] ?? 0;
  console.log(
    `\nbest of ${rounds} x ${seconds} s of CPU, one thread; the aim of ${AIM} is ${granted >= AIM ? "met" : "missed"} at ${granted.toFixed(0)}, ${(granted / (best.at(-1) ?? 1)).toFixed(1)} times the naive way`,
  );
}

/** @param rates a second, in the order of the ways; the last one is what all are compared with */
export function rowsOf(ways: readonly Way[], rates: readonly number[]): string[][] {
  const least = rates.at(-1) ?? 1;
  return [
    ["", "signatures", "a second", "µs each", "ratio"],
    ...ways.map(({ name, signatures }, index) => {
      const rate = rates[index] ?? 0;
      return [
        name,
        String(signatures),
        rate.toFixed(0),
        (1e6 / rate).toFixed(1),
        (rate / least).toFixed(1),
      ];
    }),
  ];
}

/** How many a second of CPU: what the machine does beside it costs no time here. */
function rateOf({ make }: Way, ms: number): number {
  for (let n = 0; n < 200; n += 1) make(n); // so that the engine knows the way
  const before = process.cpuUsage();
  let done = 0;
  for (;;) {
    for (let n = 0; n < 50; n += 1) make(done + n);
    done += 50;
    const { user, system } = process.cpuUsage(before);
    const spentMs = (user + system) / 1000;
    if (spentMs >= ms) return (done / spentMs) * 1000;
  }
}
