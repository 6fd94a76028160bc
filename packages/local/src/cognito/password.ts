import { randomBytes, randomInt, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import type { Seal } from "../secrets/seal.ts";
import type { PasswordPolicy } from "./policy.ts";
import { verifierOf } from "./srp.ts";
import type { UserRow } from "./tables.ts";

/** What is kept of a password: an scrypt hash, and beside it, sealed, the verifier that SRP needs. */
export type Kept = Pick<UserRow, "password_salt" | "password_hash" | "srp_salt" | "srp_verifier">;

export async function keep(
  seal: Seal,
  who: { poolShortId: string; sub: string; username: string },
  password: string,
): Promise<Kept> {
  const salt = randomBytes(16);
  const { salt: srpSalt, v } = verifierOf(who.poolShortId, who.username, password);
  return {
    password_salt: salt,
    password_hash: await hash(password, salt),
    srp_salt: srpSalt,
    srp_verifier: seal.close(Buffer.from(v.toString(16)), `srp ${who.sub}`),
  };
}

/** Compares in the same time whether there is a password to compare with or not. */
export async function isRight(kept: Kept | undefined, password: string): Promise<boolean> {
  const salt = kept?.password_salt ?? NOBODY.salt;
  const right = Buffer.from(kept?.password_hash ?? NOBODY.hash);
  const given = await hash(password, Buffer.from(salt));
  return timingSafeEqual(given, right) && kept?.password_hash != null;
}

export function verifierIn(seal: Seal, user: Kept & { sub: string }): bigint | undefined {
  if (user.srp_verifier === null) return undefined;
  return BigInt(`0x${seal.open(user.srp_verifier, `srp ${user.sub}`).toString()}`);
}

/** A password that keeps every policy. */
export function makePassword(policy: PasswordPolicy): string {
  const kinds = ["ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789", "!@#%&*?"];
  const length = Math.max(policy.MinimumLength, 12);
  const letters = Array.from({ length }, (_, index) => pick(kinds[index % kinds.length] ?? ""));
  for (let index = letters.length - 1; index > 0; index -= 1) {
    const other = randomInt(index + 1);
    [letters[index], letters[other]] = [letters[other] ?? "", letters[index] ?? ""];
  }
  return letters.join("");
}

const pick = (letters: string): string => letters[randomInt(letters.length)] ?? "";

function hash(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, COST, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

const HASH_BYTES = 32;
const NOBODY = { salt: randomBytes(16), hash: randomBytes(HASH_BYTES) };

/** 16 MiB a guess. */
const COST: ScryptOptions = { N: 2 ** 14, r: 8, p: 1, maxmem: 32 * 1024 * 1024 };
