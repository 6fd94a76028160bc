import { createHash, createPrivateKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { JWK } from "jose";
import type { Seal } from "../secrets/seal.ts";
import type { Pool } from "./pool.ts";
import type { PoolRow } from "./tables.ts";

/** A new pair for a pool: no two pools, and no two data folders, share one. */
export async function makeKeys(
  seal: Seal,
  poolId: string,
): Promise<Pick<PoolRow, "public_key" | "private_key">> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
  });
  const { kty, n, e } = publicKey.export({ format: "jwk" });
  // The thumbprint of RFC 7638: members in order, without blanks.
  const kid = createHash("sha256").update(JSON.stringify({ e, kty, n })).digest("base64");
  return {
    public_key: JSON.stringify({ alg: "RS256", e, kid, kty, n, use: "sig" }),
    private_key: seal.close(privateKey.export({ format: "der", type: "pkcs8" }), `keys ${poolId}`),
  };
}

/** The public half as verifiers are told it. */
export const publicKeyOf = (pool: Pool): JWK & { kid: string } =>
  JSON.parse(pool.row.public_key) as JWK & { kid: string };

export function privateKeyOf(seal: Seal, pool: Pool): KeyObject {
  return createPrivateKey({
    key: seal.open(pool.row.private_key, `keys ${pool.id}`),
    format: "der",
    type: "pkcs8",
  });
}
