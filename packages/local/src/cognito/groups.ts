import type { GroupType } from "@aws-sdk/client-cognito-identity-provider";
import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import { bad, count, notFound, optional, pageOf, required } from "./read.ts";
import type { Room } from "./room.ts";
import type { GroupRow, UserRow } from "./tables.ts";
import { requireUser, shownUser } from "./users.ts";

export function createGroup(room: Room, input: Input) {
  const pool = room.pool(required(input, "UserPoolId", 55));
  const { store, now } = room.cloud;
  const name = required(input, "GroupName", 128);
  if (!/^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u.test(name)) throw bad("Invalid group name.");
  return store.transaction(() => {
    if (find(room, pool.id, name)) {
      throw new Refusal("GroupExistsException", "A group with the name already exists.");
    }
    const { description, role, precedence } = settings(input);
    store.run(
      "INSERT INTO cognito_groups VALUES (?, ?, ?, ?, ?, ?, ?)",
      pool.id,
      name,
      description,
      role,
      precedence,
      now(),
      now(),
    );
    return { Group: shown(requireGroup(room, pool.id, name)) };
  });
}

export function updateGroup(room: Room, input: Input) {
  const { pool, name } = named(room, input);
  const { description, role, precedence } = settings(input);
  room.cloud.store.run(
    "UPDATE cognito_groups SET description = ?, role_arn = ?, precedence = ?, changed_ms = ? WHERE pool = ? AND name = ?",
    description,
    role,
    precedence,
    room.cloud.now(),
    pool,
    name,
  );
  return { Group: shown(requireGroup(room, pool, name)) };
}

export const getGroup = (room: Room, input: Input) => ({ Group: shown(named(room, input)) });

export function deleteGroup(room: Room, input: Input) {
  const { pool, name } = named(room, input);
  const { store } = room.cloud;
  store.transaction(() => {
    store.run("DELETE FROM cognito_members WHERE pool = ? AND name = ?", pool, name);
    store.run("DELETE FROM cognito_groups WHERE pool = ? AND name = ?", pool, name);
  });
  return {};
}

export function listGroups(room: Room, input: Input) {
  const pool = room.pool(required(input, "UserPoolId", 55));
  const all = room.cloud.store.all<GroupRow>(
    "SELECT * FROM cognito_groups WHERE pool = ? ORDER BY name",
    pool.id,
  );
  return groupPage(all, input);
}

export function adminAddUserToGroup(room: Room, input: Input) {
  const { group, user } = membership(room, input);
  room.cloud.store.run(
    "INSERT OR IGNORE INTO cognito_members VALUES (?, ?, ?)",
    group.pool,
    group.name,
    user.sub,
  );
  return {};
}

export function adminRemoveUserFromGroup(room: Room, input: Input) {
  const { group, user } = membership(room, input);
  room.cloud.store.run(
    "DELETE FROM cognito_members WHERE pool = ? AND name = ? AND sub = ?",
    group.pool,
    group.name,
    user.sub,
  );
  return {};
}

export function adminListGroupsForUser(room: Room, input: Input) {
  const pool = room.pool(required(input, "UserPoolId", 55));
  const user = requireUser(room, pool, required(input, "Username", 128));
  return groupPage(groupsOf(room, pool.id, user.sub), input);
}

export function listUsersInGroup(room: Room, input: Input) {
  const { pool, name } = named(room, input);
  const all = room.cloud.store.all<UserRow>(
    "SELECT u.* FROM cognito_members m JOIN cognito_users u ON u.sub = m.sub WHERE m.pool = ? AND m.name = ? ORDER BY u.created_ms, u.sub",
    pool,
    name,
  );
  const { page, next } = pageOf(all, input, { token: "NextToken", limit: "Limit" });
  return { Users: page.map(shownUser), ...(next ? { NextToken: next } : {}) };
}

/** The groups of a user, the one that counts most first. */
export const groupsOf = ({ cloud }: Room, pool: string, sub: string): GroupRow[] =>
  cloud.store.all<GroupRow>(
    `SELECT g.* FROM cognito_members m JOIN cognito_groups g ON g.pool = m.pool AND g.name = m.name
     WHERE m.pool = ? AND m.sub = ? ORDER BY g.precedence IS NULL, g.precedence, g.name`,
    pool,
    sub,
  );

function groupPage(all: GroupRow[], input: Input) {
  const { page, next } = pageOf(all, input, { token: "NextToken", limit: "Limit" });
  return { Groups: page.map(shown), ...(next ? { NextToken: next } : {}) };
}

function settings(input: Input) {
  return {
    description: optional(input, "Description") ?? null,
    role: optional(input, "RoleArn") ?? null,
    precedence:
      input.Precedence == null
        ? null
        : count(input, "Precedence", { least: 0, most: 2 ** 31 - 1, otherwise: 0 }),
  };
}

const find = ({ cloud }: Room, pool: string, name: string) =>
  cloud.store.get<GroupRow>("SELECT * FROM cognito_groups WHERE pool = ? AND name = ?", pool, name);

function requireGroup(room: Room, pool: string, name: string): GroupRow {
  const found = find(room, pool, name);
  if (!found) throw notFound("Group not found.");
  return found;
}

const named = (room: Room, input: Input): GroupRow =>
  requireGroup(
    room,
    room.pool(required(input, "UserPoolId", 55)).id,
    required(input, "GroupName", 128),
  );

function membership(room: Room, input: Input): { group: GroupRow; user: UserRow } {
  const pool = room.pool(required(input, "UserPoolId", 55));
  const user = requireUser(room, pool, required(input, "Username", 128));
  return { group: requireGroup(room, pool.id, required(input, "GroupName", 128)), user };
}

const shown = (group: GroupRow): GroupType => ({
  GroupName: group.name,
  UserPoolId: group.pool,
  ...(group.description === null ? {} : { Description: group.description }),
  ...(group.role_arn === null ? {} : { RoleArn: group.role_arn }),
  ...(group.precedence === null ? {} : { Precedence: group.precedence }),
  LastModifiedDate: new Date(group.changed_ms),
  CreationDate: new Date(group.created_ms),
});
