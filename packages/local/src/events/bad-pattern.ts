import { Refusal } from "../kernel/refusal.ts";

/** The refusal of an event pattern, in AWS's words. */
export function badPattern(reason: string): Refusal {
  return new Refusal(
    "InvalidEventPatternException",
    `Event pattern is not valid. Reason: ${reason}`,
  );
}
