import * as z from "zod";
import { VideoId } from "../id/id.ts";
import { Options, ProfileName } from "../ladder/ladder.ts";
import { sourceLimits } from "../source/limits.ts";
import { Confidence } from "./prices.ts";

const Making = { profile: ProfileName.optional(), options: Options.optional() };

const Side = z.int().min(sourceLimits.leastPx).max(sourceLimits.mostPx);

const Supposed = z
  .strictObject({
    durationSeconds: z.number().positive().max(sourceLimits.seconds),
    width: Side.optional(),
    height: Side.optional(),
    frameRate: z.number().positive().max(1000).optional().describe("30 when it has a picture."),
    audio: z.boolean().optional().describe("Whether it has sound; it has unless this is false."),
  })
  .refine(({ width, height }) => (width === undefined) === (height === undefined), {
    message: "Give width and height, or neither for sound alone.",
    path: ["height"],
  })
  .refine(({ width, audio }) => width !== undefined || audio !== false, {
    message: "A source has a picture or sound.",
    path: ["audio"],
  });
export type Supposed = z.infer<typeof Supposed>;

/** Of what an estimate is wanted: a source as it would be, or a film's own. */
export const Wish = z.union([
  z.strictObject({ ...Making, source: Supposed }),
  z.strictObject({ ...Making, videoId: VideoId }),
]);
export type Wish = z.infer<typeof Wish>;

const Usd = z.number().nonnegative();

/** US dollars. `null` is an amount that nobody knows, which is not zero. */
export const Estimate = z.object({
  currency: z.literal("USD"),
  totalUsd: Usd.nullable(),
  encoding: z.object({
    usd: Usd.nullable(),
    lines: z.array(
      z.object({
        output: z.string(),
        kind: z.enum(["video", "audio", "pictures"]),
        minutes: z.number(),
        rate: z.string().describe("The key it is billed under, such as P-AVC-HD-SHQ-30."),
        usdPerMinute: Usd.nullable(),
        usd: Usd.nullable(),
        confidence: Confidence,
      }),
    ),
  }),
  orchestration: z.object({
    usd: Usd,
    lines: z.array(
      z.object({
        what: z.string(),
        count: z.number(),
        unit: z.string(),
        usd: Usd,
        confidence: Confidence,
      }),
    ),
  }),
  storage: z.object({ usd: Usd, bytes: z.int().nonnegative(), months: z.literal(1) }),
  confidence: Confidence.describe("The least of the encoding's prices."),
  asOf: z.string().describe("Date of the oldest price of the encoding."),
  notes: z.array(z.string()),
});
export type Estimate = z.infer<typeof Estimate>;

/** A calendar month, by the world's clock. */
export const Month = z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/);

const Over = z.enum(["wait", "refuse"]);

export const Budget = z.object({
  owner: z.string(),
  monthlyUsd: Usd.optional().describe("Absent: no limit."),
  over: Over,
});
export type Budget = z.infer<typeof Budget>;

export const BudgetWish = z.strictObject({
  monthlyUsd: z.number().nonnegative().max(10_000_000).nullable().describe("null: no limit."),
  over: Over.optional().describe("What happens to a film beyond; the stage's own way when absent."),
});
export type BudgetWish = z.infer<typeof BudgetWish>;

export const MonthCosts = z.object({
  owner: z.string(),
  month: Month,
  totalUsd: Usd.describe("Of jobs that came to their end."),
  reservedUsd: Usd.describe("Set aside for films under way."),
  films: z.int().nonnegative().describe("Attempts that were billed."),
  minutes: z.record(z.string(), z.number()).describe("Billed output minutes by rate."),
  budget: Budget.optional(),
});
export type MonthCosts = z.infer<typeof MonthCosts>;

export const Comparison = z.object({
  owner: z.string(),
  month: Month,
  onDemandUsd: Usd,
  reservedUsd: Usd,
  cheaper: z.enum(["on-demand", "reserved"]),
  filmMinutes: z.number().describe("Minutes of film that were encoded in the month."),
  slots: z.int().positive().describe("Reserved slots that so much would need."),
  turnsAtFilmMinutes: z
    .number()
    .nullable()
    .describe("From so many minutes of film a month one slot is cheaper; null: never."),
  commitmentMonths: z.int().positive(),
  confidence: Confidence,
  notes: z.array(z.string()),
});
export type Comparison = z.infer<typeof Comparison>;
