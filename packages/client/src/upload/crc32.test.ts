import { crc32 as nodes } from "node:zlib";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { crc32, inBase64 } from "./crc32.ts";

it("is what zlib computes, in however many steps", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat(2000), (bytes, cut) => {
      const stepped = crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)));
      expect(stepped).toBe(nodes(bytes));
    }),
  );
});

it("is written as S3 reads it", () => {
  expect(inBase64(crc32(new TextEncoder().encode("123456789")))).toBe("y/Q5Jg==");
  expect(inBase64(0)).toBe("AAAAAA==");
  fc.assert(
    fc.property(fc.nat(0xffffffff), (crc) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(crc);
      expect(inBase64(crc)).toBe(bytes.toString("base64"));
    }),
  );
});
