import { verify } from "node:crypto";
import * as Signatures from "../aws/signatures.ts";
import * as Clock from "../clock/index.ts";
import { Problem } from "../problem/index.ts";
import { trusted } from "./key.ts";
import { policy } from "./policy.ts";

/**
 * What a player that cannot send cookies carries in its address: when a grant ends, whose key
 * signed it, and CloudFront's own signature. The policy is not in it: it can be made again, to the
 * letter, from the address it came with, so it opens no other film and no other attempt.
 */
export function written(signed: Signatures.Signed, expiresAtMs: number): string {
  return [(expiresAtMs / 1000).toString(RADIX), signed.keyPairId, signed.signature].join(".");
}

/**
 * Reads a pass, and answers the signed policy that it stands for. Whatever is wrong with it, the
 * answer is the same.
 *
 * @param folder of the attempt that it is shown for, such as `videos/vid_.../1/*`
 * @throws Problem `GrantInvalid`
 */
export async function read(pass: string, folder: string): Promise<Signatures.Signed> {
  const [, ends = "", keyPairId = "", signature = ""] = SHAPE.exec(pass) ?? [];
  const expiresAtMs = Number.parseInt(ends, RADIX) * 1000;
  const bytes = Signatures.unwrapped(signature);
  const now = Clock.now();
  if (!(expiresAtMs > now) || !bytes) throw new Problem("GrantInvalid");
  const key = await trusted(keyPairId);
  const text = policy(folder, expiresAtMs, now);
  if (!key || !verify(Signatures.DIGEST, Buffer.from(text), key, bytes)) {
    throw new Problem("GrantInvalid");
  }
  return { keyPairId, policy: Signatures.wrapped(Buffer.from(text)), signature };
}

const RADIX = 36;
/** Seven digits end in the year 4453; none begins with a zero, so each pass has one spelling. */
const SHAPE = /^([1-9a-z][0-9a-z]{0,6})\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9~_-]{1,700})$/;
