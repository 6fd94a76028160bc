import { isObject, type Json, type JsonObject } from "../json.ts";

/**
 * Parameters for a neighbour: an object where the service wants text is sent as JSON text.
 *
 * @param path keys to the member, `*` for each entry of a list
 */
export function asText(value: Json, path: readonly string[]): Json {
  const [key, ...rest] = path;
  if (key === undefined) return typeof value === "string" ? value : JSON.stringify(value);
  if (key === "*") return Array.isArray(value) ? value.map((entry) => asText(entry, rest)) : value;
  if (!isObject(value) || !(key in value)) return value;
  return { ...value, [key]: asText(value[key] ?? null, rest) };
}

/** `StateMachineArn` to `stateMachineArn`, for services whose SDK writes it so. */
export function decapitalised(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      entry,
    ]),
  );
}

/**
 * A service's answer as JSON for the state machine: names in PascalCase, dates and bytes as text,
 * without the SDK's own metadata.
 */
export function toJson(value: unknown, capital: boolean): Json {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  if (Array.isArray(value)) return value.map((entry) => toJson(entry, capital));
  if (typeof value === "object") {
    const pairs = Object.entries(value)
      .filter(([key, entry]) => key !== "$metadata" && entry !== undefined)
      .map(([key, entry]): [string, Json] => [
        capital ? key.charAt(0).toUpperCase() + key.slice(1) : key,
        toJson(entry, capital),
      ]);
    return Object.fromEntries(pairs);
  }
  if (typeof value === "bigint") return Number(value);
  return value as Json;
}

/** A body that is JSON text or bytes of it. */
export function parsed(payload: unknown): Json {
  const text =
    payload instanceof Uint8Array ? Buffer.from(payload).toString("utf8") : String(payload ?? "");
  if (text === "") return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
