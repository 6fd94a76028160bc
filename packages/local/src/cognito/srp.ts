import { createHash, createHmac, getDiffieHellman, hkdfSync, randomBytes } from "node:crypto";

// Secure Remote Password as Cognito's clients speak it: SRP-6a with the 3072-bit group of RFC 3526,
// SHA-256, and numbers hashed as signed bytes: a zero in front where the first bit is set.

export const N = BigInt(`0x${getDiffieHellman("modp15").getPrime("hex")}`);
export const G = 2n;
const K = number(hash(padded(N), padded(G)));

/** What is kept of a password: enough to check it, not enough to sign in with. */
export interface Verifier {
  /** hex */
  salt: string;
  v: bigint;
}

/** @param userId as the client will be told in `USER_ID_FOR_SRP` */
export function verifierOf(
  poolShortId: string,
  userId: string,
  password: string,
  salt = randomBytes(16).toString("hex"),
): Verifier {
  const identity = hash(Buffer.from(`${poolShortId}${userId}:${password}`));
  const x = number(hash(padded(BigInt(`0x${salt}`)), identity));
  return { salt, v: power(G, x) };
}

/** The server's half of the exchange: a secret number, and what the client is told of it. */
export function serverHalf(v: bigint): { b: bigint; B: bigint } {
  for (;;) {
    const b = number(randomBytes(SECRET_BYTES));
    const B = (K * v + power(G, b)) % N;
    if (B !== 0n) return { b, B };
  }
}

/** The client's half, in hex; undefined when it is no number or one that would open every door. */
export function readA(hex: string): bigint | undefined {
  if (!/^[0-9a-fA-F]{1,1024}$/.test(hex)) return undefined;
  const A = BigInt(`0x${hex}`);
  return A % N === 0n ? undefined : A;
}

/** The key that both sides arrive at when the password is right; undefined when the halves cancel out. */
export function sharedKey(half: {
  A: bigint;
  b: bigint;
  B: bigint;
  v: bigint;
}): Buffer | undefined {
  const { A, b, B, v } = half;
  const u = number(hash(padded(A), padded(B)));
  if (u === 0n) return undefined;
  const S = power((A % N) * power(v, u), b);
  return Buffer.from(hkdfSync("sha256", padded(S), padded(u), INFO, 16));
}

/** What the client proves its key with. */
export function claim(
  key: Buffer,
  about: { poolShortId: string; userId: string; secretBlock: Buffer; timestamp: string },
): Buffer {
  return createHmac("sha256", key)
    .update(about.poolShortId)
    .update(about.userId)
    .update(about.secretBlock)
    .update(about.timestamp)
    .digest();
}

/** Whole bytes, most significant first, never with the first bit set. */
export function padded(value: bigint): Buffer {
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  else if (/^[89a-f]/.test(hex)) hex = `00${hex}`;
  return Buffer.from(hex, "hex");
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % N;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % N;
    square = (square * square) % N;
  }
  return result;
}

function hash(...parts: Uint8Array[]): Buffer {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part);
  return sum.digest();
}

function number(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

/** RFC 5054 asks for at least 256 bits. */
const SECRET_BYTES = 48;
const INFO = "Caldera Derived Key";
