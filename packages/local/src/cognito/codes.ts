import { randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CodeDeliveryDetailsType } from "@aws-sdk/client-cognito-identity-provider";
import { Refusal } from "../kernel/refusal.ts";
import type { Row } from "../kernel/store.ts";
import { checkLimit, countWrong, forgetWrong } from "./attempts.ts";
import { masked } from "./attributes.ts";
import type { Pool } from "./pool.ts";
import type { Room } from "./room.ts";
import type { UserRow } from "./tables.ts";

/** What a code lets its holder do. */
export type Purpose = keyof typeof LIFETIMES_MS;

/**
 * Sends a code by mail; it takes the place of an earlier one for the same purpose.
 *
 * @param about what the code is for, such as the new address that it proves
 * @throws Refusal `LimitExceededException` when too many were asked for
 */
export function sendCode(
  room: Room,
  pool: Pool,
  user: UserRow,
  { purpose, email, about }: { purpose: Purpose; email: string; about?: string },
): CodeDeliveryDetailsType {
  const { store, now } = room.cloud;
  checkLimit(room, user.sub, "message");
  const code = String(randomInt(1_000_000)).padStart(6, "0");
  store.transaction(() => {
    countWrong(room, user.sub, "message");
    store.run(
      "INSERT OR REPLACE INTO cognito_codes VALUES (?, ?, ?, ?, ?)",
      user.sub,
      purpose,
      stamp(room, user.sub, purpose, code),
      about ?? null,
      now() + LIFETIMES_MS[purpose],
    );
    const { subject, text } = pool.settings.Message;
    sendMail(room, email, subject, filled(text, { "####": code, username: user.username }));
  });
  return delivery(email);
}

/**
 * Checks a code without using it up.
 *
 * @returns what the code is about
 * @throws Refusal `CodeMismatchException`, `ExpiredCodeException` or `LimitExceededException`
 */
export function checkCode(
  room: Room,
  user: UserRow,
  purpose: Purpose,
  code: string,
): string | undefined {
  const { store, now } = room.cloud;
  checkLimit(room, user.sub, "code");
  const found = store.get<CodeRow>(
    "SELECT mac, about, expires_ms FROM cognito_codes WHERE sub = ? AND purpose = ?",
    user.sub,
    purpose,
  );
  if (!found || found.expires_ms <= now()) throw expiredCode();
  if (!timingSafeEqual(found.mac, stamp(room, user.sub, purpose, code))) {
    countWrong(room, user.sub, "code");
    throw wrongCode();
  }
  return found.about ?? undefined;
}

/**
 * Uses a code up, in the transaction of what it allows.
 *
 * @throws Refusal `ExpiredCodeException` when somebody else was faster
 */
export function spendCode(room: Room, user: UserRow, purpose: Purpose): void {
  const { changes } = room.cloud.store.run(
    "DELETE FROM cognito_codes WHERE sub = ? AND purpose = ?",
    user.sub,
    purpose,
  );
  if (changes === 0) throw expiredCode();
  forgetWrong(room, user.sub, "code");
  forgetWrong(room, user.sub, "message");
}

/** Where a message went; of somebody who is not there, where it might have gone. */
export const delivery = (email: string): CodeDeliveryDetailsType => ({
  Destination: masked(email),
  DeliveryMedium: "EMAIL",
  AttributeName: "email",
});

export const wrongCode = () =>
  new Refusal("CodeMismatchException", "Invalid verification code provided, please try again.");

export const expiredCode = () =>
  new Refusal("ExpiredCodeException", "Invalid code provided, please request a code again.");

/** Puts a message where mail would be: a file that its reader alone may open. */
export function sendMail(room: Room, to: string, subject: string, text: string): void {
  const { cloud } = room;
  const folder = cloud.folder(join("cognito", "mail"));
  chmodSync(folder, 0o700);
  const at = new Date(cloud.now()).toISOString();
  const name = `${at.replaceAll(":", "-")}-${randomBytes(4).toString("hex")}.txt`;
  const file = join(folder, name);
  writeFileSync(file, `To: ${to}\nDate: ${at}\nSubject: ${subject}\n\n${text}\n`, {
    mode: 0o600,
    flag: "wx",
  });
  cloud.store.afterCommit(() => cloud.tell(`a message for ${to} is in ${file}`));
}

/** Fills `{####}` and `{username}` in a message. */
export const filled = (text: string, values: Record<string, string>): string =>
  text.replace(/\{(####|username)\}/g, (whole, name: string) => values[name] ?? whole);

interface CodeRow extends Row {
  mac: Uint8Array;
  about: string | null;
  expires_ms: number;
}

const stamp = (room: Room, sub: string, purpose: Purpose, code: string): Buffer =>
  room.mac("code", sub, purpose, code);

const HOUR_MS = 3_600_000;

// Source: Amazon Cognito developer guide, how long codes are good.
const LIFETIMES_MS = {
  "sign-up": 24 * HOUR_MS,
  "forgotten password": HOUR_MS,
  email: 24 * HOUR_MS,
} as const;
