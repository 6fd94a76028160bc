import { createPublicKey, type JsonWebKey } from "node:crypto";
import { decodeJwt, errors, jwtVerify } from "jose";
import type { Client } from "./client.ts";
import { publicKeyOf } from "./keys.ts";
import type { Pool } from "./pool.ts";
import { notAuthorized } from "./read.ts";
import { OWN_SCOPE } from "./resource-servers.ts";
import type { Room } from "./room.ts";
import { liveSession } from "./sessions.ts";
import type { SessionRow, UserRow } from "./tables.ts";
import { issuerOf } from "./tokens.ts";
import { unknownUser } from "./users.ts";

/** Whose an access token is. */
export interface Holder {
  pool: Pool;
  client: Client;
  user: UserRow;
  session: SessionRow;
}

/**
 * Verifies an access token as the user operations do: signature, issuer, kind, time, revocation.
 *
 * @throws Refusal `NotAuthorizedException`
 */
export async function holderOf(room: Room, token: string): Promise<Holder> {
  const pool = poolNamed(room, token);
  const key = publicKeyOf(pool);
  const verified = await jwtVerify(
    token,
    createPublicKey({ key: key as JsonWebKey, format: "jwk" }),
    {
      algorithms: ["RS256"],
      issuer: issuerOf(room, pool.id),
      currentDate: new Date(room.cloud.now()),
      requiredClaims: ["exp", "origin_jti", "client_id", "sub"],
    },
  ).catch((error: unknown) => {
    if (error instanceof errors.JWTExpired) throw notAuthorized("Access Token has expired");
    throw invalid();
  });
  const { protectedHeader, payload } = verified;
  if (protectedHeader.kid !== key.kid || payload.token_use !== "access") throw invalid();
  const user = room.cloud.store.get<UserRow>(
    "SELECT * FROM cognito_users WHERE sub = ? AND pool = ?",
    payload.sub ?? "",
    pool.id,
  );
  if (!user) throw unknownUser();
  const session = liveSession(room, String(payload.origin_jti));
  if (!session || session.sub !== user.sub) throw notAuthorized("Access Token has been revoked");
  if (!user.enabled) throw notAuthorized("User is disabled.");
  if (!String(payload.scope).split(" ").includes(OWN_SCOPE)) {
    throw notAuthorized("Access Token does not have required scopes");
  }
  return { pool, client: room.client(session.client, pool.id), user, session };
}

function poolNamed(room: Room, token: string): Pool {
  try {
    return room.pool(String(decodeJwt(token).iss).split("/").at(-1) ?? "");
  } catch {
    throw invalid();
  }
}

const invalid = () => notAuthorized("Invalid Access Token");
