import { Refusal } from "../kernel/refusal.ts";
import type { Pool } from "./pool.ts";
import { notAuthorized } from "./read.ts";
import type { Room } from "./room.ts";
import type { UserRow } from "./tables.ts";

/** Whom attempts are counted against: a user, or a name that nobody has. */
export function subjectOf(room: Room, pool: Pool, name: string, user: UserRow | undefined): string {
  return user?.sub ?? room.mac("nobody", pool.id, name.toLowerCase()).toString("base64url");
}

/**
 * Refuses to look at a password while its user is locked out: after five wrong ones for a second,
 * after each further one for twice as long, for a quarter of an hour at most.
 * Source: Amazon Cognito developer guide, lockout behaviour for failed sign-in attempts.
 *
 * @throws Refusal `NotAuthorizedException`; it does not count as an attempt
 */
export function checkLock(room: Room, subject: string): void {
  const found = recent(room, subject, "password", QUIET_MS);
  if (!found || found.count < FREE_GUESSES) return;
  const lockMs = Math.min(2 ** (found.count - FREE_GUESSES) * 1000, QUIET_MS);
  if (room.cloud.now() < found.last_ms + lockMs) throw notAuthorized("Password attempts exceeded");
}

export function countWrong(room: Room, subject: string, kind: AttemptKind = "password"): void {
  const windowMs = kind === "password" ? QUIET_MS : WINDOWS[kind].windowMs;
  const { store, now } = room.cloud;
  store.transaction(() => {
    const before = recent(room, subject, kind, windowMs)?.count ?? 0;
    store.run("DELETE FROM cognito_attempts WHERE last_ms < ?", now() - LONGEST_MS);
    store.run(
      "INSERT OR REPLACE INTO cognito_attempts VALUES (?, ?, ?, ?)",
      subject,
      kind,
      before + 1,
      now(),
    );
  });
}

export function forgetWrong(
  { cloud }: Room,
  subject: string,
  kind: AttemptKind = "password",
): void {
  cloud.store.run("DELETE FROM cognito_attempts WHERE subject = ? AND kind = ?", subject, kind);
}

/** @throws Refusal `LimitExceededException` when there were too many of a kind lately */
export function checkLimit(room: Room, subject: string, kind: LimitedKind): void {
  const { most, windowMs } = WINDOWS[kind];
  if ((recent(room, subject, kind, windowMs)?.count ?? 0) < most) return;
  throw new Refusal(
    "LimitExceededException",
    "Attempt limit exceeded, please try after some time.",
  );
}

type LimitedKind = keyof typeof WINDOWS;
type AttemptKind = LimitedKind | "password";

interface Attempts {
  [column: string]: unknown;
  count: number;
  last_ms: number;
}

function recent(room: Room, subject: string, kind: AttemptKind, windowMs: number) {
  const found = room.cloud.store.get<Attempts>(
    "SELECT count, last_ms FROM cognito_attempts WHERE subject = ? AND kind = ?",
    subject,
    kind,
  );
  return found && room.cloud.now() - found.last_ms < windowMs ? found : undefined;
}

const FREE_GUESSES = 5;
const QUIET_MS = 15 * 60_000;
const LONGEST_MS = 60 * 60_000;

/** Codes wrongly given, codes asked for, and old passwords wrongly given at ChangePassword. */
const WINDOWS = {
  code: { most: 5, windowMs: QUIET_MS },
  message: { most: 5, windowMs: QUIET_MS },
  change: { most: 5, windowMs: QUIET_MS },
} as const;
