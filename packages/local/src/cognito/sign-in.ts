import type { InitiateAuthResponse } from "@aws-sdk/client-cognito-identity-provider";
import { NotPretended } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import { admit } from "./admit.ts";
import { checkLock, countWrong, forgetWrong } from "./attempts.ts";
import { allows, type Client, checkSecretHash, knowsSecret, type Way } from "./client.ts";
import { type Door, parameter, seek, wrongPassword } from "./door.ts";
import { isRight } from "./password.ts";
import { bad, notAuthorized, oneOf, optional, required, textMap } from "./read.ts";
import type { Room } from "./room.ts";
import { refreshed } from "./sessions.ts";
import { beginSrp } from "./srp-sign-in.ts";
import { findUser } from "./users.ts";

export async function initiateAuth(room: Room, input: Input): Promise<InitiateAuthResponse> {
  const client = room.client(required(input, "ClientId", 128));
  const door = { client, pool: room.pool(client.poolId) };
  const params = textMap(input, "AuthParameters");
  switch (oneOf(required(input, "AuthFlow"), "AuthFlow", FLOWS)) {
    case "USER_SRP_AUTH":
      mayUse(client, "srp", "USER_SRP_AUTH is not enabled for the client.");
      return beginSrp(room, door, params);
    case "USER_PASSWORD_AUTH":
      mayUse(client, "password", "USER_PASSWORD_AUTH flow not enabled for this client");
      return byPassword(room, door, params);
    case "REFRESH_TOKEN_AUTH":
    case "REFRESH_TOKEN":
      return byRefreshToken(room, door, params);
    case "USER_AUTH":
    case "CUSTOM_AUTH":
      throw new NotPretended({ service: "cognito-idp", action: `InitiateAuth ${input.AuthFlow}` });
    case "ADMIN_NO_SRP_AUTH":
    case "ADMIN_USER_PASSWORD_AUTH":
      throw bad("Initiate Auth method not supported.");
  }
}

export async function adminInitiateAuth(room: Room, input: Input): Promise<InitiateAuthResponse> {
  const pool = room.pool(required(input, "UserPoolId", 55));
  const door = { pool, client: room.client(required(input, "ClientId", 128), pool.id) };
  const params = textMap(input, "AuthParameters");
  switch (oneOf(required(input, "AuthFlow"), "AuthFlow", FLOWS)) {
    case "ADMIN_USER_PASSWORD_AUTH":
    case "ADMIN_NO_SRP_AUTH":
      mayUse(door.client, "admin", "Auth flow not enabled for this client");
      return byPassword(room, door, params);
    case "USER_SRP_AUTH":
      mayUse(door.client, "srp", "USER_SRP_AUTH is not enabled for the client.");
      return beginSrp(room, door, params);
    case "REFRESH_TOKEN_AUTH":
    case "REFRESH_TOKEN":
      return byRefreshToken(room, door, params);
    case "USER_PASSWORD_AUTH":
      throw bad("Initiate Auth method not supported.");
    case "USER_AUTH":
    case "CUSTOM_AUTH":
      throw new NotPretended({
        service: "cognito-idp",
        action: `AdminInitiateAuth ${input.AuthFlow}`,
      });
  }
}

/** The newer way to refresh, and the only one where refresh tokens rotate. */
export async function getTokensFromRefreshToken(room: Room, input: Input) {
  const client = room.client(required(input, "ClientId", 128));
  if (!knowsSecret(client, optional(input, "ClientSecret"))) {
    throw notAuthorized(`Unable to verify client secret for client ${client.id}`);
  }
  return {
    AuthenticationResult: await refreshed(room, {
      pool: room.pool(client.poolId),
      client,
      token: required(input, "RefreshToken", 4096),
      check: () => undefined,
    }),
  };
}

async function byPassword(
  room: Room,
  door: Door,
  params: Record<string, string>,
): Promise<InitiateAuthResponse> {
  const name = parameter(params, "USERNAME");
  const password = parameter(params, "PASSWORD");
  checkSecretHash(door.client, params.SECRET_HASH, name);
  const { subject } = seek(room, door, name);
  return room.inTurn(subject, async () => {
    checkLock(room, subject);
    const before = findUser(room, door.pool, name);
    const right = await isRight(before, password);
    const user = before && findUser(room, door.pool, before.sub); // as they are by now
    if (!user || !right) {
      countWrong(room, subject);
      throw wrongPassword();
    }
    forgetWrong(room, subject);
    return admit(room, door, user);
  });
}

async function byRefreshToken(
  room: Room,
  { pool, client }: Door,
  params: Record<string, string>,
): Promise<InitiateAuthResponse> {
  const token = parameter(params, "REFRESH_TOKEN");
  mayUse(client, "refresh", "Auth flow not enabled for this client");
  if (client.settings.rotationGraceMs !== undefined) {
    throw bad("Refresh token rotation is enabled for this client: use GetTokensFromRefreshToken.");
  }
  return {
    ChallengeParameters: {},
    AuthenticationResult: await refreshed(room, {
      pool,
      client,
      token,
      check: (user) => checkSecretHash(client, params.SECRET_HASH, user.username, user.sub),
    }),
  };
}

function mayUse(client: Client, way: Way, otherwise: string): void {
  if (!allows(client, way)) throw bad(otherwise);
}

const FLOWS = [
  "USER_SRP_AUTH",
  "REFRESH_TOKEN_AUTH",
  "REFRESH_TOKEN",
  "CUSTOM_AUTH",
  "ADMIN_NO_SRP_AUTH",
  "USER_PASSWORD_AUTH",
  "ADMIN_USER_PASSWORD_AUTH",
  "USER_AUTH",
] as const;
