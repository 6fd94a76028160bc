import * as z from "zod";
import * as Config from "../config/index.ts";
import gathered from "./prices.json" with { type: "json" };

/** How far a price can be trusted, least first. */
const confidences = ["unknown", "low", "medium", "high"] as const;
export const Confidence = z.enum(confidences);
export type Confidence = z.infer<typeof Confidence>;

const Told = z.object({
  source: z.string().min(1),
  /** When the price was true: a year, a month or a day. */
  asOf: z.string().regex(/^\d{4}(-\d\d){0,2}$/),
  confidence: Confidence.exclude(["unknown"]),
});

const Row = Told.extend({
  usd: z.number().nonnegative(),
  /** Where, when it is another place than the file's. */
  region: z.string().optional(),
});
export type Row = z.infer<typeof Row>;

const Neighbour = Told.extend({
  usd: z.number().nonnegative(),
  /** So many units cost that much. */
  per: z.number().positive(),
  unit: z.string().min(1),
});

const ReservedSlot = Told.extend({
  usdPerMonth: z.number().positive(),
  months: z.number().int().positive(),
  /** Minutes of film that one slot encodes in a minute. */
  filmMinutesPerMinute: z.number().positive(),
  /** How much of a month a slot is kept busy. */
  busyShare: z.number().positive().max(1),
});

/**
 * A file of prices. A rate may be a bare number: then the file's own date, source and confidence
 * are the rate's. What a file leaves out under `neighbours` and `reservedSlot` is as gathered.
 */
export const Prices = Told.extend({
  region: z.string().min(1),
  currency: z.literal("USD"),
  minimumSeconds: z.number().nonnegative(),
  stepMinutes: z.number().positive(),
  /** US dollars for a minute of output, by key. */
  rates: z.record(z.string(), z.union([z.number().nonnegative(), Row])),
  /** `"HD/SD": 2` says that HD costs twice what SD does, where no row says it better. */
  multipliers: z.record(z.string(), z.number().positive()),
  neighbours: z.record(z.string(), Neighbour).optional(),
  reservedSlot: ReservedSlot.optional(),
});
export type Prices = z.infer<typeof Prices>;

/** The prices of this stage: its own, when it points to a file, or those gathered here. */
export function inUse(): Prices {
  const own = Config.budget().prices;
  if (own === undefined) return GATHERED;
  const known = read.get(own);
  if (known) return known;
  const seen = Prices.parse(own);
  read.set(own, seen);
  return seen;
}

const GATHERED = Prices.parse(gathered);
const read = new WeakMap<object, Prices>();

/** What a minute under this key costs, as far as anybody knows. */
export function row(prices: Prices, key: string): Row | undefined {
  const found = Object.hasOwn(prices.rates, key) ? prices.rates[key] : undefined;
  if (typeof found !== "number") return found;
  const { source, asOf, confidence } = prices;
  return { usd: found, source, asOf, confidence };
}

/** The price of one unit of a service next door. */
export function unit(
  prices: Prices,
  id: string,
): { usd: number; unit: string; asOf: string; confidence: Confidence } {
  const found = prices.neighbours?.[id] ?? GATHERED.neighbours?.[id];
  if (!found) throw new Error(`No price is known by the name ${id}.`);
  const { usd, per, unit, asOf, confidence } = found;
  return { usd: usd / per, unit, asOf, confidence };
}

export function reservedSlot(prices: Prices): z.infer<typeof ReservedSlot> {
  return prices.reservedSlot ?? ReservedSlot.parse(gathered.reservedSlot);
}

/** The least of several. */
export function least(of: readonly Confidence[]): Confidence {
  return confidences.find((confidence) => of.includes(confidence)) ?? "unknown";
}

/** The oldest of several dates. */
export function oldest(of: readonly string[], otherwise: string): string {
  return [...of].sort()[0] ?? otherwise;
}
