import type { AttributeType, UserType } from "@aws-sdk/client-cognito-identity-provider";
import { Refusal } from "../kernel/refusal.ts";
import { isEmail, isPhone } from "./attributes.ts";
import type { Kept } from "./password.ts";
import type { Pool } from "./pool.ts";
import { bad } from "./read.ts";
import type { Room } from "./room.ts";
import type { UserRow, UserStatus } from "./tables.ts";

export type Attributes = Record<string, string>;

/** Finds a user by username, by another name that the pool lets them sign in with, or by `sub`. */
export function findUser({ cloud }: Room, pool: Pool, name: string): UserRow | undefined {
  return (
    cloud.store.get<UserRow>(
      "SELECT u.* FROM cognito_names n JOIN cognito_users u ON u.sub = n.sub WHERE n.pool = ? AND n.name = ?",
      pool.id,
      keyOf(pool, name),
    ) ??
    cloud.store.get<UserRow>(
      "SELECT * FROM cognito_users WHERE pool = ? AND sub = ?",
      pool.id,
      name,
    )
  );
}

/** @throws Refusal `UserNotFoundException` */
export function requireUser(room: Room, pool: Pool, name: string): UserRow {
  const found = findUser(room, pool, name);
  if (!found) throw unknownUser();
  return found;
}

export const unknownUser = () => new Refusal("UserNotFoundException", "User does not exist.");

interface Renaming {
  /** takes an alias from whoever has it */
  takeAlias?: boolean;
  isNew?: boolean;
}

export const attributesOf = (user: UserRow): Attributes =>
  JSON.parse(user.attributes) as Attributes;

/**
 * What a new user is called, and which attribute that says.
 *
 * @throws Refusal when the pool wants another kind of name
 */
export function nameFor(
  pool: Pool,
  sub: string,
  wanted: string,
  attributes: Map<string, string>,
): string {
  const { UsernameAttributes = [], AliasAttributes = [] } = pool.settings;
  if (!/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u.test(wanted)) {
    throw bad(
      "1 validation error detected: Value at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+",
    );
  }
  if (UsernameAttributes.length > 0) {
    const kind = UsernameAttributes.find((name) =>
      name === "email" ? isEmail(wanted) : isPhone(wanted),
    );
    if (!kind) {
      const kinds = UsernameAttributes.map((name) =>
        name === "email" ? "an email" : "a phone number",
      );
      throw bad(`Username should be ${kinds.join(" or ")}.`);
    }
    if ((attributes.get(kind) ?? wanted) !== wanted)
      throw bad(`Username and ${kind} do not match.`);
    attributes.set(kind, wanted);
    return sub;
  }
  if (AliasAttributes.includes("email") && isEmail(wanted)) {
    throw bad("Username cannot be of email format, since user pool is configured for email alias.");
  }
  if (AliasAttributes.includes("phone_number") && isPhone(wanted)) {
    throw bad(
      "Username cannot be of phone number format, since user pool is configured for phone number alias.",
    );
  }
  return wanted;
}

/** Writes a new user, in a transaction of the caller's. */
export function insertUser(
  room: Room,
  pool: Pool,
  user: {
    sub: string;
    username: string;
    status: UserStatus;
    attributes: Attributes;
    temporaryUntilMs?: number;
  } & Kept,
  options: Renaming = {},
): UserRow {
  const now = room.cloud.now();
  room.cloud.store.run(
    "INSERT INTO cognito_users VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)",
    user.sub,
    pool.id,
    user.username,
    user.status,
    JSON.stringify(user.attributes),
    user.password_salt,
    user.password_hash,
    user.srp_salt,
    user.srp_verifier,
    user.temporaryUntilMs ?? null,
    now,
    now,
  );
  return renamed(room, pool, user.sub, { ...options, isNew: true });
}

/** Changes columns of a user, and by what names they are found. */
export function changeUser(
  room: Room,
  pool: Pool,
  sub: string,
  change: Partial<Kept> & {
    status?: UserStatus;
    enabled?: 0 | 1;
    attributes?: Attributes;
    temporary_until_ms?: number | null;
  },
  options: Renaming = {},
): UserRow {
  const { store, now } = room.cloud;
  return store.transaction(() => {
    const { attributes, ...columns } = change;
    const values = {
      ...columns,
      ...(attributes ? { attributes: JSON.stringify(attributes) } : {}),
      changed_ms: now(),
    };
    const names = Object.keys(values) as Array<keyof typeof values>;
    store.run(
      `UPDATE cognito_users SET ${names.map((name) => `${name} = ?`).join(", ")} WHERE sub = ?`,
      ...names.map((name) => values[name] ?? null),
      sub,
    );
    return renamed(room, pool, sub, options);
  });
}

