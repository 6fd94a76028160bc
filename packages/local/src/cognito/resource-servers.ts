import type { ResourceServerType } from "@aws-sdk/client-cognito-identity-provider";
import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import type { Row } from "../kernel/store.ts";
import type { Client } from "./client.ts";
import { bad, notFound, pageOf, required } from "./read.ts";
import type { Room } from "./room.ts";

export function createResourceServer(room: Room, input: Input) {
  const pool = room.pool(required(input, "UserPoolId", 55));
  const server = read(input, pool.id);
  if (find(room, pool.id, server.identifier)) {
    throw bad(`${server.identifier} already exists in user pool ${pool.id}.`);
  }
  room.cloud.store.run(
    "INSERT INTO cognito_resource_servers VALUES (?, ?, ?, ?)",
    server.pool,
    server.identifier,
    server.name,
    server.scopes,
  );
  return { ResourceServer: shown(server) };
}

export function updateResourceServer(room: Room, input: Input) {
  const server = read(input, room.pool(required(input, "UserPoolId", 55)).id);
  require(room, server.pool, server.identifier);
  room.cloud.store.run(
    "UPDATE cognito_resource_servers SET name = ?, scopes = ? WHERE pool = ? AND identifier = ?",
    server.name,
    server.scopes,
    server.pool,
    server.identifier,
  );
  return { ResourceServer: shown(server) };
}

export function describeResourceServer(room: Room, input: Input) {
  const pool = room.pool(required(input, "UserPoolId", 55));
  return { ResourceServer: shown(require(room, pool.id, required(input, "Identifier", 256))) };
}

export function listResourceServers(room: Room, input: Input) {
  const pool = room.pool(required(input, "UserPoolId", 55));
  const all = room.cloud.store.all<ServerRow>(
    "SELECT * FROM cognito_resource_servers WHERE pool = ? ORDER BY identifier",
    pool.id,
  );
  const { page, next } = pageOf(all, input, { token: "NextToken", limit: "MaxResults" }, 50);
  return { ResourceServers: page.map(shown), ...(next ? { NextToken: next } : {}) };
}

export function deleteResourceServer(room: Room, input: Input) {
  const pool = room.pool(required(input, "UserPoolId", 55));
  const { identifier } = require(room, pool.id, required(input, "Identifier", 256));
  room.cloud.store.run(
    "DELETE FROM cognito_resource_servers WHERE pool = ? AND identifier = ?",
    pool.id,
    identifier,
  );
  return {};
}

/** The scope of the operations that users do with their own token. */
export const OWN_SCOPE = "aws.cognito.signin.user.admin";

/** What an access token of a client may be used for. */
export function scopesOf(room: Room, client: Client): string[] {
  if (!room.options.addClientScopes) return [OWN_SCOPE];
  const own = customScopes(room, client.poolId);
  return [OWN_SCOPE, ...client.settings.scopes.filter((scope) => own.has(scope))];
}

/** @throws Refusal `ScopeDoesNotExistException` for a scope that neither the standard nor a resource server has */
export function checkScopes(room: Room, poolId: string, scopes: readonly string[]): void {
  const known = customScopes(room, poolId);
  const strange = scopes.find((scope) => !STANDARD.has(scope) && !known.has(scope));
  if (strange !== undefined)
    throw new Refusal("ScopeDoesNotExistException", `Invalid scope requested: ${strange}`);
}

const customScopes = ({ cloud }: Room, poolId: string): Set<string> =>
  new Set(
    cloud.store
      .all<ServerRow>("SELECT * FROM cognito_resource_servers WHERE pool = ?", poolId)
      .flatMap((server) =>
        (JSON.parse(server.scopes) as Scope[]).map(
          ({ ScopeName }) => `${server.identifier}/${ScopeName}`,
        ),
      ),
  );

interface Scope {
  ScopeName: string;
  ScopeDescription: string;
}

interface ServerRow extends Row {
  pool: string;
  identifier: string;
  name: string;
  /** JSON, {@link Scope} */
  scopes: string;
}

function read(input: Input, pool: string): ServerRow {
  const given: unknown = input.Scopes ?? [];
  if (!Array.isArray(given) || given.length > 100)
    throw bad("Scopes must be a list of at most 100.");
  const scopes = (given as Input[]).map((scope): Scope => {
    const ScopeName = required(scope, "ScopeName", 256);
    if (!/^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+$/.test(ScopeName)) throw bad("Invalid scope name.");
    return { ScopeName, ScopeDescription: required(scope, "ScopeDescription", 256) };
  });
  return {
    pool,
    identifier: required(input, "Identifier", 256),
    name: required(input, "Name", 256),
    scopes: JSON.stringify(scopes),
  };
}

const find = ({ cloud }: Room, pool: string, identifier: string) =>
  cloud.store.get<ServerRow>(
    "SELECT * FROM cognito_resource_servers WHERE pool = ? AND identifier = ?",
    pool,
    identifier,
  );

function require(room: Room, pool: string, identifier: string): ServerRow {
  const found = find(room, pool, identifier);
  if (!found) throw notFound(`Resource server ${identifier} does not exist.`);
  return found;
}

const shown = (server: ServerRow): ResourceServerType => ({
  UserPoolId: server.pool,
  Identifier: server.identifier,
  Name: server.name,
  Scopes: JSON.parse(server.scopes) as Scope[],
});

const STANDARD = new Set(["phone", "email", "openid", "profile", OWN_SCOPE]);
