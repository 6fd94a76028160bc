import { randomUUID } from "node:crypto";
import type { AuthenticationResultType } from "@aws-sdk/client-cognito-identity-provider";
import { SignJWT } from "jose";
import { isOpenTo } from "./attributes.ts";
import type { Client } from "./client.ts";
import { groupsOf } from "./groups.ts";
import { privateKeyOf, publicKeyOf } from "./keys.ts";
import type { Pool } from "./pool.ts";
import { scopesOf } from "./resource-servers.ts";
import type { Room } from "./room.ts";
import type { SessionRow, UserRow } from "./tables.ts";
import { attributesOf } from "./users.ts";

/** Who signs the tokens of a pool, as verifiers know it. */
export const issuerOf = ({ cloud }: Room, poolId: string): string => `${cloud.origin}/${poolId}`;

/** Makes the access and the ID token of a session. */
export async function tokensFor(
  room: Room,
  {
    pool,
    client,
    user,
    session,
  }: { pool: Pool; client: Client; user: UserRow; session: SessionRow },
): Promise<AuthenticationResultType> {
  const nowS = Math.floor(room.cloud.now() / 1000);
  const groups = groupsOf(room, pool.id, user.sub);
  const common = {
    sub: user.sub,
    ...(groups.length > 0 ? { "cognito:groups": groups.map(({ name }) => name) } : {}),
    iss: issuerOf(room, pool.id),
    origin_jti: session.id,
    event_id: session.event_id,
    auth_time: session.auth_time_s,
    iat: nowS,
  };
  const roles = groups.flatMap(({ role_arn }) => role_arn ?? []);
  const key = privateKeyOf(room.seal, pool);
  const { kid } = publicKeyOf(pool);
  const sign = (claims: Record<string, unknown>, lifeMs: number) =>
    new SignJWT({ ...common, ...claims, exp: nowS + lifeMs / 1000, jti: randomUUID() })
      .setProtectedHeader({ kid, alg: "RS256" })
      .sign(key);
  const [AccessToken, IdToken] = await Promise.all([
    sign(
      {
        token_use: "access",
        client_id: client.id,
        scope: scopesOf(room, client).join(" "),
        username: user.username,
      },
      client.settings.accessMs,
    ),
    sign(
      {
        ...readable(user, client),
        "cognito:username": user.username,
        ...(roles.length > 0 ? { "cognito:roles": roles, "cognito:preferred_role": roles[0] } : {}),
        token_use: "id",
        aud: client.id,
      },
      client.settings.idMs,
    ),
  ]);
  return { AccessToken, ExpiresIn: client.settings.accessMs / 1000, TokenType: "Bearer", IdToken };
}

/** A user's attributes as claims; what was verified is a boolean, all else is text. */
function readable(user: UserRow, { settings: { reads } }: Client): Record<string, unknown> {
  const claims: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributesOf(user))) {
    if (!isOpenTo(name, reads)) continue;
    claims[name] = name.endsWith("_verified") ? value === "true" : value;
  }
  return claims;
}
