import * as Actor from "../actor/index.ts";
import * as Ladder from "../ladder/index.ts";
import { Problem } from "../problem/index.ts";
import type { Found, Rate } from "../source/found.ts";
import * as Video from "../video/index.ts";
import { orchestration, storage, storedBytes } from "./around.ts";
import { expected, type Line, microOf, total, trust } from "./count.ts";
import * as Money from "./money.ts";
import { inUse, type Prices } from "./prices.ts";
import type { Estimate, Supposed, Wish } from "./shapes.ts";

/**
 * What a source would cost, before anything runs: by the plan and the job that would be made of it.
 *
 * @throws Problem `Forbidden` for those who make no films
 * @throws Problem `VideoNotFound`, or `MoveForbidden` for a film nobody has looked into yet
 * @throws Problem `SourceWithoutAudio` when only sound is asked of a silent source
 */
export async function estimate(actor: Actor.Actor, wish: Wish): Promise<Estimate> {
  if (!Actor.mayMake(actor)) throw new Problem("Forbidden");
  if ("source" in wish) return estimated(supposed(wish.source), wish);
  const film = await Video.find(wish.videoId);
  if (!film || Actor.relation(actor, film) === "none") {
    throw new Problem("VideoNotFound", { id: wish.videoId });
  }
  if (!Actor.mayInspect(actor, film)) throw new Problem("Forbidden");
  if (!film.found) throw new Problem("MoveForbidden", { id: wish.videoId });
  const { profile = film.profile, options = film.options } = wish;
  return estimated(film.found, { profile, options });
}

/** The estimate of what was found in a source. */
export function estimated(
  found: Found,
  asked: { profile?: string | undefined; options?: Ladder.Options | undefined },
): Estimate {
  const prices = inUse();
  const plan = Ladder.plan(found, asked.profile, asked.options);
  const lines = expected(plan, found, prices);
  const around = orchestration(plan, found, prices);
  const bytes = storedBytes(plan, found);
  const encodingUsd = lines.flat().some((line) => microOf(line) === undefined)
    ? null
    : Money.usd(total(lines));
  const orchestrationUsd = exact(around.reduce((sum, use) => sum + use.usd, 0));
  const storageUsd = exact(storage(bytes, prices));
  const { asOf, confidence } = trust(lines, prices.asOf);
  return {
    currency: "USD",
    totalUsd: encodingUsd === null ? null : exact(encodingUsd + orchestrationUsd + storageUsd),
    encoding: { usd: encodingUsd, lines: lines.flat().map(told) },
    orchestration: {
      usd: orchestrationUsd,
      lines: around.map((use) => ({ ...use, usd: Number(use.usd.toPrecision(6)) })),
    },
    storage: { usd: storageUsd, bytes, months: 1 },
    confidence,
    asOf,
    notes: notes(lines, prices),
  };
}

function exact(usd: number): number {
  return Money.usd(Money.micro(usd));
}

function told(line: Line): Estimate["encoding"]["lines"][number] {
  const { output, kind, minutes, rate, usdPerMinute, confidence } = line;
  const microUsd = microOf(line);
  return {
    output,
    kind,
    minutes,
    rate,
    usdPerMinute: usdPerMinute ?? null,
    usd: microUsd === undefined ? null : Money.usd(microUsd),
    confidence,
  };
}

function notes(lines: Line[][], prices: Prices): string[] {
  const all = lines.flat();
  const unknown = new Set(
    all.flatMap(({ rate, usdPerMinute }) => (usdPerMinute === undefined ? rate : [])),
  );
  return [
    `An estimate in US dollars for ${prices.region}, without tax, discounts, volume tiers or free tier: an invoice differs.`,
    ...(unknown.size > 0
      ? [`Nobody knows the price of ${[...unknown].join(", ")}: the total is unknown.`]
      : []),
    ...(all.some(({ kind, usdPerMinute }) => kind === "pictures" && usdPerMinute === 0)
      ? ["Pictures (frame capture) count nothing: their price is not known."]
      : []),
    ...(all.some(({ kind, confidence }) => kind !== "pictures" && confidence === "low")
      ? ["Some rates are derived from rows near them."]
      : []),
    "A film's recorded cost and its owner's budget count the encoding alone.",
    "Delivery to viewers is not part of it.",
  ];
}

/** A source that nobody has seen yet, as it is told of. */
export function supposed(source: Supposed): Found {
  const { durationSeconds, width, height, frameRate = 30, audio = true } = source;
  return {
    container: "unknown",
    durationMs: Math.round(durationSeconds * 1000),
    sizeBytes: 0,
    ...(width && height
      ? {
          video: {
            codec: "UNKNOWN",
            widthPx: width,
            heightPx: height,
            frameRate: fraction(frameRate),
            rotation: 0,
            pixelAspect: { numerator: 1, denominator: 1 },
            interlaced: false,
            bitDepth: 8,
            highDynamicRange: false,
          },
        }
      : {}),
    ...(audio ? { audio: { codec: "UNKNOWN", channels: 2, tracks: 1 } } : {}),
  };
}

/** 29.97 and its kind are meant as the fractions they stand for. */
function fraction(perSecond: number): Rate {
  const whole = Math.round(perSecond);
  if (whole === perSecond) return { numerator: whole, denominator: 1 };
  const ntsc = { numerator: Math.round((perSecond * 1001) / 1000) * 1000, denominator: 1001 };
  if (Math.abs(ntsc.numerator / ntsc.denominator - perSecond) < 0.005) return ntsc;
  return { numerator: Math.max(1, Math.round(perSecond * 1000)), denominator: 1000 };
}
