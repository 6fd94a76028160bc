import * as z from "zod";

export const statuses = [
  "AWAITING_UPLOAD",
  "VALIDATING",
  "PENDING",
  "TRANSCODING",
  "READY",
  "FAILED",
  "CANCELED",
] as const;

export const Status = z.enum(statuses);
export type Status = z.infer<typeof Status>;

const moves: Record<Status, readonly Status[]> = {
  AWAITING_UPLOAD: ["VALIDATING", "FAILED", "CANCELED"],
  // itself: a newer source takes a film over while an older attempt is still under way
  VALIDATING: ["VALIDATING", "PENDING", "FAILED", "CANCELED"],
  PENDING: ["VALIDATING", "TRANSCODING", "READY", "FAILED", "CANCELED"], // COMPLETE may overtake PROGRESSING
  TRANSCODING: ["VALIDATING", "READY", "FAILED", "CANCELED"],
  // a new attempt; FAILED at once when that attempt broke before it could claim the film
  READY: ["VALIDATING", "FAILED"],
  // one another, and themselves: another source was to come, and did not come either
  FAILED: ["VALIDATING", "FAILED", "CANCELED"],
  CANCELED: ["VALIDATING", "FAILED", "CANCELED"],
};

export function mayMove(from: Status, to: Status): boolean {
  return moves[from].includes(to);
}

/** Where a film must be for `to` to be its next status: the condition a write states. */
export function before(to: Status): Status[] {
  return statuses.filter((from) => mayMove(from, to));
}

/** Nothing is going on with it: a new attempt may begin. */
export function isSettled(status: Status): boolean {
  switch (status) {
    case "READY":
    case "FAILED":
    case "CANCELED":
      return true;
    case "AWAITING_UPLOAD":
    case "VALIDATING":
    case "PENDING":
    case "TRANSCODING":
      return false;
    default:
      return unreachable(status);
  }
}

export const settled = statuses.filter(isSettled);
/** An attempt is at work on it. */
export const working: readonly Status[] = ["VALIDATING", "PENDING", "TRANSCODING"];

function unreachable(status: never): never {
  throw new Error(`A status nobody thought of: ${status}`);
}
