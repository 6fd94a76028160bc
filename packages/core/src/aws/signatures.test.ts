import { generateKeyPairSync } from "node:crypto";
import { getSignedCookies, getSignedUrl } from "@aws-sdk/cloudfront-signer";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import * as Signatures from "./signatures.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const by: Signatures.Signer = { keyPairId: "K2TEST", key: privateKey };
const address = "https://edge.example/videos/a/1/stream/main.m3u8";
const policies = fc
  .record({ path: fc.webPath(), end: fc.integer({ min: 1, max: 1e10 }) })
  .map(({ path, end }) => `{"Resource":"https://edge.example${path}","End":${end}}`);

/** RSA signs the same the same way each time, so both can be compared letter by letter. */
const sdk = (policy: string) => ({
  policy,
  keyPairId: by.keyPairId,
  privateKey: String(privateKey.export({ type: "pkcs8", format: "pem" })),
  algorithm: "SHA256" as const,
});

it("signs as AWS's own signer does, for cookies and for addresses", () => {
  fc.assert(
    fc.property(policies, (policy) => {
      const signed = Signatures.sign(by, policy);
      expect(Signatures.cookies(signed)).toEqual(getSignedCookies(sdk(policy)));
      const theirs = new URL(getSignedUrl({ ...sdk(policy), url: address }));
      const ours = new URL(`${address}?${Signatures.query(signed)}`);
      expect(new Map(ours.searchParams)).toEqual(new Map(theirs.searchParams));
      expect(ours.search).toHaveLength(theirs.search.length);
    }),
    { numRuns: 30 },
  );
});

it("reads what it wrote, and no other spelling of it", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 90 }), fc.string({ maxLength: 3 }), (bytes, more) => {
      const text = Signatures.wrapped(Buffer.from(bytes));
      expect(Signatures.unwrapped(text)).toEqual(Buffer.from(bytes));
      for (const other of [more + text, text + more].filter((one) => one !== text)) {
        const read = Signatures.unwrapped(other);
        expect(read && Signatures.wrapped(read)).toBe(read && other);
      }
    }),
  );
});
