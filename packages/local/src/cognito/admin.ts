import { randomUUID } from "node:crypto";
import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import { checkAttributes, withChanges } from "./attributes.ts";
import { filled, sendMail } from "./codes.ts";
import { keep, makePassword } from "./password.ts";
import { checkPassword } from "./policy.ts";
import type { Pool } from "./pool.ts";
import { attributesIn, oneOf, optional, required } from "./read.ts";
import { resetPassword } from "./recovery.ts";
import type { Room } from "./room.ts";
import { revoke } from "./sessions.ts";
import type { UserRow } from "./tables.ts";
import {
  attributeList,
  attributesOf,
  changeUser,
  insertUser,
  nameFor,
  removeUser,
  requireUser,
  shownUser,
} from "./users.ts";

export async function adminCreateUser(room: Room, input: Input) {
  const pool = room.pool(required(input, "UserPoolId", 55));
  const name = required(input, "Username", 128);
  const action = optional(input, "MessageAction");
  if (action !== undefined) oneOf(action, "MessageAction", ["RESEND", "SUPPRESS"]);
  const password =
    optional(input, "TemporaryPassword", 256) ?? makePassword(pool.settings.PasswordPolicy);
  checkPassword(password, pool.settings.PasswordPolicy);
  if (action === "RESEND") return invitedAgain(room, pool, name, password);
  const wanted = attributesIn(input);
  const sub = randomUUID();
  const username = nameFor(pool, sub, name, wanted);
  checkAttributes(pool.settings.SchemaAttributes ?? [], wanted, undefined, { admin: true });
  const kept = await keep(room.seal, { poolShortId: pool.shortId, sub, username }, password);
  const attributes = Object.fromEntries(wanted);
  return room.cloud.store.transaction(() => {
    const user = insertUser(
      room,
      pool,
      {
        sub,
        username,
        status: "FORCE_CHANGE_PASSWORD",
        attributes: { ...(attributes.email ? { email_verified: "false" } : {}), ...attributes },
        temporaryUntilMs: temporaryUntil(room, pool),
        ...kept,
      },
      { takeAlias: input.ForceAliasCreation === true },
    );
    if (action !== "SUPPRESS") invite(room, pool, user, name, password);
    return { User: shownUser(user) };
  });
}

export async function adminSetUserPassword(room: Room, input: Input) {
  const { pool, user } = named(room, input);
  const password = required(input, "Password", 256);
  checkPassword(password, pool.settings.PasswordPolicy);
  const kept = await keptFor(room, pool, user, password);
  const isPermanent = input.Permanent === true;
  changeUser(room, pool, user.sub, {
    ...kept,
    status: isPermanent ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD",
    temporary_until_ms: isPermanent ? null : temporaryUntil(room, pool),
  });
  return {};
}

export function adminResetUserPassword(room: Room, input: Input) {
  const { pool, user } = named(room, input);
  resetPassword(room, pool, user);
  return {};
}

export function adminGetUser(room: Room, input: Input) {
  const { user } = named(room, input);
  const { Attributes: _, ...shown } = shownUser(user);
  return { ...shown, UserAttributes: attributeList(user) };
}

export function adminUpdateUserAttributes(room: Room, input: Input) {
  const { pool, user } = named(room, input);
  const wanted = attributesIn(input);
  const before = attributesOf(user);
  checkAttributes(pool.settings.SchemaAttributes ?? [], wanted, before, { admin: true });
  changeUser(room, pool, user.sub, { attributes: withChanges(before, wanted) });
  return {};
}

export function adminDeleteUser(room: Room, input: Input) {
  removeUser(room, named(room, input).user.sub);
  return {};
}

export function adminDisableUser(room: Room, input: Input) {
  const { pool, user } = named(room, input);
  room.cloud.store.transaction(() => {
    changeUser(room, pool, user.sub, { enabled: 0 });
    revoke(room, { sub: user.sub });
  });
  return {};
}

export function adminEnableUser(room: Room, input: Input) {
  const { pool, user } = named(room, input);
  changeUser(room, pool, user.sub, { enabled: 1 });
  return {};
}

export function adminUserGlobalSignOut(room: Room, input: Input) {
  revoke(room, { sub: named(room, input).user.sub });
  return {};
}

function named(room: Room, input: Input): { pool: Pool; user: UserRow } {
  const pool = room.pool(required(input, "UserPoolId", 55));
  return { pool, user: requireUser(room, pool, required(input, "Username", 128)) };
}

/** A new temporary password and a new invitation, for somebody who has not come yet. */
async function invitedAgain(room: Room, pool: Pool, name: string, password: string) {
  const user = requireUser(room, pool, name);
  if (user.status !== "FORCE_CHANGE_PASSWORD") {
    throw new Refusal(
      "UnsupportedUserStateException",
      `Resend not possible. ${user.username} status is not FORCE_CHANGE_PASSWORD`,
    );
  }
  const kept = await keptFor(room, pool, user, password);
  return room.cloud.store.transaction(() => {
    const changed = changeUser(room, pool, user.sub, {
      ...kept,
      temporary_until_ms: temporaryUntil(room, pool),
    });
    invite(room, pool, changed, name, password);
    return { User: shownUser(changed) };
  });
}

function invite(room: Room, pool: Pool, user: UserRow, name: string, password: string): void {
  const { email } = attributesOf(user);
  if (!email) return;
  const { subject, text } = pool.settings.Invitation;
  sendMail(room, email, subject, filled(text, { "####": password, username: name }));
}

const keptFor = (room: Room, pool: Pool, { sub, username }: UserRow, password: string) =>
  keep(room.seal, { poolShortId: pool.shortId, sub, username }, password);

const temporaryUntil = (room: Room, pool: Pool): number =>
  room.cloud.now() + pool.settings.PasswordPolicy.TemporaryPasswordValidityDays * DAY_MS;

const DAY_MS = 86_400_000;
