import type {
  CodeDeliveryDetailsType,
  GetUserResponse,
} from "@aws-sdk/client-cognito-identity-provider";
import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import { checkAttributes, isOpenTo, withChanges } from "./attributes.ts";
import { knowsSecret } from "./client.ts";
import { checkCode, sendCode, spendCode } from "./codes.ts";
import { holderOf } from "./holder.ts";
import { attributesIn, bad, notAuthorized, oneOf, optional, required } from "./read.ts";
import { changePassword as change } from "./recovery.ts";
import type { Room } from "./room.ts";
import { revoke, sessionOf } from "./sessions.ts";
import { attributeList, attributesOf, changeUser, removeUser } from "./users.ts";

// What users do with their own access token.

const holder = (room: Room, input: Input) => holderOf(room, required(input, "AccessToken", 16_384));

export async function getUser(room: Room, input: Input): Promise<GetUserResponse> {
  const { user, client } = await holder(room, input);
  return {
    Username: user.username,
    UserAttributes: attributeList(user, (name) => isOpenTo(name, client.settings.reads)),
  };
}

export async function updateUserAttributes(room: Room, input: Input) {
  const { pool, client, user } = await holder(room, input);
  const wanted = attributesIn(input);
  const before = attributesOf(user);
  checkAttributes(pool.settings.SchemaAttributes ?? [], wanted, before, {
    admin: false,
    may: client.settings.writes,
  });
  const email = wanted.get("email");
  const isNew = email !== undefined && email !== "" && email !== before.email;
  const proves = isNew && (pool.settings.AutoVerifiedAttributes ?? []).includes("email");
  // A pool may keep the old address until the new one is proven.
  if (proves && pool.settings.VerifyBeforeUpdate.includes("email")) wanted.delete("email");
  return room.cloud.store.transaction(() => {
    const changed = changeUser(room, pool, user.sub, { attributes: withChanges(before, wanted) });
    const sent: CodeDeliveryDetailsType[] = proves
      ? [sendCode(room, pool, changed, { purpose: "email", email, about: email })]
      : [];
    return { CodeDeliveryDetailsList: sent };
  });
}

export async function getUserAttributeVerificationCode(room: Room, input: Input) {
  const { pool, user } = await holder(room, input);
  onlyEmail(input);
  const { email } = attributesOf(user);
  if (!email) throw bad("User has no email to verify.");
  return {
    CodeDeliveryDetails: sendCode(room, pool, user, { purpose: "email", email, about: email }),
  };
}

export async function verifyUserAttribute(room: Room, input: Input) {
  const { pool, user } = await holder(room, input);
  onlyEmail(input);
  const email = checkCode(room, user, "email", required(input, "Code"));
  room.cloud.store.transaction(() => {
    spendCode(room, user, "email");
    changeUser(room, pool, user.sub, {
      attributes: { ...attributesOf(user), ...(email ? { email } : {}), email_verified: "true" },
    });
  });
  return {};
}

export async function changePassword(room: Room, input: Input) {
  return change(room, await holder(room, input), input);
}

export async function globalSignOut(room: Room, input: Input) {
  const { user } = await holder(room, input);
  revoke(room, { sub: user.sub });
  return {};
}

export async function deleteUser(room: Room, input: Input) {
  const { user } = await holder(room, input);
  removeUser(room, user.sub);
  return {};
}

/** Ends the session of a refresh token: the token itself, and every access token it made. */
export function revokeToken(room: Room, input: Input) {
  const client = room.client(required(input, "ClientId", 128));
  const token = required(input, "Token", 16_384);
  if (!knowsSecret(client, optional(input, "ClientSecret"))) {
    throw new Refusal("UnauthorizedException", "Invalid client secret.");
  }
  if (!client.settings.revokes) {
    throw new Refusal(
      "UnsupportedOperationException",
      "Token revocation is not enabled for this client.",
    );
  }
  if (token.split(".").length === 3) {
    throw new Refusal("UnsupportedTokenTypeException", "Unsupported token type.");
  }
  const found = sessionOf(room, token)?.session;
  if (!found) return {}; // RFC 7009: a token that is no more is revoked
  if (found.client !== client.id) throw notAuthorized("Refresh token issued to another client.");
  revoke(room, { id: found.id });
  return {};
}

const onlyEmail = (input: Input): "email" =>
  oneOf(required(input, "AttributeName", 32), "AttributeName", ["email"]);
