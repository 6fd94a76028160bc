import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";

/** A text that must be there. */
export function required(input: Input, member: string, maxLength = 2048): string {
  const value = optional(input, member, maxLength);
  if (value === undefined) throw constraint("null", member, "Member must not be null");
  return value;
}

/** A text that may be left out. */
export function optional(input: Input, member: string, maxLength = 2048): string | undefined {
  const value: unknown = input?.[member] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw notA("text", member);
  if (value.length === 0 || value.length > maxLength) {
    throw constraint(
      undefined,
      member,
      value.length === 0
        ? "Member must have length greater than or equal to 1"
        : `Member must have length less than or equal to ${maxLength}`,
    );
  }
  return value;
}

/** One of a closed set. */
export function oneOf<const T extends string>(value: string, member: string, set: readonly T[]): T {
  const found = set.find((known) => known === value);
  if (found !== undefined) return found;
  throw constraint(value, member, `Member must satisfy enum value set: [${set.join(", ")}]`);
}

/** A whole number, or `otherwise` where none is given. */
export function count(
  input: Input,
  member: string,
  { least, most, otherwise }: { least: number; most: number; otherwise: number },
): number {
  const value: unknown = input?.[member] ?? otherwise;
  if (typeof value !== "number" || !Number.isInteger(value)) throw notA("whole number", member);
  if (value >= least && value <= most) return value;
  const [side, bound] = value < least ? ["greater", least] : ["less", most];
  throw constraint(
    String(value),
    member,
    `Member must have value ${side} than or equal to ${bound}`,
  );
}

/** A list of texts, empty when there is none. */
export function texts(input: Input, member: string): string[] {
  const value: unknown = input?.[member] ?? [];
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw notA("list of texts", member);
}

/** A map of texts, such as `AuthParameters`. */
export function textMap(input: Input, member: string): Record<string, string> {
  const value: unknown = input?.[member] ?? {};
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw notA("map", member);
  // Clients send null for what they do not have.
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  if (entries.some(([, item]) => typeof item !== "string")) throw notA("map of texts", member);
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}

/** `[{ Name, Value }]` as a map; a name given twice is refused. */
export function attributesIn(input: Input, member = "UserAttributes"): Map<string, string> {
  const value: unknown = input?.[member] ?? [];
  if (!Array.isArray(value)) throw notA("list", member);
  const found = new Map<string, string>();
  for (const item of value as Input[]) {
    const name = required(item, "Name", 32 + "dev:custom:".length);
    if (found.has(name)) throw bad(`Attribute ${name} is given more than once.`);
    if (item.Value !== undefined && typeof item.Value !== "string") throw notA("text", "Value");
    if (String(item.Value ?? "").length > 2048) {
      throw constraint(undefined, "Value", "Member must have length less than or equal to 2048");
    }
    found.set(name, item.Value ?? "");
  }
  return found;
}

/** A page of a list, and the token of the next one. */
export function pageOf<T>(
  all: readonly T[],
  input: Input,
  names: { token: string; limit: string },
  most = 60,
): { page: T[]; next: string | undefined } {
  const limit = count(input, names.limit, { least: 0, most, otherwise: most }) || most;
  const token = optional(input, names.token, 131_072);
  const from = token === undefined ? 0 : Number(Buffer.from(token, "base64url").toString());
  if (!Number.isInteger(from) || from < 0) throw bad("Invalid pagination token.");
  const to = from + limit;
  const next = to < all.length ? Buffer.from(String(to)).toString("base64url") : undefined;
  return { page: all.slice(from, to), next };
}

export const bad = (message: string) => new Refusal("InvalidParameterException", message);

export const notAuthorized = (message: string) => new Refusal("NotAuthorizedException", message);

export const notFound = (message: string) => new Refusal("ResourceNotFoundException", message);

export function constraint(value: string | undefined, member: string, rule: string): Refusal {
  const at = `'${(member[0] ?? "").toLowerCase()}${member.slice(1)}'`;
  const said = value === undefined ? "" : value === "null" ? "null " : `'${value}' `;
  return bad(
    `1 validation error detected: Value ${said}at ${at} failed to satisfy constraint: ${rule}`,
  );
}

const notA = (kind: string, member: string) =>
  new Refusal("SerializationException", `${member} must be a ${kind}.`);
