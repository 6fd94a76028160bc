import { type CryptoKey, importJWK, type JWK } from "jose";

/** Whom an authorizer trusts: the keys that an issuer publishes. */
export interface Issuer {
  readonly url: string;
  /**
   * The RSA key with an id, for one of the RSA algorithms. Keys are kept for two hours; an id that is not among them is looked
   * for again, though not more often than every few seconds.
   *
   * @throws Fault when the issuer cannot be asked, or does not publish what it must
   */
  key(kid: string, algorithm: string): Promise<CryptoKey | Uint8Array | undefined>;
}

/** Why a token does not count, in words that its bearer may read. */
export class Fault extends Error {}

/** @throws Error when keys from there could be anybody's: plain http is for loopback alone */
export function openIssuer(url: string, now: () => number): Issuer {
  const isLocal = isLoopback(readAddress(url));
  let kept: { keys: ReadonlyMap<string, JWK>; atMs: number } | undefined;
  let asking: Promise<ReadonlyMap<string, JWK>> | undefined;

  const fetchKeys = async () => {
    const base = url.replace(/\/$/, "");
    const discovery = await read(`${base}/.well-known/openid-configuration`, MOST_DOCUMENT_BYTES);
    if (discovery.issuer !== url) throw new Fault("OIDC discovery names another issuer");
    const uri = URL.parse(String(discovery.jwks_uri));
    if (!uri || (uri.protocol !== "https:" && !(isLocal && isLoopback(uri)))) {
      throw new Fault("OIDC discovery names keys at an unsafe address");
    }
    const { keys } = await read(uri.href, MOST_JWKS_BYTES);
    if (!Array.isArray(keys)) throw new Fault("JWKS endpoint communication error");
    return new Map(
      (keys as JWK[]).flatMap((key) =>
        key.kty === "RSA" && key.kid !== undefined ? [[key.kid, key] as const] : [],
      ),
    );
  };

  /** One request at a time, however many viewers wait for it. */
  const renew = async () => {
    asking ??= fetchKeys().finally(() => {
      asking = undefined;
    });
    kept = { keys: await asking, atMs: now() };
    return kept;
  };

  return {
    url,
    async key(kid, algorithm) {
      const ageMs = kept ? now() - kept.atMs : Number.POSITIVE_INFINITY;
      let known = kept && ageMs < KEPT_MS ? kept : await renew();
      if (!known.keys.has(kid) && ageMs >= ASK_AGAIN_MS && ageMs < KEPT_MS) known = await renew();
      const found = known.keys.get(kid);
      if (!found) return undefined;
      const { n, e } = found;
      if (typeof n !== "string" || typeof e !== "string") return undefined;
      return importJWK({ kty: "RSA", n, e }, algorithm);
    },
  };
}

async function read(url: string, mostBytes: number): Promise<Record<string, unknown>> {
  try {
    const response = await fetch(url, {
      redirect: "error",
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of response.body) {
      bytes += part.byteLength;
      if (bytes > mostBytes) throw new Error("too large");
      parts.push(part);
    }
    const document: unknown = JSON.parse(Buffer.concat(parts).toString());
    if (typeof document !== "object" || document === null) throw new Error("no JSON object");
    return document as Record<string, unknown>;
  } catch (error) {
    throw new Fault("OIDC discovery endpoint communication error", { cause: error });
  }
}

function readAddress(url: string): URL {
  if (!URL.canParse(url)) throw new Error(`the issuer ${url} is no address`);
  return new URL(url);
}

function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
}

/** @throws Error when an authorizer may not trust this address */
export function checkIssuer(url: string): void {
  const address = readAddress(url);
  if (address.protocol === "https:" || isLoopback(address)) return;
  throw new Error(`the issuer ${url} must be https, or http on loopback`);
}

// Source: API Gateway, quotas of HTTP APIs; keys are cached for up to two hours.
const ANSWER_MS = 1_500;
const MOST_JWKS_BYTES = 150_000;
const MOST_DOCUMENT_BYTES = 150_000;
const KEPT_MS = 2 * 60 * 60 * 1000;
const ASK_AGAIN_MS = 5_000;
