import type { CodeDeliveryDetailsType } from "@aws-sdk/client-cognito-identity-provider";
import type { Input } from "../kernel/service.ts";
import { checkLimit, countWrong, forgetWrong, subjectOf } from "./attempts.ts";
import { isEmail } from "./attributes.ts";
import { checkCode, delivery, sendCode, spendCode, wrongCode } from "./codes.ts";
import { doorOf } from "./door.ts";
import { isRight, keep } from "./password.ts";
import { checkPassword } from "./policy.ts";
import type { Pool } from "./pool.ts";
import { bad, notAuthorized, required } from "./read.ts";
import type { Room } from "./room.ts";
import type { UserRow } from "./tables.ts";
import { attributesOf, changeUser, findUser, unknownUser } from "./users.ts";

export function forgotPassword(room: Room, input: Input) {
  const { pool, client, name } = doorOf(room, input);
  refuseAdminOnly(pool);
  const user = findUser(room, pool, name);
  if (!user && !client.settings.hidesUsers) throw unknownUser();
  const email = user && recoveryAddress(user);
  if (!user || (client.settings.hidesUsers && (!email || !mayRecover(user)))) {
    return { CodeDeliveryDetails: pretended(room, pool, name, "message") };
  }
  if (!user.enabled) throw notAuthorized("User is disabled.");
  if (!mayRecover(user)) throw notAuthorized("User password cannot be reset in the current state.");
  if (!email) {
    throw bad(
      "Cannot reset password for the user as there is no registered/verified email or phone_number",
    );
  }
  return {
    CodeDeliveryDetails: sendCode(room, pool, user, { purpose: "forgotten password", email }),
  };
}

export async function confirmForgotPassword(room: Room, input: Input) {
  const { pool, client, name } = doorOf(room, input);
  const code = required(input, "ConfirmationCode", 2048);
  const password = required(input, "Password", 256);
  checkPassword(password, pool.settings.PasswordPolicy);
  const user = findUser(room, pool, name);
  if (!user) {
    if (!client.settings.hidesUsers) throw unknownUser();
    const subject = subjectOf(room, pool, name, undefined);
    checkLimit(room, subject, "code");
    countWrong(room, subject, "code");
    throw wrongCode();
  }
  try {
    checkCode(room, user, "forgotten password", code);
  } catch (error) {
    // That there is no code at all would tell that there is a user.
    const isExpired = error instanceof Error && error.name === "ExpiredCodeException";
    if (!isExpired || !client.settings.hidesUsers) throw error;
    countWrong(room, user.sub, "code");
    throw wrongCode();
  }
  if (!mayRecover(user)) throw notAuthorized("User password cannot be reset in the current state.");
  const kept = await keep(
    room.seal,
    { poolShortId: pool.shortId, sub: user.sub, username: user.username },
    password,
  );
  room.cloud.store.transaction(() => {
    spendCode(room, user, "forgotten password");
    changeUser(room, pool, user.sub, { ...kept, status: "CONFIRMED", temporary_until_ms: null });
    forgetWrong(room, user.sub);
  });
  return {};
}

/** Somebody who knows their password chooses another. */
export async function changePassword(
  room: Room,
  { pool, user }: { pool: Pool; user: UserRow },
  input: Input,
) {
  const proposed = required(input, "ProposedPassword", 256);
  const previous = required(input, "PreviousPassword", 256);
  return room.inTurn(user.sub, async () => {
    checkLimit(room, user.sub, "change");
    const now = findUser(room, pool, user.sub);
    if (!(await isRight(now, previous))) {
      countWrong(room, user.sub, "change");
      throw notAuthorized("Incorrect username or password.");
    }
    checkPassword(proposed, pool.settings.PasswordPolicy);
    const kept = await keep(
      room.seal,
      { poolShortId: pool.shortId, sub: user.sub, username: user.username },
      proposed,
    );
    room.cloud.store.transaction(() => {
      changeUser(room, pool, user.sub, kept);
      forgetWrong(room, user.sub, "change");
    });
    return {};
  });
}

/** An administrator makes a user choose a new password, with a code that is sent to them. */
export function resetPassword(room: Room, pool: Pool, user: UserRow): void {
  const email = recoveryAddress(user);
  if (!email) {
    throw bad(
      "User has no verified email or phone number to send a confirmation code to, so the password cannot be reset.",
    );
  }
  room.cloud.store.transaction(() => {
    changeUser(room, pool, user.sub, { status: "RESET_REQUIRED" });
    sendCode(room, pool, user, { purpose: "forgotten password", email });
  });
}

/**
 * What is told of a message that was never sent, because nobody is there to have it. It is the same
 * each time, and too many are refused like real ones.
 */
export function pretended(
  room: Room,
  pool: Pool,
  name: string,
  kind: "message",
): CodeDeliveryDetailsType {
  const subject = subjectOf(room, pool, name, findUser(room, pool, name));
  checkLimit(room, subject, kind);
  countWrong(room, subject, kind);
  if (isEmail(name)) return delivery(name.toLowerCase());
  const [one = 0, two = 0] = room.mac("nobody's address", pool.id, name.toLowerCase());
  return delivery(`${letter(one)}@${letter(two)}`);
}

const letter = (byte: number): string => String.fromCharCode("a".charCodeAt(0) + (byte % 26));

const mayRecover = ({ enabled, status }: UserRow): boolean =>
  enabled === 1 && (status === "CONFIRMED" || status === "RESET_REQUIRED");

function recoveryAddress(user: UserRow): string | undefined {
  const { email, email_verified: verified } = attributesOf(user);
  return verified === "true" ? email : undefined;
}

function refuseAdminOnly(pool: Pool): void {
  const ways = pool.settings.AccountRecoverySetting?.RecoveryMechanisms ?? [];
  if (ways.some(({ Name }) => Name === "admin_only")) {
    throw notAuthorized("Contact administrator to reset password.");
  }
}
