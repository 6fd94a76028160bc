import type { Input } from "../kernel/service.ts";
import { readClient, shownClient } from "./client.ts";
import { code } from "./pools.ts";
import { bad, pageOf, required } from "./read.ts";
import { checkScopes } from "./resource-servers.ts";
import type { Room } from "./room.ts";
import type { ClientRow } from "./tables.ts";

export function createUserPoolClient(room: Room, input: Input) {
  const pool = room.pool(required(input, "UserPoolId", 55));
  const id = code(26, "abcdefghijklmnopqrstuvwxyz0123456789");
  addClient(room, pool.id, id, input);
  return { UserPoolClient: shownClient(room.client(id)) };
}

export function updateUserPoolClient(room: Room, input: Input) {
  const { id, poolId } = named(room, input);
  changeClient(room, poolId, id, input);
  return { UserPoolClient: shownClient(room.client(id)) };
}

export function describeUserPoolClient(room: Room, input: Input) {
  return { UserPoolClient: shownClient(named(room, input)) };
}

export function listUserPoolClients(room: Room, input: Input) {
  const pool = room.pool(required(input, "UserPoolId", 55));
  const all = room.cloud.store.all<ClientRow>(
    "SELECT * FROM cognito_clients WHERE pool = ? ORDER BY created_ms, id",
    pool.id,
  );
  const { page, next } = pageOf(all, input, { token: "NextToken", limit: "MaxResults" });
  return {
    UserPoolClients: page.map(({ id }) => ({
      ClientId: id,
      UserPoolId: pool.id,
      ClientName: room.client(id).settings.name,
    })),
    ...(next ? { NextToken: next } : {}),
  };
}

/** Removes a client; nobody can refresh with it any more. */
export function deleteUserPoolClient(room: Room, input: Input) {
  const { id } = named(room, input);
  const { store } = room.cloud;
  store.transaction(() => {
    for (const table of ["sessions", "challenges"]) {
      store.run(`DELETE FROM cognito_${table} WHERE client = ?`, id);
    }
    store.run("DELETE FROM cognito_clients WHERE id = ?", id);
  });
  return {};
}

/** Makes a client with the id that a graph gives it, or takes its new form. Its secret stays. */
export function adoptClient(room: Room, poolId: string, id: string, input: Input): void {
  if (!/^[\w+]{1,128}$/.test(id)) throw bad(`${id} cannot be the id of a client.`);
  const before = room.cloud.store.get<ClientRow>("SELECT * FROM cognito_clients WHERE id = ?", id);
  if (before && before.pool !== poolId) throw bad(`${id} is a client of another pool.`);
  if (!before) addClient(room, room.pool(poolId).id, id, input);
  else changeClient(room, poolId, id, input);
}

function addClient(room: Room, poolId: string, id: string, input: Input): void {
  const settings = readClient(input);
  checkScopes(room, poolId, settings.scopes);
  const secret =
    input.GenerateSecret === true
      ? room.seal.close(
          Buffer.from(code(51, "abcdefghijklmnopqrstuvwxyz0123456789")),
          `client ${id}`,
        )
      : null;
  const now = room.cloud.now();
  room.cloud.store.run(
    "INSERT INTO cognito_clients VALUES (?, ?, ?, ?, ?, ?)",
    id,
    poolId,
    JSON.stringify(settings),
    secret,
    now,
    now,
  );
}

function changeClient(room: Room, poolId: string, id: string, input: Input): void {
  const settings = readClient(input, room.client(id, poolId).settings);
  checkScopes(room, poolId, settings.scopes);
  room.cloud.store.run(
    "UPDATE cognito_clients SET settings = ?, changed_ms = ? WHERE id = ?",
    JSON.stringify(settings),
    room.cloud.now(),
    id,
  );
}

function named(room: Room, input: Input) {
  const pool = room.pool(required(input, "UserPoolId", 55));
  return room.client(required(input, "ClientId", 128), pool.id);
}
