import { createHash, randomBytes } from "node:crypto";

/**
 * A task token. Nobody can guess one, and a damaged one is told from one that is over.
 *
 * @param revision the machine's revision: who may answer a token is asked even after the task is over
 */
export function newToken(revision: number): string {
  const whose = Buffer.alloc(REVISION_BYTES);
  whose.writeUIntBE(revision, 0, REVISION_BYTES);
  const body = Buffer.concat([MARK, whose, randomBytes(SECRET_BYTES)]);
  return Buffer.concat([body, check(body)]).toString("base64");
}

/** @returns the revision of the machine that made the token, or undefined when it is none */
export function revisionIn(token: string): number | undefined {
  if (!/^[A-Za-z0-9+/]+$/.test(token)) return undefined;
  const bytes = Buffer.from(token, "base64");
  const body = bytes.subarray(0, -CHECK_BYTES);
  const sound =
    bytes.length === MARK.length + REVISION_BYTES + SECRET_BYTES + CHECK_BYTES &&
    body.subarray(0, MARK.length).equals(MARK) &&
    bytes.subarray(-CHECK_BYTES).equals(check(body));
  return sound ? body.readUIntBE(MARK.length, REVISION_BYTES) : undefined;
}

function check(body: Buffer): Buffer {
  return createHash("sha256").update(body).digest().subarray(0, CHECK_BYTES);
}

// Tokens on AWS begin so in base64: "AQC".
const MARK = Buffer.from([0x01, 0x00, 0x80]);
const REVISION_BYTES = 6;
const SECRET_BYTES = 90;
const CHECK_BYTES = 9;
