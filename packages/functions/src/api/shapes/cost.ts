import * as z from "zod";
import { Options, ProfileName } from "./source.ts";
import { Person, Usd, VideoId } from "./words.ts";

const Making = { profile: ProfileName.optional(), options: Options.optional() };

export const EstimateWish = z
  .union([
    z.strictObject({
      ...Making,
      source: z.strictObject({
        durationSeconds: z.number().positive().max(86_400),
        width: z.int().min(32).max(8192).optional(),
        height: z.int().min(32).max(8192).optional(),
        frameRate: z.number().positive().max(300).optional(),
        audio: z.boolean().optional(),
      }),
    }),
    z.strictObject({ ...Making, videoId: VideoId }),
  ])
  .meta({ id: "EstimateWish", description: "A source as it would be, or a film's own." });

const Line = z.object({
  key: z.string().meta({ examples: ["B-AVC-HD-S-30"] }),
  minutes: z.number(),
  usdPerMinute: Usd,
  usd: Usd,
});

export const Estimate = z
  .object({
    totalUsd: Usd,
    encodingUsd: Usd,
    orchestrationUsd: Usd,
    storageUsdPerMonth: Usd,
    minutes: z.array(Line),
    asOf: z.string().meta({ description: "date of the prices" }),
  })
  .meta({ id: "Estimate", description: "US dollars, before anything runs." });

export const Month = z
  .string()
  .regex(/^20\d\d-(0[1-9]|1[0-2])$/)
  .meta({ examples: ["2026-11"] });

export const Budget = z
  .object({
    owner: Person,
    monthlyUsd: Usd.optional().meta({ description: "absent: no limit" }),
    over: z.enum(["wait", "refuse"]),
  })
  .meta({ id: "Budget" });

export const BudgetWish = z
  .strictObject({
    monthlyUsd: z.number().nonnegative().max(10_000_000),
    over: z.enum(["wait", "refuse"]).optional(),
  })
  .meta({ id: "BudgetWish" });

export const MonthCosts = z
  .object({
    owner: Person,
    month: Month,
    totalUsd: Usd,
    reservedUsd: Usd.meta({ description: "of films under way" }),
    films: z.int().nonnegative(),
    minutes: z.record(z.string(), z.number()),
    budget: Budget.optional(),
  })
  .meta({ id: "MonthCosts" });

export const Comparison = z
  .object({
    owner: Person,
    month: Month,
    onDemandUsd: Usd,
    reservedUsd: Usd,
    cheaper: z.enum(["on-demand", "reserved"]),
  })
  .meta({ id: "Comparison", description: "Reserved slots against paying by the minute." });
