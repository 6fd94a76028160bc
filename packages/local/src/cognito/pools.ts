import { randomBytes } from "node:crypto";
import type { Input } from "../kernel/service.ts";
import { makeKeys } from "./keys.ts";
import { type PoolSettings, poolOf, readSettings, shown } from "./pool.ts";
import { bad, pageOf, required } from "./read.ts";
import type { Room } from "./room.ts";
import type { PoolRow } from "./tables.ts";

export async function createUserPool(room: Room, input: Input) {
  const id = `${room.cloud.region}_${code(9)}`;
  await addPool(room, id, input);
  return { UserPool: view(room, id) };
}

export function updateUserPool(room: Room, input: Input) {
  const pool = room.pool(required(input, "UserPoolId", 55));
  save(room, pool.id, readSettings(input, pool.settings));
  return {};
}

export function describeUserPool(room: Room, input: Input) {
  return { UserPool: view(room, room.pool(required(input, "UserPoolId", 55)).id) };
}

export function listUserPools(room: Room, input: Input) {
  const all = room.cloud.store.all<PoolRow>("SELECT * FROM cognito_pools ORDER BY created_ms, id");
  required({ MaxResults: input.MaxResults == null ? undefined : "given" }, "MaxResults");
  const { page, next } = pageOf(all, input, { token: "NextToken", limit: "MaxResults" });
  return {
    UserPools: page.map((row) => ({
      Id: row.id,
      Name: poolOf(row).settings.PoolName,
      LambdaConfig: {},
      CreationDate: new Date(row.created_ms),
      LastModifiedDate: new Date(row.changed_ms),
    })),
    ...(next ? { NextToken: next } : {}),
  };
}

export function deleteUserPool(room: Room, input: Input) {
  const { id, settings } = room.pool(required(input, "UserPoolId", 55));
  if (settings.DeletionProtection === "ACTIVE") {
    throw bad("The user pool cannot be deleted because deletion protection is activated.");
  }
  const { store } = room.cloud;
  store.transaction(() => {
    for (const table of ["members", "sessions", "challenges", "codes"]) {
      store.run(
        `DELETE FROM cognito_${table} WHERE sub IN (SELECT sub FROM cognito_users WHERE pool = ?)`,
        id,
      );
    }
    for (const table of ["names", "groups", "resource_servers", "clients", "users"]) {
      store.run(`DELETE FROM cognito_${table} WHERE pool = ?`, id);
    }
    store.run("DELETE FROM cognito_pools WHERE id = ?", id);
  });
  return {};
}

/** Makes a pool with the id that a graph gives it, or takes its new form. */
export async function adoptPool(room: Room, id: string, input: Input): Promise<void> {
  if (!/^[\w-]+_[0-9a-zA-Z]+$/.test(id) || id.length > 55) {
    throw bad(`${id} cannot be the id of a user pool.`);
  }
  if (!room.cloud.store.get("SELECT id FROM cognito_pools WHERE id = ?", id)) {
    await addPool(room, id, input);
    return;
  }
  const before = room.pool(id).settings;
  const wanted = readSettings(input);
  const changed = LASTING.find(
    (member) => JSON.stringify(before[member]) !== JSON.stringify(wanted[member]),
  );
  if (changed) {
    throw bad(
      `the pool ${id} has other ${changed} than before; start with --fresh to make it anew`,
    );
  }
  save(room, id, wanted);
}

async function addPool(room: Room, id: string, input: Input): Promise<void> {
  const settings = readSettings(input);
  const keys = await makeKeys(room.seal, id);
  const now = room.cloud.now();
  room.cloud.store.run(
    "INSERT INTO cognito_pools VALUES (?, ?, ?, ?, ?, ?)",
    id,
    JSON.stringify(settings),
    keys.public_key,
    keys.private_key,
    now,
    now,
  );
}

function save(room: Room, id: string, settings: PoolSettings): void {
  room.cloud.store.run(
    "UPDATE cognito_pools SET settings = ?, changed_ms = ? WHERE id = ?",
    JSON.stringify(settings),
    room.cloud.now(),
    id,
  );
}

/** What users are called by cannot change under them. */
const LASTING = ["UsernameAttributes", "AliasAttributes", "CaseSensitive"] as const;

function view(room: Room, id: string) {
  const users = room.cloud.store.get<{ n: number }>(
    "SELECT count(*) AS n FROM cognito_users WHERE pool = ?",
    id,
  );
  return shown(room.pool(id), room.arnOf(id), users?.n ?? 0);
}

/** Letters and digits, as AWS's ids have them. */
export function code(length: number, letters = LETTERS): string {
  return [...randomBytes(length)].map((byte) => letters[byte % letters.length]).join("");
}

const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789";
