import { createHash, createHmac, randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Chain, decode } from "./wire/chunked.ts";

const key = randomBytes(32);
const chain: Chain = {
  kind: "signed-chunks",
  trailer: true,
  seed: "ab".repeat(32),
  signingKey: key,
  scope: "20261122/us-east-1/s3/aws4_request",
  amzDate: "20261122T000000Z",
};
const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");

/** Frames as a client does. */
function frame(chunks: Uint8Array[], trailers: Record<string, string>, signed: boolean): Buffer {
  let previous = chain.seed;
  const link = (algorithm: string, ...parts: string[]) => {
    const text = [algorithm, chain.amzDate, chain.scope, previous, ...parts].join("\n");
    previous = createHmac("sha256", key).update(text).digest("hex");
    return previous;
  };
  const out: Uint8Array[] = [];
  for (const chunk of [...chunks.filter((one) => one.length), new Uint8Array()]) {
    const mark = signed
      ? `;chunk-signature=${link("AWS4-HMAC-SHA256-PAYLOAD", sha256(""), sha256(chunk))}`
      : "";
    out.push(Buffer.from(`${chunk.length.toString(16)}${mark}\r\n`), chunk);
    if (chunk.length) out.push(Buffer.from("\r\n"));
  }
  const lines = Object.entries(trailers).map(([name, value]) => `${name}:${value}`);
  for (const line of lines) out.push(Buffer.from(`${line}\r\n`));
  if (signed) {
    const hash = sha256(lines.map((line) => `${line}\n`).join(""));
    out.push(Buffer.from(`x-amz-trailer-signature:${link("AWS4-HMAC-SHA256-TRAILER", hash)}\r\n`));
  }
  out.push(Buffer.from("\r\n"));
  return Buffer.concat(out);
}

async function* cut(bytes: Buffer, sizes: number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function read(source: AsyncIterable<Uint8Array>, lengthBytes?: number, signed = false) {
  const options = { lengthBytes, announced: ["x-amz-checksum-crc32"] };
  const { bytes, trailers } = decode(source, signed ? { ...options, chain } : options);
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return { body: Buffer.concat(parts), trailers };
}

const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });
const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 });
const trailers = { "x-amz-checksum-crc32": "AAAAAA==" };

describe("aws-chunked", () => {
  it.each([false, true])("is taken off whatever the reads, signed: %s", async (signed) => {
    await fc.assert(
      fc.asyncProperty(chunks, cuts, async (given, sizes) => {
        const whole = Buffer.concat(given);
        const seen = await read(cut(frame(given, trailers, signed), sizes), whole.length, signed);
        expect(seen.body.equals(whole)).toBe(true);
        expect(seen.trailers.get("x-amz-checksum-crc32")).toBe("AAAAAA==");
      }),
    );
  });

  it("with any byte of a signed body changed is refused", async () => {
    const bytes = frame([Buffer.from("take one"), Buffer.from("take two")], trailers, true);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 3),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const changed = Buffer.from(bytes);
          changed[at] = (changed[at] ?? 0) ^ by;
          // Case and spaces around a trailer mean nothing; everything else does.
          if (changed.toString("latin1").toLowerCase() === bytes.toString("latin1").toLowerCase())
            return;
          const outcome = await read(cut(changed, [7]), 16, true).then(
            ({ body }) => String(body),
            () => "refused",
          );
          expect(outcome).toBe("refused");
        },
      ),
      { numRuns: 300 },
    );
  });

  it("cut off anywhere is refused", async () => {
    const bytes = frame([Buffer.from("take one")], {}, false);
    for (let end = 0; end < bytes.length - 4; end += 1) {
      await expect(read(cut(bytes.subarray(0, end), [5]), 8)).rejects.toThrow();
    }
  });

  it.each([
    ["more than announced", "5\r\nhello\r\n0\r\n\r\n", 4],
    ["less than announced", "5\r\nhello\r\n0\r\n\r\n", 6],
    ["no size", "hello\r\n", undefined],
    ["no line end behind a chunk", "2\r\nhello\r\n0\r\n\r\n", undefined],
    ["a trailer nobody announced", "0\r\nx-amz-meta-a:1\r\n\r\n", 0],
    ["an endless line", "f".repeat(100_000), undefined],
  ])("with %s is refused", async (_what, text, length) => {
    await expect(read(cut(Buffer.from(text), [11]), length)).rejects.toMatchObject({
      httpStatus: 400,
    });
  });
});
