import { Refusal } from "../kernel/refusal.ts";
import { invalidRequest } from "./refusals.ts";

/** Most bytes of a key, in UTF-8. Source: Amazon S3 user guide, object key names. */
const MAX_BYTES = 1024;

/** Any text of 1 to 1,024 bytes is a key; dots and slashes mean nothing to us. */
export function requireKey(key: string | undefined): string {
  if (typeof key !== "string" || key === "") throw invalidRequest("A key is required.");
  if (!key.isWellFormed()) throw new Refusal("InvalidURI", "Couldn't parse the specified URI.");
  const sizeBytes = Buffer.byteLength(key);
  if (sizeBytes > MAX_BYTES) {
    throw new Refusal("KeyTooLongError", "Your key is too long", {
      about: { Size: sizeBytes, MaxSizeAllowed: MAX_BYTES },
    });
  }
  return key;
}

/** The smallest text that is greater than every text beginning with `prefix`, in UTF-8 order. */
export function after(prefix: string): string | undefined {
  const points = [...prefix];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const next = (last.codePointAt(0) ?? 0) + 1;
    if (next > 0x10ffff) continue;
    return points.join("") + String.fromCodePoint(next === 0xd800 ? 0xe000 : next);
  }
  return undefined;
}

/** As lists do with `encoding-type=url`: slashes stay, spaces become plus signs. */
export function encoded(text: string): string {
  return encodeURIComponent(text)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+")
    .replace(/[!'()~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * `x-amz-copy-source`: `bucket/key` or `/bucket/key`, the key encoded, maybe with `?versionId=`.
 *
 * @throws Refusal `InvalidArgument`
 */
export function parseSource(text: string): { bucket: string; key: string; versionId?: string } {
  const [, path = "", id] = /^(.*?)(?:\?versionId=([^?]*))?$/s.exec(text) ?? [];
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(unescapePath(path)) ?? [];
  if (!bucket || !key) {
    throw new Refusal("InvalidArgument", "Invalid copy source object key", {
      about: { ArgumentName: "x-amz-copy-source", ArgumentValue: "x-amz-copy-source" },
    });
  }
  return { bucket, key, ...(id === undefined ? {} : { versionId: unescapePath(id) }) };
}

/** @throws Refusal `InvalidURI` when the escapes are no UTF-8 */
export function unescapePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new Refusal("InvalidURI", "Couldn't parse the specified URI.");
  }
}
