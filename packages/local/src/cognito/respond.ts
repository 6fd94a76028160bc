import type { RespondToAuthChallengeResponse } from "@aws-sdk/client-cognito-identity-provider";
import { NotPretended } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import { checkAttributes, withChanges } from "./attributes.ts";
import { asked, close } from "./challenges.ts";
import { checkSecretHash } from "./client.ts";
import { type Door, parameter } from "./door.ts";
import { keep } from "./password.ts";
import { checkPassword } from "./policy.ts";
import { notAuthorized, oneOf, required, textMap } from "./read.ts";
import type { Room } from "./room.ts";
import { beginSession } from "./sessions.ts";
import { finishSrp } from "./srp-sign-in.ts";
import { attributesOf, changeUser, findUser } from "./users.ts";

export function respondToAuthChallenge(room: Room, input: Input) {
  const client = room.client(required(input, "ClientId", 128));
  return respond(room, { client, pool: room.pool(client.poolId) }, input);
}

export function adminRespondToAuthChallenge(room: Room, input: Input) {
  const pool = room.pool(required(input, "UserPoolId", 55));
  return respond(
    room,
    { pool, client: room.client(required(input, "ClientId", 128), pool.id) },
    input,
  );
}

async function respond(
  room: Room,
  door: Door,
  input: Input,
): Promise<RespondToAuthChallengeResponse> {
  const params = textMap(input, "ChallengeResponses");
  const name = oneOf(required(input, "ChallengeName"), "ChallengeName", CHALLENGES);
  if (name === "PASSWORD_VERIFIER") return finishSrp(room, door, params);
  if (name === "NEW_PASSWORD_REQUIRED") {
    return setNewPassword(room, door, required(input, "Session", 4096), params);
  }
  throw new NotPretended({ service: "cognito-idp", action: `the challenge ${name}` });
}

/** Somebody with a temporary password chooses their own. */
async function setNewPassword(
  room: Room,
  door: Door,
  session: string,
  params: Record<string, string>,
): Promise<RespondToAuthChallengeResponse> {
  const { pool, client } = door;
  const name = parameter(params, "USERNAME");
  const password = parameter(params, "NEW_PASSWORD");
  const found = asked(room, client, session, "NEW_PASSWORD_REQUIRED");
  const user = found?.sub ? findUser(room, pool, found.sub) : undefined;
  if (!found || !user) throw notAuthorized("Invalid session for the user, session is expired.");
  checkSecretHash(client, params.SECRET_HASH, name, user.username);
  if (findUser(room, pool, name)?.sub !== user.sub) {
    throw notAuthorized("Invalid session for the user.");
  }
  if (!user.enabled) throw notAuthorized("User is disabled.");
  checkPassword(password, pool.settings.PasswordPolicy);
  const wanted = new Map(
    Object.entries(params).flatMap(
      ([key, value]): Array<[string, string]> =>
        key.startsWith(GIVEN) ? [[key.slice(GIVEN.length), value]] : [],
    ),
  );
  checkAttributes(pool.settings.SchemaAttributes ?? [], wanted, attributesOf(user), {
    admin: false,
    may: client.settings.writes,
    complete: true,
  });
  const kept = await keep(
    room.seal,
    { poolShortId: pool.shortId, sub: user.sub, username: user.username },
    password,
  );
  const confirmed = room.cloud.store.transaction(() => {
    if (!close(room, found.id)) throw notAuthorized("Invalid session for the user.");
    return changeUser(room, pool, user.sub, {
      ...kept,
      status: "CONFIRMED",
      temporary_until_ms: null,
      attributes: withChanges(attributesOf(user), wanted),
    });
  });
  return {
    ChallengeParameters: {},
    AuthenticationResult: await beginSession(room, { pool, client, user: confirmed }),
  };
}

const GIVEN = "userAttributes.";

const CHALLENGES = [
  "PASSWORD_VERIFIER",
  "NEW_PASSWORD_REQUIRED",
  "SMS_MFA",
  "EMAIL_OTP",
  "SMS_OTP",
  "SOFTWARE_TOKEN_MFA",
  "SELECT_MFA_TYPE",
  "MFA_SETUP",
  "CUSTOM_CHALLENGE",
  "SELECT_CHALLENGE",
  "DEVICE_SRP_AUTH",
  "DEVICE_PASSWORD_VERIFIER",
  "ADMIN_NO_SRP_AUTH",
  "PASSWORD",
  "PASSWORD_SRP",
  "WEB_AUTHN",
] as const;
