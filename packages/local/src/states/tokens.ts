import { createHash, randomBytes } from "node:crypto";

/** A task token: nobody can guess one, and a damaged one is told from one that is over. */
export function newToken(): string {
  const secret = randomBytes(SECRET_BYTES);
  return Buffer.concat([MARK, secret, check(secret)]).toString("base64");
}

export function isToken(text: string): boolean {
  if (!/^[A-Za-z0-9+/]+=*$/.test(text)) return false;
  const bytes = Buffer.from(text, "base64");
  const secret = bytes.subarray(MARK.length, MARK.length + SECRET_BYTES);
  return (
    bytes.length === MARK.length + SECRET_BYTES + CHECK_BYTES &&
    bytes.subarray(0, MARK.length).equals(MARK) &&
    bytes.subarray(-CHECK_BYTES).equals(check(secret))
  );
}

function check(secret: Buffer): Buffer {
  return createHash("sha256").update(secret).digest().subarray(0, CHECK_BYTES);
}

// Tokens on AWS begin so in base64: "AQC".
const MARK = Buffer.from([0x01, 0x00, 0x80]);
const SECRET_BYTES = 96;
const CHECK_BYTES = 9;
