/** What a state machine carries from state to state. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Size of a value as Step Functions counts it: bytes of its JSON text in UTF-8. */
export function bytesOf(value: Json | undefined): number {
  return value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
}

/** The word AWS uses for a value's type in its sentences. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

/** Most bytes an input, an output or a result may have. Source: Step Functions quotas. */
export const DATA_LIMIT_BYTES = 256 * 1024;
