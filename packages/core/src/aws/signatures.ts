import { type KeyObject, sign as signBytes } from "node:crypto";

/** A key, and the name CloudFront knows its public half by. */
export interface Signer {
  keyPairId: string;
  key: KeyObject;
}

/** A policy that was signed, in the letters that addresses and cookies can carry. */
export interface Signed {
  keyPairId: string;
  policy: string;
  signature: string;
}

/** Signs a policy. This is nearly all that a grant costs, so it is done once a grant. */
export function sign(by: Signer, policy: string): Signed {
  const text = Buffer.from(policy);
  return {
    keyPairId: by.keyPairId,
    policy: wrapped(text),
    signature: wrapped(signBytes(DIGEST, text, by.key)),
  };
}

/** The cookies that carry a signed policy. */
export function cookies({ keyPairId, policy, signature }: Signed): Record<string, string> {
  return {
    "CloudFront-Key-Pair-Id": keyPairId,
    "CloudFront-Signature": signature,
    "CloudFront-Policy": policy,
    "CloudFront-Hash-Algorithm": HASH,
  };
}

/** The query that carries a signed policy, without its question mark. */
export function query({ keyPairId, policy, signature }: Signed): string {
  return `Policy=${policy}&Key-Pair-Id=${keyPairId}&Signature=${signature}&Hash-Algorithm=${HASH}`;
}

/** Base64 in CloudFront's letters. */
export function wrapped(bytes: Buffer): string {
  return bytes
    .toString("base64")
    .replace(/[+=/]/g, (letter) => (letter === "+" ? "-" : letter === "=" ? "_" : "~"));
}

/** What {@link wrapped} made; undefined when it made no such text. */
export function unwrapped(text: string): Buffer | undefined {
  const bytes = Buffer.from(
    text.replace(/[-_~]/g, (letter) => (letter === "-" ? "+" : letter === "_" ? "=" : "/")),
    "base64",
  );
  return wrapped(bytes) === text ? bytes : undefined;
}

/** How a signature is checked, and what CloudFront calls that. */
export const DIGEST = "sha256";
const HASH = "SHA256";
