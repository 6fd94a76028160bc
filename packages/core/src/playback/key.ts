import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import * as z from "zod";
import * as Secrets from "../aws/secrets.ts";
import type { Signer } from "../aws/signatures.ts";
import * as Clock from "../clock/index.ts";
import * as Config from "../config/index.ts";

/**
 * The secret's one value: the key that signs, and the name CloudFront knows its public half by;
 * beside it the other key that viewers may hold grants of, while keys are being changed.
 */
const Secret = z.object({
  keyPairId: z.string().min(1),
  privateKeyPem: z.string().includes("PRIVATE KEY"),
  other: z
    .object({ keyPairId: z.string().min(1), publicKeyPem: z.string().includes("PUBLIC KEY") })
    .nullish(),
});

/** Who signs, and whose signatures are good, by key id. */
export interface Keys {
  signer: Signer;
  trusted: ReadonlyMap<string, KeyObject>;
}

/** The current key, parsed once and read again every five minutes, so that a rotation arrives. */
export async function signer(): Promise<Signer> {
  return (await keys(FRESH_MS)).signer;
}

/**
 * The public half of a key whose signatures are good now. A name that is not known may be that of a
 * key which is younger than our copy: the secret is read again, but not for every stranger.
 */
export async function trusted(keyPairId: string): Promise<KeyObject | undefined> {
  const known = (await keys(FRESH_MS)).trusted.get(keyPairId);
  return known ?? (await keys(AGAIN_MS)).trusted.get(keyPairId);
}

async function keys(freshMs: number): Promise<Keys> {
  const arn = Config.signerSecret();
  const now = Clock.now();
  if (held && held.arn === arn && now >= held.readAtMs && now - held.readAtMs < freshMs) {
    return held.keys;
  }
  const keys = parse(await Secrets.secret(arn));
  held = { arn, readAtMs: now, keys };
  return keys;
}

/** @throws Error when a key is of a kind that CloudFront does not take */
export function parse(text: string): Keys {
  const { keyPairId, privateKeyPem, other } = Secret.parse(JSON.parse(text));
  const key = taken(createPrivateKey(privateKeyPem));
  return {
    signer: { keyPairId, key },
    trusted: new Map([
      ...(other ? [[other.keyPairId, taken(createPublicKey(other.publicKeyPem))] as const] : []),
      [keyPairId, createPublicKey(key)],
    ]),
  };
}

function taken(key: KeyObject): KeyObject {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === "ec" ? curve !== "prime256v1" : key.asymmetricKeyType !== "rsa") {
    throw new Error("CloudFront takes EC P-256 and RSA keys only");
  }
  return key;
}

let held: { arn: string; readAtMs: number; keys: Keys } | undefined;
const FRESH_MS = 5 * 60 * 1000;
const AGAIN_MS = 10 * 1000;
