import type { Input } from "../kernel/service.ts";
import { subjectOf } from "./attempts.ts";
import { type Client, checkSecretHash } from "./client.ts";
import type { Pool } from "./pool.ts";
import { bad, notAuthorized, optional, required } from "./read.ts";
import type { Room } from "./room.ts";
import { findUser, unknownUser } from "./users.ts";

/** Where somebody signs in. */
export interface Door {
  pool: Pool;
  client: Client;
}

/** Pool, client and name of a public operation, its secret hash checked. */
export function doorOf(room: Room, input: Input): Door & { name: string } {
  const client = room.client(required(input, "ClientId", 128));
  const pool = room.pool(client.poolId);
  const name = required(input, "Username", 128);
  checkSecretHash(client, optional(input, "SecretHash", 128), name);
  return { pool, client, name };
}

/** Looks a user up by the name somebody signs in with, and what attempts are counted against. */
export function seek(room: Room, { pool, client }: Door, name: string) {
  const user = findUser(room, pool, name);
  if (!user && !client.settings.hidesUsers) throw unknownUser();
  return { user, subject: subjectOf(room, pool, name, user) };
}

export function parameter(params: Record<string, string>, name: string): string {
  const value = params[name];
  if (value === undefined || value === "") throw bad(`Missing required parameter ${name}`);
  return value;
}

export const wrongPassword = () => notAuthorized("Incorrect username or password.");
