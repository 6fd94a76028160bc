import type { Row, Store } from "../kernel/store.ts";

export interface PoolRow extends Row {
  id: string;
  /** JSON, {@link import("./pool.ts").PoolSettings} */
  settings: string;
  /** the public half as JWK, JSON; the private half in PKCS#8, sealed */
  public_key: string;
  private_key: Uint8Array;
  created_ms: number;
  changed_ms: number;
}

export interface ClientRow extends Row {
  id: string;
  pool: string;
  /** JSON, {@link import("./client.ts").ClientSettings} */
  settings: string;
  secret: Uint8Array | null;
  created_ms: number;
  changed_ms: number;
}

export interface UserRow extends Row {
  sub: string;
  pool: string;
  username: string;
  status: UserStatus;
  enabled: 0 | 1;
  /** JSON, by name, without `sub` */
  attributes: string;
  /** scrypt: salt and hash; null for a user who has no password yet */
  password_salt: Uint8Array | null;
  password_hash: Uint8Array | null;
  /** SRP: salt in hex, and the verifier, sealed */
  srp_salt: string | null;
  srp_verifier: Uint8Array | null;
  /** until when a temporary password may be used */
  temporary_until_ms: number | null;
  created_ms: number;
  changed_ms: number;
}

export type UserStatus = "UNCONFIRMED" | "CONFIRMED" | "FORCE_CHANGE_PASSWORD" | "RESET_REQUIRED";

/** One sign-in and what came of it: its refresh token, and by `id` every token it made. */
export interface SessionRow extends Row {
  /** the tokens' `origin_jti` */
  id: string;
  sub: string;
  client: string;
  event_id: string;
  auth_time_s: number;
  refresh_hash: Uint8Array;
  expires_ms: number;
  revoked_ms: number | null;
  /** the token before the last rotation, and until when it still may be used */
  former_hash: Uint8Array | null;
  former_until_ms: number | null;
}

/** A question that a client has yet to answer. */
export interface ChallengeRow extends Row {
  /** hash of the session or secret block that the client holds */
  id: Uint8Array;
  kind: "PASSWORD_VERIFIER" | "NEW_PASSWORD_REQUIRED";
  client: string;
  /** undefined in SRP's pretence for somebody who is not there */
  sub: string | null;
  /** JSON, sealed */
  state: Uint8Array;
  expires_ms: number;
}

export interface GroupRow extends Row {
  pool: string;
  name: string;
  description: string | null;
  role_arn: string | null;
  precedence: number | null;
  created_ms: number;
  changed_ms: number;
}

export function makeTables(store: Store): void {
  store.schema(`
    CREATE TABLE IF NOT EXISTS cognito_pools (
      id TEXT PRIMARY KEY, settings TEXT NOT NULL, public_key TEXT NOT NULL,
      private_key BLOB NOT NULL, created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL
    );
    CREATE TABLE IF NOT EXISTS cognito_clients (
      id TEXT PRIMARY KEY, pool TEXT NOT NULL, settings TEXT NOT NULL, secret BLOB,
      created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL
    );
    CREATE TABLE IF NOT EXISTS cognito_resource_servers (
      pool TEXT NOT NULL, identifier TEXT NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL,
      PRIMARY KEY (pool, identifier)
    );
    CREATE TABLE IF NOT EXISTS cognito_users (
      sub TEXT PRIMARY KEY, pool TEXT NOT NULL, username TEXT NOT NULL, status TEXT NOT NULL,
      enabled INTEGER NOT NULL, attributes TEXT NOT NULL, password_salt BLOB, password_hash BLOB,
      srp_salt TEXT, srp_verifier BLOB, temporary_until_ms INTEGER,
      created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL
    );
    CREATE INDEX IF NOT EXISTS cognito_users_by_pool ON cognito_users (pool, created_ms, sub);
    CREATE TABLE IF NOT EXISTS cognito_names (
      pool TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, sub TEXT NOT NULL,
      PRIMARY KEY (pool, name)
    );
    CREATE INDEX IF NOT EXISTS cognito_names_by_sub ON cognito_names (sub);
    CREATE TABLE IF NOT EXISTS cognito_groups (
      pool TEXT NOT NULL, name TEXT NOT NULL, description TEXT, role_arn TEXT, precedence INTEGER,
      created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL, PRIMARY KEY (pool, name)
    );
    CREATE TABLE IF NOT EXISTS cognito_members (
      pool TEXT NOT NULL, name TEXT NOT NULL, sub TEXT NOT NULL, PRIMARY KEY (pool, name, sub)
    );
    CREATE INDEX IF NOT EXISTS cognito_members_by_sub ON cognito_members (sub);
    CREATE TABLE IF NOT EXISTS cognito_sessions (
      id TEXT PRIMARY KEY, sub TEXT NOT NULL, client TEXT NOT NULL, event_id TEXT NOT NULL,
      auth_time_s INTEGER NOT NULL, refresh_hash BLOB NOT NULL UNIQUE, expires_ms INTEGER NOT NULL,
      revoked_ms INTEGER, former_hash BLOB, former_until_ms INTEGER
    );
    CREATE INDEX IF NOT EXISTS cognito_sessions_by_sub ON cognito_sessions (sub);
    CREATE INDEX IF NOT EXISTS cognito_sessions_by_former ON cognito_sessions (former_hash);
    CREATE TABLE IF NOT EXISTS cognito_challenges (
      id BLOB PRIMARY KEY, kind TEXT NOT NULL, client TEXT NOT NULL, sub TEXT,
      state BLOB NOT NULL, expires_ms INTEGER NOT NULL
    );
    CREATE TABLE IF NOT EXISTS cognito_codes (
      sub TEXT NOT NULL, purpose TEXT NOT NULL, mac BLOB NOT NULL, about TEXT,
      expires_ms INTEGER NOT NULL, PRIMARY KEY (sub, purpose)
    );
    CREATE TABLE IF NOT EXISTS cognito_attempts (
      subject TEXT NOT NULL, kind TEXT NOT NULL, count INTEGER NOT NULL, last_ms INTEGER NOT NULL,
      PRIMARY KEY (subject, kind)
    );
  `);
}
