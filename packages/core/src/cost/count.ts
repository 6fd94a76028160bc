import type { Output } from "@aws-sdk/client-mediaconvert";
import * as Job from "../job/index.ts";
import type { Plan } from "../ladder/ladder.ts";
import type { Found } from "../source/found.ts";
import * as Money from "./money.ts";
import { type Confidence, inUse, least, oldest, type Prices } from "./prices.ts";
import { AUDIO_ONLY, FRAME_CAPTURE, keyOf, priced } from "./rate.ts";

/** One output of a job as it is billed. Kept with the attempt: later prices change nothing. */
export interface Line {
  /** Its group in the job, and what tells it apart there. */
  output: string;
  kind: "video" | "audio" | "pictures";
  rate: string;
  /** Absent: nobody knows. */
  usdPerMinute?: number;
  confidence: Confidence;
  asOf?: string;
  minutes: number;
}

/** Everything a job makes, with the minutes it is thought to come to, in the job's order. */
export function expected(plan: Plan, found: Found, prices: Prices = inUse()): Line[][] {
  return Job.groups(plan, "").map((group) =>
    (group.Outputs ?? []).map((output) => {
      const rate = keyOf(output, found.video?.frameRate);
      const price = priced(prices, rate);
      return {
        output: `${group.Name ?? ""}${output.NameModifier ?? ""}`,
        kind: kindOf(rate),
        rate,
        ...(price ? { usdPerMinute: price.usd, asOf: price.asOf } : {}),
        confidence: price?.confidence ?? "unknown",
        minutes: Money.billedMinutes(durationOf(output, found), prices),
      };
    }),
  );
}

/** The same lines with the minutes that a finished job says it made, output by output. */
export function counted(
  lines: Line[][],
  made: { durationMs?: number | undefined }[][],
  by: Pick<Prices, "minimumSeconds" | "stepMinutes">,
): Line[][] {
  return lines.map((group, at) =>
    group.map((line, index) => {
      const durationMs = made[at]?.[index]?.durationMs;
      if (durationMs === undefined) return line; // it did not say: as expected
      return { ...line, minutes: Money.billedMinutes(durationMs, by) };
    }),
  );
}

/** What lines come to in millionths; lines without a price are left out. */
export function total(lines: Line[][]): number {
  return lines.flat().reduce((sum, line) => sum + (microOf(line) ?? 0), 0);
}

export function microOf({ minutes, usdPerMinute }: Line): number | undefined {
  return usdPerMinute === undefined ? undefined : Money.priceOf(minutes, usdPerMinute);
}

/** How far a sum can be trusted, and how old its prices are. What counts nothing changes neither. */
export function trust(
  lines: Line[][],
  otherwise: string,
): { asOf: string; confidence: Confidence } {
  const known = lines.flat().filter(({ usdPerMinute }) => usdPerMinute !== 0);
  return {
    confidence: least(known.map(({ confidence }) => confidence)),
    asOf: oldest(
      known.flatMap(({ asOf }) => asOf ?? []),
      otherwise,
    ),
  };
}

/** Minutes by the key they are billed under. */
export function minutesByRate(lines: Line[][]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { rate, minutes } of lines.flat()) {
    sums[rate] = (Money.hundredths(sums[rate] ?? 0) + Money.hundredths(minutes)) / 100;
  }
  return sums;
}

function kindOf(rate: string): Line["kind"] {
  if (rate === AUDIO_ONLY) return "audio";
  return rate === FRAME_CAPTURE ? "pictures" : "video";
}

/** An output lasts as long as its picture; sound alone ends with a whole frame of AAC. */
function durationOf(output: Output, { durationMs, video, audio }: Found): number {
  if (output.VideoDescription) return video?.durationMs ?? durationMs;
  const soundMs = audio?.durationMs ?? durationMs;
  const settings = output.AudioDescriptions?.[0]?.CodecSettings?.AacSettings;
  if (!settings?.SampleRate) return soundMs;
  const frameMs = (AAC_FRAME_SAMPLES * 1000) / settings.SampleRate;
  return Math.round(Math.ceil(soundMs / frameMs) * frameMs);
}

const AAC_FRAME_SAMPLES = 1024;
