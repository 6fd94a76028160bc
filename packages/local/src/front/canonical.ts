import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";

/** A request as its sender may have signed it. */
export interface Request {
  method: string;
  /** path as sent, encoded */
  rawPath: string;
  /** query as sent, without the `?` */
  rawQuery: string;
  /** names in lower case, each with its values in the order sent */
  headers: ReadonlyMap<string, readonly string[]>;
}

/** Names and values of a raw query, decoded; `undefined` when an escape is broken. */
export function readQuery(rawQuery: string): Array<[string, string]> | undefined {
  if (rawQuery === "") return [];
  try {
    return rawQuery.split("&").map((pair) => {
      const equals = pair.indexOf("=");
      const [name, value] =
        equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return [decode(name), decode(value)];
    });
  } catch {
    return undefined;
  }
}

// A plus is a space, as everybody who reads the query after us has it.
function decode(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}

/** Everything but unreserved characters escaped, as SigV4 has it. */
export function strictlyEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The path as services other than S3 sign it: dots resolved, then escaped a second time. */
export function twiceEncoded(rawPath: string): string {
  const kept: string[] = [];
  for (const segment of rawPath.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  const tail = kept.length > 0 && rawPath.endsWith("/") ? "/" : "";
  return `/${kept.map(strictlyEncoded).join("/")}${tail}`;
}

/** The path as S3 means it, however its sender spelled the escapes; undefined when one is broken. */
export function onceEncoded(rawPath: string): string | undefined {
  try {
    return rawPath
      .split("/")
      .map((segment) => strictlyEncoded(decodeURIComponent(segment)))
      .join("/");
  } catch {
    return undefined;
  }
}

/** The text whose hash is signed. */
export function canonicalRequest(
  request: Request,
  path: string,
  query: ReadonlyArray<readonly [string, string]>,
  signedHeaders: readonly string[],
  payloadHash: string,
): string {
  const pairs = query
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]): [string, string] => [strictlyEncoded(name), strictlyEncoded(value)])
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`);
  const headers = signedHeaders.map((name) => {
    const values = request.headers.get(name) ?? [];
    return `${name}:${values.map((value) => value.trim().replace(/ +/g, " ")).join(",")}\n`;
  });
  return [
    request.method,
    path,
    pairs.join("&"),
    headers.join(""),
    signedHeaders.join(";"),
    payloadHash,
  ].join("\n");
}

export function stringToSign(amzDate: string, scope: string, canonical: string): string {
  return `AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${sha256(canonical)}`;
}

/** The key that signs for one day, region and service. The latest are kept: making one costs four HMACs. */
export function signingKey(
  secret: string,
  day: string,
  region: string,
  service: string,
): KeyObject {
  const scope = [day, region, service, "aws4_request"];
  const name = [secret, ...scope].join("\n");
  const known = madeKeys.get(name);
  if (known) return known;
  const made = scope.reduce(
    (key, part) => createSecretKey(hmac(key, part)),
    createSecretKey(`AWS4${secret}`, "utf8"),
  );
  const [oldest] = madeKeys.keys();
  if (oldest !== undefined && madeKeys.size >= KEPT_KEYS) madeKeys.delete(oldest);
  madeKeys.set(name, made);
  return made;
}

const madeKeys = new Map<string, KeyObject>();
const KEPT_KEYS = 64;

/** @param key a KeyObject: bytes would be made into one at every call, ten times the cost of the sum */
export function hmac(key: KeyObject, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

export function sha256(body: string | Buffer): string {
  return hash("sha256", body);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