/** Removes a user with everything that is theirs. */
export function removeUser({ cloud: { store } }: Room, sub: string): void {
  store.transaction(() => {
    for (const table of ["names", "members", "sessions", "challenges", "codes", "users"]) {
      store.run(`DELETE FROM cognito_${table} WHERE sub = ?`, sub);
    }
    store.run("DELETE FROM cognito_attempts WHERE subject = ?", sub);
  });
}

/** A user as lists show one. */
export function shownUser(user: UserRow): UserType {
  return {
    Username: user.username,
    Attributes: attributeList(user),
    UserCreateDate: new Date(user.created_ms),
    UserLastModifiedDate: new Date(user.changed_ms),
    Enabled: user.enabled === 1,
    UserStatus: user.status,
  };
}

/** @param shows whether an attribute is to be shown; absent shows all */
export function attributeList(user: UserRow, shows?: (name: string) => boolean): AttributeType[] {
  return Object.entries({ sub: user.sub, ...attributesOf(user) })
    .filter(([name]) => !shows || name === "sub" || shows(name))
    .map(([Name, Value]) => ({ Name, Value }));
}

const keyOf = (pool: Pool, name: string): string =>
  pool.settings.CaseSensitive ? name : name.toLowerCase();

/** Brings the names that a user is found by in line with their row. */
function renamed(room: Room, pool: Pool, sub: string, options: Renaming): UserRow {
  const { store } = room.cloud;
  const user = store.get<UserRow>("SELECT * FROM cognito_users WHERE sub = ?", sub);
  if (!user) throw unknownUser();
  store.run("DELETE FROM cognito_names WHERE sub = ?", sub);
  for (const [kind, name] of namesOf(pool, user)) {
    const key = keyOf(pool, name);
    const holder = store.get<{ sub: string; kind: string }>(
      "SELECT sub, kind FROM cognito_names WHERE pool = ? AND name = ?",
      pool.id,
      key,
    );
    if (holder?.sub === sub) continue;
    if (holder) {
      const isAlias = (pool.settings.AliasAttributes ?? []).some((alias) => alias === kind);
      if (kind === "username") throw new Refusal("UsernameExistsException", "User already exists");
      if (!isAlias && options.isNew) {
        throw new Refusal(
          "UsernameExistsException",
          `An account with the given ${kind} already exists.`,
        );
      }
      if (!isAlias || !options.takeAlias || holder.kind === "username") {
        throw new Refusal("AliasExistsException", `An account with the ${kind} already exists.`);
      }
      giveUp(room, holder.sub, kind);
      store.run("DELETE FROM cognito_names WHERE pool = ? AND name = ?", pool.id, key);
    }
    store.run("INSERT INTO cognito_names VALUES (?, ?, ?, ?)", pool.id, key, kind, sub);
  }
  return user;
}

/** Who loses an alias to another keeps the attribute, no longer verified. */
function giveUp({ cloud: { store } }: Room, sub: string, kind: string): void {
  const user = store.get<UserRow>("SELECT * FROM cognito_users WHERE sub = ?", sub);
  if (!user) return;
  const attributes = { ...attributesOf(user), [`${kind}_verified`]: "false" };
  store.run(
    "UPDATE cognito_users SET attributes = ? WHERE sub = ?",
    JSON.stringify(attributes),
    sub,
  );
}

function namesOf(pool: Pool, user: UserRow): Array<[kind: string, name: string]> {
  const { UsernameAttributes = [], AliasAttributes = [] } = pool.settings;
  const attributes = attributesOf(user);
  const also = [
    ...UsernameAttributes,
    ...AliasAttributes.filter((name) =>
      name === "preferred_username"
        ? user.status !== "UNCONFIRMED"
        : user.status !== "UNCONFIRMED" && attributes[`${name}_verified`] === "true",
    ),
  ];
  return [
    ["username", user.username],
    ...also.flatMap((kind): Array<[string, string]> => {
      const value = attributes[kind];
      return value ? [[kind, value]] : [];
    }),
  ];
}
