/**
 * Secure Remote Password, the client's side, as Cognito speaks it: SRP-6a with SHA-256 in the
 * 3072-bit group of RFC 3526. The password is proved and never sent. Needs nothing but BigInt and
 * WebCrypto, so it runs in Node and in browsers. Why not AWS's library: docs/decisions.
 */
export * as Srp from "./srp.ts";

/** The client's half of the exchange. The secret is good for one sign-in. */
export interface Half {
  secret: bigint;
  /** hex, for `SRP_A` */
  public: string;
}

/** What the server answers to the half it was shown. */
export interface Challenge {
  /** hex */
  salt: string;
  /** hex */
  serverHalf: string;
  /** base64 */
  secretBlock: string;
  /** as the server calls the user, which need not be the address they typed */
  userId: string;
}

export function begin(): Half {
  for (;;) {
    const secret = number(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
    const half = power(G, secret);
    if (half % N !== 0n) return { secret, public: half.toString(16) };
  }
}

/**
 * The proof that whoever made the half knows the password.
 *
 * @param poolName the part of the pool's id after the underscore
 * @returns base64, for `PASSWORD_CLAIM_SIGNATURE`, and the moment it speaks of
 * @throws Error when the server's half would give the password away
 */
export async function prove(about: {
  half: Half;
  challenge: Challenge;
  poolName: string;
  password: string;
  atMs: number;
}): Promise<{ signature: string; timestamp: string }> {
  const { half, challenge, poolName, password } = about;
  const A = BigInt(`0x${half.public}`);
  const B = BigInt(`0x${challenge.serverHalf}`);
  const u = number(await hash(padded(A), padded(B)));
  if (B % N === 0n || u === 0n) throw new Error("The server's half of the sign-in is no number.");
  const identity = await hash(utf8(`${poolName}${challenge.userId}:${password}`));
  const x = number(await hash(padded(BigInt(`0x${challenge.salt}`)), identity));
  const k = number(await hash(padded(N), padded(G)));
  const base = (((B - k * power(G, x)) % N) + N) % N;
  const shared = power(base, half.secret + u * x);
  const key = await derive(padded(shared), padded(u));
  const timestamp = spoken(about.atMs);
  const signature = await crypto.subtle.sign(
    "HMAC",
    key,
    joined(
      utf8(poolName),
      utf8(challenge.userId),
      fromBase64(challenge.secretBlock),
      utf8(timestamp),
    ),
  );
  return { signature: toBase64(new Uint8Array(signature)), timestamp };
}

/** `Sun Nov 2 11:48:57 UTC 2026`: the day of the month has no zero in front. */
export function spoken(atMs: number): string {
  const [day = "", date, month, year, time] = new Date(atMs).toUTCString().split(" ");
  return `${day.slice(0, 3)} ${month} ${Number(date)} ${time} UTC ${year}`;
}

type Bytes = Uint8Array<ArrayBuffer>;

async function derive(secret: Bytes, salt: Bytes) {
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt, info: utf8("Caldera Derived Key") },
    material,
    { name: "HMAC", hash: "SHA-256", length: 128 },
    false,
    ["sign"],
  );
}

async function hash(...parts: Bytes[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

/** Whole bytes, most significant first, never with the first bit set. */
function padded(value: bigint): Bytes {
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  if (/^[89a-f]/.test(hex)) hex = `00${hex}`;
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
  );
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

function joined(...parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function number(bytes: Bytes): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

const utf8 = (text: string): Bytes => new TextEncoder().encode(text);
const toBase64 = (bytes: Bytes): string => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text: string): Bytes =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** RFC 5054 asks for at least 256 bits. */
const SECRET_BYTES = 48;

const G = 2n;

/** RFC 3526, section 4. */
export const N = BigInt(
  `0x${[
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a0879",
    "8e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b",
    "0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da4836",
    "1c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804",
    "f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6",
    "955817183995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33a85521abdf1cba64",
    "ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7abf5ae8cdb0933d71e8c94e04a25619dcee3d226",
    "1ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e2",
    "08e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff",
  ].join("")}`,
);
