import { Refusal } from "../kernel/refusal.ts";
import type { Written } from "./body.ts";
import { type Algorithm, asked, type ChecksumMembers, isValue, mismatch } from "./checksum.ts";
import { entityTooLarge, invalidRequest } from "./refusals.ts";
import type { Shelf } from "./shelf.ts";
import type { Source } from "./writing.ts";

/** A body with what is claimed of it. */
export interface Incoming extends ChecksumMembers {
  Body?: Source | string | undefined;
  ContentMD5?: string | undefined;
  ContentLength?: number | undefined;
  ChecksumAlgorithm?: string | undefined;
  /** The checksum that came behind the bytes; known once they have been read. */
  trailer?: (() => string | undefined) | undefined;
}

export interface Received {
  written: Written;
  /** What the client computed, or asked us to. */
  given: Algorithm | undefined;
}

/**
 * Takes a body to disk, hashing on the way, and holds it against what was claimed.
 *
 * @param always algorithms that are computed whatever the client says
 * @throws Refusal `BadDigest`, `InvalidDigest`, `EntityTooLarge`; nothing is left behind then
 */
export async function receive(
  shelf: Shelf,
  input: Incoming,
  always: (given: Algorithm | undefined) => Algorithm[],
): Promise<Received> {
  const claim = asked(input);
  const md5 = input.ContentMD5;
  if (md5 !== undefined && !/^[A-Za-z0-9+/]{22}==$/.test(md5)) {
    throw new Refusal("InvalidDigest", "The Content-MD5 you specified was invalid.", {
      about: { "Content-MD5": md5 },
    });
  }
  if ((input.ContentLength ?? 0) > MAX_BYTES) throw entityTooLarge(MAX_BYTES);
  const given = claim?.algorithm;
  const wanted = new Set([...(given ? [given] : []), ...always(given)]);
  const written = await shelf.bodies.write(bounded(toSource(input.Body)), wanted);
  try {
    if (md5 !== undefined && md5 !== written.md5.toString("base64")) throw mismatch("Content-MD5");
    if (claim) checkClaim(claim, input.trailer, written);
  } catch (error) {
    shelf.bodies.discard([written.file]);
    throw error;
  }
  return { written, given };
}

export function digest(written: Written, algorithm: Algorithm): string {
  return written.digests.get(algorithm)?.toString("base64") ?? "";
}

function checkClaim(
  claim: { algorithm: Algorithm; value?: string },
  trailer: (() => string | undefined) | undefined,
  written: Written,
): void {
  const value = claim.value ?? trailer?.();
  if (value === undefined) return;
  if (!isValue(claim.algorithm, value)) {
    throw invalidRequest(
      `Value for x-amz-checksum-${claim.algorithm.toLowerCase()} trailing header is invalid.`,
    );
  }
  if (value !== digest(written, claim.algorithm)) throw mismatch(claim.algorithm);
}

async function* bounded(source: Source): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  for await (const chunk of source instanceof Uint8Array ? [source] : source) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BYTES) throw entityTooLarge(MAX_BYTES);
    yield chunk;
  }
}

function toSource(body: Incoming["Body"]): Source {
  if (body === undefined) return new Uint8Array();
  if (typeof body === "string") return Buffer.from(body);
  if (body instanceof Uint8Array || Symbol.asyncIterator in Object(body)) return body;
  throw invalidRequest("The body must be text, bytes or a stream of bytes.");
}

/** One PUT or part. Source: Amazon S3 user guide, multipart limits. */
const MAX_BYTES = 5 * 1024 ** 3;
