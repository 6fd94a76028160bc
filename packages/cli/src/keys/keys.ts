import { generateKeyPairSync } from "node:crypto";
import { Ended } from "../exit.ts";
import type { Name, Secrets } from "./secrets.ts";

/** What was done, and what is to be done now. */
export interface Told {
  /** Keys that were made: the one that signs, and the next one. */
  made: ("signing" | "next")[];
  next: string;
}

/**
 * Makes the keys that a stage has not: one that signs grants, and the next one, which the edge knows
 * long before it signs anything. Keys that are there stay.
 *
 * @param endGrants makes a next key though the last one, which signed before, goes for it: the grants
 * it has signed end
 * @throws Ended when the last key is in the way
 */
export async function createKeys(
  secrets: Secrets,
  { endGrants = false }: { endGrants?: boolean } = {},
): Promise<Told> {
  const known = await secrets.read();
  const made: Told["made"] = [];
  const values: Partial<Record<Name, string>> = {};
  if (!known.SigningKey || !known.SigningPublicKey) {
    const { privateKey, publicKey } = pair();
    Object.assign(values, { SigningKey: privateKey, SigningPublicKey: publicKey });
    made.push("signing");
  }
  if (!known.SigningKeyOther) {
    if (known.SigningPublicKeyOther && !endGrants) throw inTheWay(known.SigningRotatedAt);
    const { privateKey, publicKey } = pair();
    Object.assign(values, { SigningKeyOther: privateKey, SigningPublicKeyOther: publicKey });
    made.push("next");
  }
  if (made.length === 0) return { made, next: "There are keys already, and a next one: rotate." };
  await secrets.write(values);
  return { made, next: secrets.apply };
}

/**
 * Lets the next key sign. The edge knows it already, and goes on trusting the last one: nobody who
 * is watching notices. The last one's private half is forgotten; a rotation leads nowhere back.
 *
 * @throws Ended when there is no next key
 */
export async function rotateKeys(secrets: Secrets, nowMs = Date.now()): Promise<Told> {
  const known = await secrets.read();
  const { SigningKeyOther, SigningPublicKeyOther, SigningPublicKey } = known;
  if (!SigningKeyOther || !SigningPublicKeyOther || !SigningPublicKey) {
    throw new Ended(
      "failed",
      `There is no next key${since(known.SigningRotatedAt)}. Say rushes keys create, bring it to the edge, then rotate.`,
    );
  }
  await secrets.write({
    SigningKey: SigningKeyOther,
    SigningPublicKey: SigningPublicKeyOther,
    SigningPublicKeyOther: SigningPublicKey,
    SigningKeyOther: undefined,
    SigningRotatedAt: new Date(nowMs).toISOString(),
  });
  return { made: [], next: secrets.apply };
}

function inTheWay(rotatedAt: string | undefined): Ended {
  return new Ended(
    "failed",
    `The last key is still trusted${since(rotatedAt)}, and a next one takes its place: the grants it has signed would end. Wait until they are over, then say it again with --end-grants.`,
  );
}

function since(rotatedAt: string | undefined): string {
  return rotatedAt ? ` (keys were rotated at ${rotatedAt})` : "";
}

/** EC P-256: CloudFront takes it, and it signs ten times faster than RSA. */
function pair() {
  return generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
}
