import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { AuthenticationResultType } from "@aws-sdk/client-cognito-identity-provider";
import type { Client } from "./client.ts";
import type { Pool } from "./pool.ts";
import { notAuthorized } from "./read.ts";
import type { Room } from "./room.ts";
import type { SessionRow, UserRow } from "./tables.ts";
import { tokensFor } from "./tokens.ts";

/** Begins a session: what every successful sign-in ends in. */
export async function beginSession(
  room: Room,
  { pool, client, user }: { pool: Pool; client: Client; user: UserRow },
): Promise<AuthenticationResultType> {
  const { store, now } = room.cloud;
  const { token, hash } = newToken();
  const session: SessionRow = {
    id: randomUUID(),
    sub: user.sub,
    client: client.id,
    event_id: randomUUID(),
    auth_time_s: Math.floor(now() / 1000),
    refresh_hash: hash,
    expires_ms: now() + client.settings.refreshMs,
    revoked_ms: null,
    former_hash: null,
    former_until_ms: null,
  };
  store.transaction(() => {
    // A session outlives its refresh token as long as an access token of it may live.
    store.run("DELETE FROM cognito_sessions WHERE expires_ms < ?", now() - LONGEST_ACCESS_MS);
    store.run(
      "INSERT INTO cognito_sessions VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)",
      session.id,
      session.sub,
      session.client,
      session.event_id,
      session.auth_time_s,
      hash,
      session.expires_ms,
    );
  });
  return { ...(await tokensFor(room, { pool, client, user, session })), RefreshToken: token };
}

/**
 * Makes new tokens for a session; where the client rotates, also a new refresh token that lives no
 * longer than the first would have.
 *
 * @throws Refusal `NotAuthorizedException`
 */
export async function refreshed(
  room: Room,
  {
    pool,
    client,
    token,
    check,
  }: { pool: Pool; client: Client; token: string; check(user: UserRow): void },
): Promise<AuthenticationResultType> {
  const { store, now } = room.cloud;
  const found = sessionOf(room, token);
  if (!found || found.session.client !== client.id) throw notAuthorized("Invalid Refresh Token");
  const { session, isFormer } = found;
  const user = store.get<UserRow>("SELECT * FROM cognito_users WHERE sub = ?", session.sub);
  if (!user) throw notAuthorized("Invalid Refresh Token");
  check(user);
  if (session.revoked_ms !== null) throw notAuthorized("Refresh Token has been revoked");
  if (session.expires_ms <= now()) throw notAuthorized("Refresh Token has expired");
  if (isFormer && (session.former_until_ms ?? 0) <= now()) {
    throw notAuthorized("Refresh Token has been revoked");
  }
  if (!user.enabled) throw notAuthorized("User is disabled.");
  const grace = client.settings.rotationGraceMs;
  if (grace === undefined) return tokensFor(room, { pool, client, user, session });
  const next = newToken();
  // Whoever tries again with the former token lost the answer, and with it the token in between.
  store.run(
    "UPDATE cognito_sessions SET refresh_hash = ?, former_hash = ?, former_until_ms = ? WHERE id = ?",
    next.hash,
    isFormer ? session.former_hash : session.refresh_hash,
    isFormer ? session.former_until_ms : now() + grace,
    session.id,
  );
  return { ...(await tokensFor(room, { pool, client, user, session })), RefreshToken: next.token };
}

/** The session whose refresh token this is or, before its last rotation, was. */
export function sessionOf(
  { cloud: { store } }: Room,
  token: string,
): { session: SessionRow; isFormer: boolean } | undefined {
  const hash = hashOf(token);
  const session = store.get<SessionRow>(
    "SELECT * FROM cognito_sessions WHERE refresh_hash = ?",
    hash,
  );
  if (session) return { session, isFormer: false };
  const former = store.get<SessionRow>(
    "SELECT * FROM cognito_sessions WHERE former_hash = ?",
    hash,
  );
  return former && { session: former, isFormer: true };
}

/** A session that was not revoked; its access tokens say themselves how long they are good. */
export const liveSession = ({ cloud }: Room, id: string): SessionRow | undefined =>
  cloud.store.get<SessionRow>(
    "SELECT * FROM cognito_sessions WHERE id = ? AND revoked_ms IS NULL",
    id,
  );

/** Ends one session, or all that a user has. */
export function revoke({ cloud }: Room, which: { id: string } | { sub: string }): void {
  const [column, value] = "id" in which ? ["id", which.id] : ["sub", which.sub];
  cloud.store.run(
    `UPDATE cognito_sessions SET revoked_ms = ? WHERE ${column} = ? AND revoked_ms IS NULL`,
    cloud.now(),
    value ?? "",
  );
}

export const hashOf = (token: string): Buffer => createHash("sha256").update(token).digest();

function newToken(): { token: string; hash: Buffer } {
  const token = randomBytes(64).toString("base64url");
  return { token, hash: hashOf(token) };
}

const LONGEST_ACCESS_MS = 24 * 3_600_000;
