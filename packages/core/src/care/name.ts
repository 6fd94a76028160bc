import { createHash } from "node:crypto";
import * as Clock from "../clock/index.ts";

/**
 * An execution's name made from its cause. The same cause starts it once an hour: again, because
 * an execution that cares for others may die as well.
 */
export function nameFor(why: string, ...cause: string[]): string {
  const hour = Math.floor(Clock.now() / HOUR_MS);
  const hash = createHash("sha256")
    .update([...cause, hour].join("\n"))
    .digest("hex")
    .slice(0, 32);
  return `${why}-${hash}`;
}

const HOUR_MS = 3_600_000;
