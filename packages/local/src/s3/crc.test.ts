import * as fc from "fast-check";
import { expect, it } from "vitest";
import {
  CRC32,
  CRC32C,
  CRC64NVME,
  type Crc,
  combine,
  runningCrc32,
  runningCrc32c,
  runningCrc64,
} from "./crc.ts";

const kinds = [
  { name: "CRC32", crc: CRC32, make: runningCrc32, check: "cbf43926" },
  { name: "CRC32C", crc: CRC32C, make: runningCrc32c, check: "e3069283" },
  { name: "CRC64NVME", crc: CRC64NVME, make: runningCrc64, check: "ae8b14860a799888" },
];

/** Bit by bit, as the definition has it. */
function slowly({ widthBits, polynomial }: Crc, bytes: Uint8Array): string {
  const ones = (1n << BigInt(widthBits)) - 1n;
  let value = ones;
  for (const byte of bytes) {
    value ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1)
      value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
  }
  return (value ^ ones).toString(16).padStart(widthBits / 4, "0");
}

it.each(kinds)("$name has the published check value", ({ make, check }) => {
  const sum = make();
  sum.update(Buffer.from("123456789"));
  expect(sum.digest().toString("hex")).toBe(check);
});

it.each(kinds)("$name is the same however the bytes come", ({ crc, make }) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }), (parts) => {
      const sum = make();
      for (const part of parts) sum.update(part);
      expect(sum.digest().toString("hex")).toBe(slowly(crc, Buffer.concat(parts)));
    }),
  );
});

it.each(kinds)("$name of two pieces is that of the whole", ({ crc, make }) => {
  const digest = (bytes: Uint8Array) => {
    const sum = make();
    sum.update(bytes);
    return sum.digest();
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (a, b) => {
      const whole = digest(Buffer.concat([a, b]));
      expect(combine(crc, digest(a), digest(b), b.length).equals(whole)).toBe(true);
    }),
  );
});
