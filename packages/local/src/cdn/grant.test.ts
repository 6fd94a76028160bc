import { getSignedUrl } from "@aws-sdk/cloudfront-signer";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { by, type KeyId, openRig, type Rig, type Terms } from "./testing.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const segment = "/videos/v1/1/seg%201.m4s";
const nowS = () => Math.floor(rig.clock.nowMs / 1000);

/** A signed address with a policy of its own, as path and query. */
const custom = (
  path: string,
  terms: Terms = {},
  algorithm: "SHA1" | "SHA256" = "SHA256",
  key: KeyId = "KEC",
) =>
  getSignedUrl({
    url: rig.cdn.origin + path,
    policy: rig.policyOf(terms),
    algorithm,
    ...by(key),
  }).slice(rig.cdn.origin.length);

/** A signed address for this one path, until then. */
const canned = (
  path: string,
  beforeS = nowS() + 60,
  algorithm: "SHA1" | "SHA256" = "SHA256",
  key: KeyId = "KEC",
) =>
  getSignedUrl({
    url: rig.cdn.origin + path,
    dateLessThan: beforeS * 1000,
    algorithm,
    ...by(key),
  }).slice(rig.cdn.origin.length);

const DENIED = "403 AccessDenied";

describe("signed addresses", () => {
  it.each<{ what: string; address: () => string; is: string }>([
    { what: "nothing signed", address: () => segment, is: "403 MissingKey" },
    { what: "a good canned one", address: () => canned(segment), is: "open" },
    {
      what: "a good canned one, SHA-1",
      address: () => canned(segment, undefined, "SHA1"),
      is: "open",
    },
    {
      what: "a good canned one, RSA",
      address: () => canned(segment, undefined, "SHA256", "KRSA"),
      is: "open",
    },
    {
      what: "a good canned one, RSA and SHA-1",
      address: () => canned(segment, undefined, "SHA1", "KRSA"),
      is: "open",
    },
    { what: "a good custom one", address: () => custom(segment), is: "open" },
    { what: "a good custom one, SHA-1", address: () => custom(segment, {}, "SHA1"), is: "open" },
    {
      what: "a good custom one, RSA",
      address: () => custom(segment, {}, "SHA256", "KRSA"),
      is: "open",
    },
    {
      what: "a wildcard over the scheme",
      address: () => custom(segment, { resource: `${rig.cdn.origin.replace("http", "http*")}/*` }),
      is: "open",
    },
    {
      what: "a wildcard for one letter",
      address: () => custom(segment, { resource: "/videos/v?/1/*" }),
      is: "open",
    },
    {
      what: "SHA-256 said to be SHA-1",
      address: () => custom(segment).replace("&Hash-Algorithm=SHA256", ""),
      is: DENIED,
    },
    {
      what: "SHA-1 said to be SHA-256",
      address: () => `${custom(segment, {}, "SHA1")}&Hash-Algorithm=SHA256`,
      is: DENIED,
    },
    {
      what: "an algorithm there is none of",
      address: () => custom(segment).replace("SHA256", "MD5"),
      is: DENIED,
    },
    {
      what: "another film's",
      address: () => custom(segment).replace(segment, "/videos/v2/1/a.m4s"),
      is: DENIED,
    },
    {
      what: "another attempt's",
      address: () => custom(segment).replace(segment, "/videos/v1/2/a.m4s"),
      is: DENIED,
    },
    {
      what: "a longer id that begins alike",
      address: () => custom("/videos/v1/11/a", { resource: "/videos/v1/1/*" }),
      is: DENIED,
    },
    {
      what: "a canned one moved",
      address: () => canned(segment).replace(segment, "/videos/v2/1/a.m4s"),
      is: DENIED,
    },
    {
      what: "a wildcard in a canned one",
      address: () => canned("/videos/v1/1/*").replace("/*", "/seg%201.m4s"),
      is: DENIED,
    },
    { what: "an expired one", address: () => custom(segment, { beforeS: nowS() - 1 }), is: DENIED },
    { what: "an expired canned one", address: () => canned(segment, nowS() - 1), is: DENIED },
    {
      what: "a canned one made longer",
      address: () => canned(segment).replace(/Expires=\d+/, `Expires=${nowS() + 9999}`),
      is: DENIED,
    },
    { what: "one for later", address: () => custom(segment, { afterS: nowS() + 30 }), is: DENIED },
    {
      what: "one that has begun",
      address: () => custom(segment, { afterS: nowS() - 30 }),
      is: "open",
    },
    {
      what: "one for this machine's address",
      address: () => custom(segment, { ip: "127.0.0.0/8" }),
      is: "open",
    },
    {
      what: "one for another address",
      address: () => custom(segment, { ip: "192.0.2.1/32" }),
      is: DENIED,
    },
    {
      what: "one for a block that is none",
      address: () => custom(segment, { ip: "everywhere" }),
      is: DENIED,
    },
    {
      what: "one for another host",
      address: () => custom(segment, { resource: "http://elsewhere.example/*" }),
      is: DENIED,
    },
    {
      what: "a key nobody knows",
      address: () => custom(segment).replace("KEC", "KNONE"),
      is: "403 InvalidKey",
    },
    {
      what: "a key of another group",
      address: () => custom(segment, {}, "SHA256", "KOTHER"),
      is: "403 InvalidKey",
    },
    {
      what: "another trusted key's name",
      address: () => custom(segment).replace("Key-Pair-Id=KEC", "Key-Pair-Id=KRSA"),
      is: DENIED,
    },
    {
      what: "no key id",
      address: () => custom(segment).replace("&Key-Pair-Id=KEC", ""),
      is: "403 MissingKey",
    },
    {
      what: "no signature",
      address: () => custom(segment).replace(/&Signature=[^&]+/, ""),
      is: DENIED,
    },
    {
      what: "no policy and no end",
      address: () => custom(segment).replace(/Policy=[^&]+&/, ""),
      is: "403 MalformedPolicy",
    },
    {
      what: "a policy that is no base64",
      address: () => custom(segment).replace(/Policy=[^&]+/, "Policy=*"),
      is: "403 MalformedPolicy",
    },
    {
      what: "a policy that is no JSON",
      address: () => custom(segment).replace(/Policy=[^&]+/, "Policy=YWJj"),
      is: "403 MalformedPolicy",
    },
    {
      what: "two policies",
      address: () => `${custom(segment)}&Policy=YWJj`,
      is: "403 MalformedPolicy",
    },
    {
      what: "a query that was not signed",
      address: () => canned(segment).replace("?", "?more=1&"),
      is: DENIED,
    },
    {
      what: "a query that a wildcard covers",
      address: () => `${custom(segment)}&more=1`,
      is: "open",
    },
    { what: "a query that was signed", address: () => canned(`${segment}?a=1&b=2`), is: "open" },
    {
      what: "a query in another order",
      address: () => canned(`${segment}?a=1&b=2`).replace("a=1&b=2", "b=2&a=1"),
      is: DENIED,
    },
    {
      what: "a way out, plain",
      address: () => custom("/videos/v1/1/../../v2/1/a.m4s"),
      is: DENIED,
    },
    {
      what: "a way out, escaped",
      address: () => custom(segment).replace(segment, "/videos/v1/1/%2e%2e/%2e%2e/v2/1/a.m4s"),
      is: DENIED,
    },
    {
      what: "a way out, escaped twice over",
      address: () => custom(segment).replace(segment, "/videos/v1/1/..%2f..%2fv2/1/a.m4s"),
      is: DENIED,
    },
    {
      what: "the right file in other letters",
      address: () => custom(segment).replace("/videos/", "/%76ideos/"),
      is: DENIED,
    },
  ])("$what: $is", async ({ address, is }) => {
    expect(await rig.verdict(address())).toBe(is);
  });

  it("a changed letter anywhere in policy or signature closes it", async () => {
    const address = custom(segment);
    const from = address.indexOf("?") + 1;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: from, max: address.length - 1 }),
        fc.constantFrom("A", "b", "7", "~"),
        async (at, letter) => {
          // The last letter of base64 may carry bits that mean nothing: those are the same bytes.
          fc.pre(
            address[at] !== letter &&
              !/[&_=]/.test(address[at] ?? "") &&
              !/^.?[_&]|^.?$/.test(address.slice(at + 1)),
          );
          const changed = address.slice(0, at) + letter + address.slice(at + 1);
          expect(await rig.verdict(changed)).toMatch(/^403 /);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("ends when its time is over", async () => {
    const address = custom(segment);
    expect(await rig.verdict(address)).toBe("open");
    rig.clock.nowMs += 61_000;
    expect(await rig.verdict(address)).toBe(DENIED);
    rig.clock.nowMs -= 61_000;
  });
});

describe("policies", () => {
  it.each<{ what: string; text: string; is: string }>([
    {
      what: "without a resource opens everything",
      text: '{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":9999999999}}}]}',
      is: "open",
    },
    {
      what: "without an end",
      text: '{"Statement":[{"Resource":"*","Condition":{}}]}',
      is: "403 MalformedPolicy",
    },
    {
      what: "with an end in words",
      text: '{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":"9999999999"}}}]}',
      is: "403 MalformedPolicy",
    },
    {
      what: "with two statements",
      text: '{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":9999999999}}},{}]}',
      is: "403 MalformedPolicy",
    },
    {
      what: "with a condition nobody checks",
      text: '{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":9999999999},"Bool":{"x":"y"}}}]}',
      is: "403 MalformedPolicy",
    },
    { what: "that is a list", text: "[]", is: "403 MalformedPolicy" },
    {
      what: "whose letters mean something to a regular expression",
      text: '{"Statement":[{"Resource":"http://127.0.0.1.+","Condition":{"DateLessThan":{"AWS:EpochTime":9999999999}}}]}',
      is: DENIED,
    },
  ])("$what: $is", async ({ text, is }) => {
    const address = getSignedUrl({
      url: rig.cdn.origin + segment,
      policy: text,
      algorithm: "SHA256",
      ...by("KEC"),
    });
    expect(await rig.verdict(address.slice(rig.cdn.origin.length))).toBe(is);
  });
});
