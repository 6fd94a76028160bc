import { createHash, createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import { Refusal } from "../../kernel/refusal.ts";
import type { PayloadClaim } from "../../kernel/service.ts";
import { incompleteBody, invalidRequest } from "../refusals.ts";

/** The key and the first link of a chain of signatures, one for each chunk. */
export type Chain = Extract<PayloadClaim, { kind: "signed-chunks" }>;

export interface Decoded {
  bytes: AsyncIterable<Uint8Array>;
  /** What came behind the bytes, lower case names; complete once they have been read. */
  trailers: ReadonlyMap<string, string>;
}

/**
 * Takes `aws-chunked` framing off a body. Sizes, signatures and trailers may be split over reads
 * anywhere.
 *
 * @param lengthBytes what the body says to be without the framing
 * @param announced names that may come as trailers
 * @throws while reading: Refusal `IncompleteBody`, `InvalidRequest`, `SignatureDoesNotMatch`
 */
export function decode(
  source: AsyncIterable<Uint8Array>,
  options: { lengthBytes: number | undefined; announced: readonly string[]; chain?: Chain },
): Decoded {
  const trailers = new Map<string, string>();
  return { bytes: chunks(source, options, trailers), trailers };
}

async function* chunks(
  source: AsyncIterable<Uint8Array>,
  options: Parameters<typeof decode>[1],
  trailers: Map<string, string>,
): AsyncGenerator<Uint8Array> {
  const reader = reading(source);
  const signature = options.chain && chainOf(options.chain);
  let totalBytes = 0;
  for (;;) {
    const head = HEAD.exec(await reader.line());
    if (!head) throw malformed();
    const sizeBytes = Number.parseInt(head[1] ?? "", 16);
    totalBytes += sizeBytes;
    if (options.lengthBytes !== undefined && totalBytes > options.lengthBytes)
      throw incompleteBody();
    const sum = signature && createHash("sha256");
    for await (const piece of reader.take(sizeBytes)) {
      sum?.update(piece);
      yield piece;
    }
    if (signature && sum) signature.check(sum.digest("hex"), head[2]);
    if (sizeBytes === 0) break;
    if ((await reader.line()) !== "") throw malformed();
  }
  if (options.lengthBytes !== undefined && totalBytes !== options.lengthBytes)
    throw incompleteBody();
  await readTrailers(reader, options, trailers, signature);
}

async function readTrailers(
  reader: Reader,
  options: Parameters<typeof decode>[1],
  trailers: Map<string, string>,
  signature: ReturnType<typeof chainOf> | undefined,
): Promise<void> {
  let signed: string | undefined;
  for (let count = 0; count < MAX_TRAILERS; count += 1) {
    const line = await reader.lineOrEnd();
    if (line === undefined || line === "") {
      if (signature && options.chain?.trailer) signature.checkTrailers(trailers, signed);
      const missing = options.announced.find((name) => !trailers.has(name));
      if (missing !== undefined) throw malformedTrailer();
      return;
    }
    const cut = line.indexOf(":");
    if (cut < 1 || !PLAIN.test(line)) throw malformedTrailer();
    const name = line.slice(0, cut).trim().toLowerCase();
    const value = line.slice(cut + 1).trim();
    if (name === "x-amz-trailer-signature") signed = value;
    else if (options.announced.includes(name)) trailers.set(name, value);
    else throw malformedTrailer();
  }
  throw malformedTrailer();
}

/** Every signature covers the one before it, so no chunk can be left out, added or moved. */
function chainOf({ seed, signingKey, scope, amzDate }: Chain) {
  const key = createSecretKey(signingKey); // once: there may be many chunks
  let previous = seed;
  const link = (algorithm: string, parts: string[], given: string | undefined) => {
    const text = [algorithm, amzDate, scope, previous, ...parts].join("\n");
    const right = createHmac("sha256", key).update(text).digest();
    const found = Buffer.from(given ?? "", "hex");
    if (found.length !== right.length || !timingSafeEqual(found, right)) {
      throw new Refusal(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        { httpStatus: 403 },
      );
    }
    previous = right.toString("hex");
  };
  return {
    check: (hash: string, given: string | undefined) =>
      link("AWS4-HMAC-SHA256-PAYLOAD", [EMPTY_SHA256, hash], given),
    checkTrailers(trailers: ReadonlyMap<string, string>, given: string | undefined) {
      const text = [...trailers].map(([name, value]) => `${name}:${value}\n`).join("");
      const hash = createHash("sha256").update(text).digest("hex");
      link("AWS4-HMAC-SHA256-TRAILER", [hash], given);
    },
  };
}

interface Reader {
  /** Up to the next line end, without it. */
  line(): Promise<string>;
  /** The same, or `undefined` where the body ends. */
  lineOrEnd(): Promise<string | undefined>;
  take(sizeBytes: number): AsyncGenerator<Uint8Array>;
}

function reading(source: AsyncIterable<Uint8Array>): Reader {
  const input = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const more = async (): Promise<boolean> => {
    const next = await input.next();
    if (next.done) return false;
    const { buffer, byteOffset, byteLength } = next.value;
    const fresh = Buffer.from(buffer, byteOffset, byteLength); // the same bytes, not a copy
    held = held.length ? Buffer.concat([held, fresh]) : fresh;
    return true;
  };
  const lineOrEnd = async () => {
    for (;;) {
      const end = held.indexOf("\r\n");
      if (end >= 0) {
        const line = held.toString("latin1", 0, end);
        held = held.subarray(end + 2);
        return line;
      }
      if (held.length > MAX_LINE_BYTES) throw malformed();
      if (!(await more())) {
        if (held.length > 0) throw incompleteBody();
        return undefined;
      }
    }
  };
  return {
    lineOrEnd,
    async line() {
      const line = await lineOrEnd();
      if (line === undefined) throw incompleteBody();
      return line;
    },
    async *take(sizeBytes) {
      for (let left = sizeBytes; left > 0; ) {
        if (held.length === 0 && !(await more())) throw incompleteBody();
        const piece = held.subarray(0, left);
        held = held.subarray(piece.length);
        left -= piece.length;
        if (piece.length) yield piece;
      }
    },
  };
}

function malformed(): Refusal {
  return invalidRequest("The aws-chunked framing of the body is malformed.");
}

function malformedTrailer(): Refusal {
  return new Refusal(
    "MalformedTrailerError",
    "The request contained trailing data that was not well-formed or did not conform to our published schema.",
  );
}

const HEAD = /^([0-9a-f]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/i;
/** Visible characters and spaces: nothing that could hide at the end of a line. */
const PLAIN = /^[ -~]+$/;
const MAX_LINE_BYTES = 8 * 1024;
const MAX_TRAILERS = 16;
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
