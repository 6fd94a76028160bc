import type { Ratio } from "../probe/media.ts";
import { JobError } from "../problem.ts";
import type { Size } from "./size.ts";

/**
 * Whether pictures of a size and rate may be called a level.
 *
 * @throws JobError 1040 when the level is too low
 */
export function checkLevel(word: string | undefined, size: Size, rate: Ratio): void {
  const limits = most[word ?? "AUTO"];
  if (!limits) return;
  const blocks = Math.ceil(size.width / 16) * Math.ceil(size.height / 16);
  const perSecond = (blocks * rate.num) / rate.den;
  if (blocks <= limits[0] && perSecond <= limits[1]) return;
  throw new JobError(1040, `${word} is too low for ${size.width}x${size.height}.`);
}

/** Macroblocks of a picture and of a second. Source: ITU-T H.264 table A-1. */
const most: Record<string, readonly [picture: number, second: number] | undefined> = {
  LEVEL_1: [99, 1485],
  LEVEL_1_1: [396, 3000],
  LEVEL_1_2: [396, 6000],
  LEVEL_1_3: [396, 11_880],
  LEVEL_2: [396, 11_880],
  LEVEL_2_1: [792, 19_800],
  LEVEL_2_2: [1620, 20_250],
  LEVEL_3: [1620, 40_500],
  LEVEL_3_1: [3600, 108_000],
  LEVEL_3_2: [5120, 216_000],
  LEVEL_4: [8192, 245_760],
  LEVEL_4_1: [8192, 245_760],
  LEVEL_4_2: [8704, 522_240],
  LEVEL_5: [22_080, 589_824],
  LEVEL_5_1: [36_864, 983_040],
  LEVEL_5_2: [36_864, 2_073_600],
};
