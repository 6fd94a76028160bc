import type { Input } from "../kernel/service.ts";
import { bad, optional, pageOf, required, texts } from "./read.ts";
import type { Room } from "./room.ts";
import type { UserRow } from "./tables.ts";
import { attributesOf, shownUser } from "./users.ts";

export function listUsers(room: Room, input: Input) {
  const pool = room.pool(required(input, "UserPoolId", 55));
  const fits = readFilter(optional(input, "Filter", 256));
  const all = room.cloud.store
    .all<UserRow>("SELECT * FROM cognito_users WHERE pool = ? ORDER BY created_ms, sub", pool.id)
    .filter(fits);
  const { page, next } = pageOf(all, input, { token: "PaginationToken", limit: "Limit" });
  const only = texts(input, "AttributesToGet");
  return {
    Users: page.map((user) => {
      const { Attributes = [], ...shown } = shownUser(user);
      const kept = Attributes.filter(({ Name = "" }) => only.length === 0 || only.includes(Name));
      return { ...shown, Attributes: kept };
    }),
    ...(next ? { PaginationToken: next } : {}),
  };
}

/** Reads `email = "a@example.com"` and `email ^= "a"`; no other form exists. */
function readFilter(filter: string | undefined): (user: UserRow) => boolean {
  if (filter === undefined) return () => true;
  const [, name = "", operator, quoted = ""] = FILTER.exec(filter) ?? [];
  const read = READERS[name] ?? (ATTRIBUTES.has(name) ? attribute(name) : undefined);
  if (!read) throw bad("Error while parsing filter.");
  const value = quoted.replace(/\\(.)/g, "$1");
  return (user) => {
    const text = read(user);
    return operator === "=" ? text === value : text?.startsWith(value) === true;
  };
}

const FILTER = /^\s*"?([a-z_:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/;

const attribute = (name: string) => (user: UserRow) => attributesOf(user)[name];

const READERS: Record<string, (user: UserRow) => string> = {
  username: (user) => user.username,
  sub: (user) => user.sub,
  "cognito:user_status": (user) => user.status,
  status: (user) => (user.enabled ? "Enabled" : "Disabled"),
};

// Source: API reference, ListUsers: the attributes that may be searched.
const ATTRIBUTES = new Set([
  "email",
  "phone_number",
  "name",
  "given_name",
  "family_name",
  "preferred_username",
]);
