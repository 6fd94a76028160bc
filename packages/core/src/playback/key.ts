import { createPrivateKey } from "node:crypto";
import * as z from "zod";
import * as Secrets from "../aws/secrets.ts";
import type { Signer } from "../aws/signatures.ts";
import { Clock } from "../clock/index.ts";
import { Config } from "../config/index.ts";

/** The secret's one value: the key, and the name CloudFront knows its public half by. */
const Secret = z.object({
  keyPairId: z.string().min(1),
  privateKeyPem: z.string().includes("PRIVATE KEY"),
});

/** The current key, parsed once and read again every five minutes, so that a rotation arrives. */
export async function signer(): Promise<Signer> {
  const arn = Config.signerSecret();
  const now = Clock.now();
  if (held && held.arn === arn && now >= held.readAtMs && now - held.readAtMs < FRESH_MS) {
    return held.signer;
  }
  const signer = parse(await Secrets.secret(arn));
  held = { arn, readAtMs: now, signer };
  return signer;
}

export function parse(text: string): Signer {
  const { keyPairId, privateKeyPem } = Secret.parse(JSON.parse(text));
  const key = createPrivateKey(privateKeyPem);
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === "ec" ? curve !== "prime256v1" : key.asymmetricKeyType !== "rsa") {
    throw new Error("CloudFront takes EC P-256 and RSA keys only");
  }
  return { keyPairId, key };
}

let held: { arn: string; readAtMs: number; signer: Signer } | undefined;
const FRESH_MS = 5 * 60 * 1000;
