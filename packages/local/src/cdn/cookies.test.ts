import { getSignedCookies, getSignedUrl } from "@aws-sdk/cloudfront-signer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { by, type KeyId, openRig, type Rig, type Terms } from "./testing.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const segment = "/videos/v1/1/seg%201.m4s";
const DENIED = "403 AccessDenied";

function cookies(
  terms: Terms = {},
  algorithm: "SHA1" | "SHA256" = "SHA256",
  key: KeyId = "KEC",
): string {
  const made = getSignedCookies({ policy: rig.policyOf(terms), algorithm, ...by(key) });
  return Object.entries(made)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
}

/** A signed address with a policy of its own, as path and query. */
const custom = (path: string, terms: Terms = {}) =>
  getSignedUrl({
    url: rig.cdn.origin + path,
    policy: rig.policyOf(terms),
    algorithm: "SHA256",
    ...by("KEC"),
  }).slice(rig.cdn.origin.length);

describe("signed cookies", () => {
  it.each<{ what: string; path?: string; cookie: () => string; is: string }>([
    { what: "good ones", cookie: () => cookies(), is: "open" },
    { what: "good ones among others", cookie: () => `a=b; ${cookies()}; c`, is: "open" },
    { what: "SHA-1", cookie: () => cookies({}, "SHA1"), is: "open" },
    { what: "RSA", cookie: () => cookies({}, "SHA256", "KRSA"), is: "open" },
    {
      what: "without the word for SHA-256",
      cookie: () => cookies().replace("CloudFront-Hash-Algorithm", "x"),
      is: DENIED,
    },
    { what: "of another film", path: "/videos/v2/1/a.m4s", cookie: () => cookies(), is: DENIED },
    {
      what: "of a replaced attempt",
      path: "/videos/v1/2/a.m4s",
      cookie: () => cookies(),
      is: DENIED,
    },
    {
      what: "expired",
      cookie: () => cookies({ beforeS: Math.floor(rig.clock.nowMs / 1000) }),
      is: DENIED,
    },
    { what: "of another key", cookie: () => cookies({}, "SHA256", "KOTHER"), is: "403 InvalidKey" },
    {
      what: "with another film's signature",
      cookie: () =>
        cookies().replace(
          /(CloudFront-Signature=)[^;]+/,
          `$1${/CloudFront-Signature=([^;]+)/.exec(cookies({ resource: "/videos/v2/*" }))?.[1]}`,
        ),
      is: DENIED,
    },
    {
      what: "without a key",
      cookie: () => cookies().replace("CloudFront-Key-Pair-Id", "x"),
      is: "403 MissingKey",
    },
    {
      what: "without a policy",
      cookie: () => cookies().replace("CloudFront-Policy", "x"),
      is: "403 MalformedPolicy",
    },
    {
      what: "of the longest path first",
      cookie: () => `${cookies()}; ${cookies({ resource: "/videos/v2/*" })}`,
      is: "open",
    },
  ])("$what: $is", async ({ path = segment, cookie, is }) => {
    expect(await rig.verdict(path, { cookie: cookie() })).toBe(is);
  });

  it("of a canned policy open one address", async () => {
    const made = getSignedCookies({
      url: rig.cdn.origin + segment,
      dateLessThan: rig.clock.nowMs + 60_000,
      algorithm: "SHA256",
      ...by("KEC"),
    });
    const cookie = Object.entries(made)
      .map(([name, value]) => `${name}=${value}`)
      .join("; ");
    expect(await rig.verdict(segment, { cookie })).toBe("open");
    expect(await rig.verdict("/videos/v1/1/main.m3u8", { cookie })).toBe(DENIED);
  });

  it.each(["Policy=x", "Signature=x", "Key-Pair-Id=KEC", "Expires=1", "Hash-Algorithm=SHA256"])(
    "count for nothing beside ?%s",
    async (parameter) => {
      expect(await rig.verdict(`${segment}?${parameter}`, { cookie: cookies() })).toMatch(/^403 /);
    },
  );

  it("lose against a signed address, whichever of them is good", async () => {
    const bad = cookies({ resource: "/videos/v2/*" });
    expect(await rig.verdict(custom(segment), { cookie: bad })).toBe("open");
    expect(await rig.verdict(custom(segment, { beforeS: 1 }), { cookie: cookies() })).toBe(DENIED);
  });
});
