import { randomUUID } from "node:crypto";
import type { SignUpResponse } from "@aws-sdk/client-cognito-identity-provider";
import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import { checkAttributes } from "./attributes.ts";
import { checkCode, expiredCode, sendCode, spendCode } from "./codes.ts";
import { doorOf } from "./door.ts";
import { keep } from "./password.ts";
import { checkPassword } from "./policy.ts";
import type { Pool } from "./pool.ts";
import { attributesIn, bad, notAuthorized, required } from "./read.ts";
import { pretended } from "./recovery.ts";
import type { Room } from "./room.ts";
import {
  attributesOf,
  changeUser,
  findUser,
  insertUser,
  nameFor,
  requireUser,
  unknownUser,
} from "./users.ts";

export async function signUp(room: Room, input: Input): Promise<SignUpResponse> {
  const { pool, client, name } = doorOf(room, input);
  if (pool.settings.AdminCreateUserOnly) {
    throw notAuthorized("SignUp is not permitted for this user pool");
  }
  const password = required(input, "Password", 256);
  checkPassword(password, pool.settings.PasswordPolicy);
  const wanted = attributesIn(input);
  const sub = randomUUID();
  const username = nameFor(pool, sub, name, wanted);
  checkAttributes(pool.settings.SchemaAttributes ?? [], wanted, undefined, {
    admin: false,
    // Who may not write an address still has to sign up with one.
    may: client.settings.writes && [
      ...client.settings.writes,
      ...(pool.settings.UsernameAttributes ?? []),
    ],
  });
  const kept = await keep(room.seal, { poolShortId: pool.shortId, sub, username }, password);
  return room.cloud.store.transaction(() => {
    const user = insertUser(room, pool, {
      sub,
      username,
      status: "UNCONFIRMED",
      attributes: {
        ...Object.fromEntries(wanted),
        ...(wanted.has("email") ? { email_verified: "false" } : {}),
      },
      ...kept,
    });
    const email = confirms(pool) ? wanted.get("email") : undefined;
    const sent = email && sendCode(room, pool, user, { purpose: "sign-up", email });
    return { UserConfirmed: false, UserSub: sub, ...(sent ? { CodeDeliveryDetails: sent } : {}) };
  });
}

export function confirmSignUp(room: Room, input: Input) {
  const { pool, client, name } = doorOf(room, input);
  const code = required(input, "ConfirmationCode", 2048);
  const user = findUser(room, pool, name);
  if (!user) throw client.settings.hidesUsers ? expiredCode() : unknownUser();
  if (user.status !== "UNCONFIRMED") {
    throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`);
  }
  checkCode(room, user, "sign-up", code);
  room.cloud.store.transaction(() => {
    spendCode(room, user, "sign-up");
    changeUser(
      room,
      pool,
      user.sub,
      { status: "CONFIRMED", attributes: { ...attributesOf(user), email_verified: "true" } },
      { takeAlias: input.ForceAliasCreation === true },
    );
  });
  return {};
}

export function resendConfirmationCode(room: Room, input: Input) {
  const { pool, client, name } = doorOf(room, input);
  const user = findUser(room, pool, name);
  if (!user && !client.settings.hidesUsers) throw unknownUser();
  const email = user && attributesOf(user).email;
  if (!user || (client.settings.hidesUsers && (!email || user.status !== "UNCONFIRMED"))) {
    return { CodeDeliveryDetails: pretended(room, pool, name, "message") };
  }
  if (user.status !== "UNCONFIRMED") throw bad("User is already confirmed.");
  if (!email || !confirms(pool)) {
    throw new Refusal("CodeDeliveryFailureException", "There is no address to send a code to.");
  }
  return { CodeDeliveryDetails: sendCode(room, pool, user, { purpose: "sign-up", email }) };
}

export function adminConfirmSignUp(room: Room, input: Input) {
  const pool = room.pool(required(input, "UserPoolId", 55));
  const user = requireUser(room, pool, required(input, "Username", 128));
  if (user.status !== "UNCONFIRMED") {
    throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`);
  }
  changeUser(room, pool, user.sub, { status: "CONFIRMED" });
  return {};
}

const confirms = (pool: Pool): boolean =>
  (pool.settings.AutoVerifiedAttributes ?? []).includes("email");
