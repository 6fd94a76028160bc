import { createServer } from "node:net";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { getSignedCookies } from "@aws-sdk/cloudfront-signer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { choose, normalised, read } from "./distribution.ts";
import type { BehaviorInputs, DistributionInputs } from "./parts.ts";
import { keys, openRig, partsOf, type Rig } from "./testing.ts";

let rig: Rig;
let cookie = "";
beforeAll(async () => {
  rig = await openRig();
  const made = getSignedCookies({
    policy: JSON.stringify({
      Statement: [
        {
          Resource: `${rig.cdn.origin}/*`,
          Condition: { DateLessThan: { "AWS:EpochTime": 9_999_999_999 } },
        },
      ],
    }),
    keyPairId: "KEC",
    privateKey: keys.KEC.privateKey,
    algorithm: "SHA256",
  });
  cookie = Object.entries(made)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
});
afterAll(() => rig.close());

const segment = "/videos/v1/1/seg%201.m4s";
const playlist = "/videos/v1/1/main.m3u8";
const get = (path: string, headers: Record<string, string> = {}, method?: string, body?: string) =>
  rig.ask(path, { cookie, ...headers }, method, body);

describe("a segment", () => {
  it("comes whole, with what its maker said of it", async () => {
    const { status, text, headers } = await get(segment);
    expect([status, text]).toEqual([200, "0123456789"]);
    expect(headers).toMatchObject({
      "content-type": "video/iso.segment",
      "content-length": "10",
      "accept-ranges": "bytes",
      "cache-control": "max-age=31536000",
      "x-amz-meta-kind": "segment",
      "x-cache": "Miss from cloudfront",
      "x-content-type-options": "nosniff",
      "x-film": "yes",
    });
    expect(headers["x-amz-meta-secret"]).toBeUndefined();
    expect(headers.etag).toMatch(/^"[0-9a-f]{32}"$/);
  });

  it.each([
    { range: "bytes=2-4", status: 206, text: "234", said: "bytes 2-4/10" },
    { range: "bytes=7-", status: 206, text: "789", said: "bytes 7-9/10" },
    { range: "bytes=-2", status: 206, text: "89", said: "bytes 8-9/10" },
    { range: "bytes=8-99", status: 206, text: "89", said: "bytes 8-9/10" },
    { range: "bytes=0-1,4-5", status: 200, text: "0123456789", said: undefined },
    { range: "seconds=1-2", status: 200, text: "0123456789", said: undefined },
  ])("$range of it: $status", async ({ range, status, text, said }) => {
    const told = await get(segment, { range });
    expect([told.status, told.text, told.headers["content-range"]]).toEqual([status, text, said]);
  });

  it("has nothing beyond its end", async () => {
    const told = await get(segment, { range: "bytes=10-" });
    expect([told.status, told.code, told.headers["content-range"]]).toEqual([
      416,
      "InvalidRange",
      "bytes */10",
    ]);
  });

  it("is asked for in part only while it is the same", async () => {
    const { headers } = await get(segment);
    const ask = (ifRange: string) => get(segment, { range: "bytes=0-0", "if-range": ifRange });
    expect((await ask(String(headers.etag))).status).toBe(206);
    expect((await ask('"another"')).status).toBe(200);
    expect((await ask(String(headers["last-modified"]))).status).toBe(206);
  });

  it("is not sent twice to those who have it", async () => {
    const { headers } = await get(segment);
    const same = await get(segment, { "if-none-match": String(headers.etag) });
    expect([same.status, same.text, same.headers.etag]).toEqual([304, "", headers.etag]);
    const later = new Date(rig.clock.nowMs).toUTCString();
    expect((await get(segment, { "if-modified-since": later })).status).toBe(304);
    expect((await get(segment, { "if-none-match": '"another"' })).status).toBe(200);
    expect((await get(segment, { "if-match": '"another"' })).status).toBe(412);
  });

  it("tells its size without itself", async () => {
    const told = await get(segment, {}, "HEAD");
    expect([told.status, told.text, told.headers["content-length"]]).toEqual([200, "", "10"]);
  });

  it("streams: a viewer who leaves leaves nothing open", async () => {
    const big = Buffer.alloc(8 * 1024 * 1024, 1);
    await rig.put("videos/v1/1/big.m4s", big);
    const stop = new AbortController();
    const response = await fetch(`${rig.cdn.origin}/videos/v1/1/big.m4s`, {
      headers: { cookie },
      signal: stop.signal,
    });
    await response.body?.getReader().read();
    stop.abort();
    expect((await get("/videos/v1/1/big.m4s")).bytes.equals(big)).toBe(true);
  });
});

describe("a playlist", () => {
  it.each([
    { accept: "gzip, deflate, br", encoding: "br", open: brotliDecompressSync },
    { accept: "gzip", encoding: "gzip", open: gunzipSync },
    { accept: "br;q=0, gzip;q=0.5", encoding: "gzip", open: gunzipSync },
  ])("is smaller for $accept", async ({ accept, encoding, open }) => {
    const told = await get(playlist, { "accept-encoding": accept });
    expect(told.headers).toMatchObject({
      "content-encoding": encoding,
      vary: expect.stringContaining("Accept-Encoding"),
    });
    expect(told.headers.etag).toMatch(/^W\//);
    expect(open(told.bytes).toString()).toMatch(/^#EXTM3U/);
    expect((await get(playlist, { "if-none-match": String(told.headers.etag) })).status).toBe(304);
  });

  it("stays as it is for those who do not ask, for stretches, and where it is small", async () => {
    expect((await get(playlist)).headers["content-encoding"]).toBeUndefined();
    expect((await get(playlist, { "accept-encoding": "gzip", range: "bytes=0-6" })).text).toBe(
      "#EXTM3U",
    );
    await rig.put("videos/v1/1/small.m3u8", "#EXTM3U", {
      ContentType: "application/vnd.apple.mpegurl",
    });
    expect((await get("/videos/v1/1/small.m3u8", { "accept-encoding": "gzip" })).text).toBe(
      "#EXTM3U",
    );
  });
});

describe("other origins", () => {
  const origin = "https://player.example.com";

  it("may read when the policy names them", async () => {
    expect((await get(segment, { origin })).headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "Content-Range, ETag",
      vary: "Origin",
    });
    expect(
      (await get(segment, { origin: "https://evil.example" })).headers[
        "access-control-allow-origin"
      ],
    ).toBeUndefined();
  });

  it("may read why they were refused", async () => {
    const told = await rig.ask(segment, { origin });
    expect([told.status, told.headers["access-control-allow-origin"]]).toEqual([403, origin]);
  });

  it("may ask first, without a grant", async () => {
    const asked = {
      origin,
      "access-control-request-method": "GET",
      "access-control-request-headers": "range",
    };
    const told = await rig.ask(segment, asked, "OPTIONS");
    expect(told.status).toBe(200);
    expect(told.headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "GET, HEAD, OPTIONS",
      "access-control-allow-headers": "Range",
      "access-control-max-age": "600",
    });
  });

  it.each([
    {
      what: "a stranger",
      headers: { origin: "https://evil.example", "access-control-request-method": "GET" },
    },
    {
      what: "a method nobody may use",
      headers: { origin, "access-control-request-method": "DELETE" },
    },
    { what: "no question at all", headers: {} },
  ])("$what is refused, without a grant and with one", async ({ headers }) => {
    expect((await rig.ask(segment, headers as Record<string, string>, "OPTIONS")).code).toBe(
      "MissingKey",
    );
    expect((await get(segment, headers as Record<string, string>, "OPTIONS")).code).toMatch(
      /AccessForbidden|BadRequest/,
    );
  });
});

describe("what is not there, or not for everybody", () => {
  it.each([
    {
      what: "a missing object, to those who may not list",
      path: "/videos/v1/1/none",
      status: 403,
      code: "AccessDenied",
    },
    {
      what: "an object that the bucket keeps from the edge",
      path: "/videos/../private/x",
      status: 403,
      code: "AccessDenied",
    },
    {
      what: "dots, which are a name like any other",
      path: "/videos/v1/1/./seg%201.m4s",
      status: 403,
      code: "AccessDenied",
    },
    { what: "a broken escape", path: "/videos/%zz", status: 400, code: "InvalidURI" },
  ])("$what: $status $code", async ({ path, status, code }) => {
    const told = await get(path);
    expect([told.status, told.code]).toEqual([status, code]);
    expect(told.text).not.toContain("arn:");
    expect(told.headers["x-cache"]).toBe("Error from cloudfront");
  });

  it("a distribution that the bucket's policy does not name reads nothing", async () => {
    const parts = partsOf();
    rig.cdn.define({
      ...parts,
      distribution: {
        ...parts.distribution,
        arn: "arn:aws:cloudfront::000000000000:distribution/E2",
      },
    });
    expect((await get(segment)).status).toBe(403);
    rig.cdn.define(parts);
    expect((await get(segment)).status).toBe(200);
  });

  it("methods that were not allowed, and bodies where none belong", async () => {
    expect((await get(segment, {}, "PUT")).status).toBe(403);
    expect((await get(segment, { "content-length": "1" }, "GET", "x")).status).toBe(403);
  });

  it("a name that was pointed at this machine", async () => {
    expect((await get(segment, { host: "evil.example" })).status).toBe(403);
  });
});

describe("the default behaviour", () => {
  it("reads below its origin's path, without a grant", async () => {
    expect((await rig.ask("/index.html")).text).toBe("<h1>site</h1>");
  });

  it("has a root object where one is named, and error pages", async () => {
    rig.cdn.define(
      partsOf({
        distribution: {
          defaultRootObject: "index.html",
          customErrorResponses: [
            { errorCode: 403, responseCode: 404, responsePagePath: "/index.html" },
          ],
        },
      }),
    );
    expect((await rig.ask("/")).text).toBe("<h1>site</h1>");
    const lost = await rig.ask("/none");
    expect([lost.status, lost.text, lost.headers["x-cache"]]).toEqual([
      404,
      "<h1>site</h1>",
      "Error from cloudfront",
    ]);
    expect((await rig.ask(segment)).status).toBe(404);
    rig.cdn.define(partsOf());
  });
});

describe("which behaviour answers", () => {
  const distribution = read(partsOf(), "000000000000");

  it.each([
    ["/videos/a.m3u8", "/videos/*.m3u8"],
    ["/videos/a/b.m3u8", "/videos/*.m3u8"],
    ["/videos/a.M3U8", "/videos/*"],
    ["/videos/", "/videos/*"],
    ["/videos", "*"],
    ["/VIDEOS/a", "*"],
    ["/%76ideos/a", "/videos/*"],
    ["//videos//a", "/videos/*"],
    ["/x/../videos/a", "/videos/*"],
    ["/x/%2E%2e/videos/a", "/videos/*"],
    ["/videos/../x", "*"],
    ["/videos%2Fa", "*"],
    ["/", "*"],
  ])("%s: %s", (path, pattern) => {
    expect(choose(distribution, path).pattern).toBe(pattern);
  });

  it("a path compared twice is compared the same", () => {
    for (const path of ["/a/./b/", "/a/..", "/%41%2f", "/..", "//"]) {
      expect(normalised(normalised(path))).toBe(normalised(path));
    }
  });
});

describe("what is refused by name", () => {
  it.each<{
    what: string;
    behavior?: Partial<BehaviorInputs>;
    distribution?: Partial<DistributionInputs>;
  }>([
    { what: "functions at the edge", behavior: { functionAssociations: [{}] } },
    { what: "Lambda@Edge", behavior: { lambdaFunctionAssociations: [{}] } },
    { what: "PUT to an S3 origin", behavior: { allowedMethods: ["GET", "PUT"] } },
    { what: "forwarded values", behavior: { forwardedValues: {} } },
    { what: "managed, which is not in the graph", behavior: { cachePolicyId: "managed" } },
    { what: "trusted signers", behavior: { trustedSigners: ["self"] } },
    {
      what: "servers other than S3",
      distribution: { origins: [{ originId: "streams", domainName: "x", customOriginConfig: {} }] },
    },
    {
      what: "x.example, which is no bucket",
      distribution: { origins: [{ originId: "streams", domainName: "x.example" }] },
    },
    { what: "origin groups", distribution: { originGroups: [{}] } },
    {
      what: "geographic restrictions",
      distribution: { restrictions: { geoRestriction: { restrictionType: "whitelist" } } },
    },
    { what: "a disabled distribution", distribution: { enabled: false } },
  ])("$what", ({ what, ...change }) => {
    expect(() => read(partsOf(change), "000000000000")).toThrow(what);
  });

  it("a second distribution, and a port that is taken", async () => {
    const parts = partsOf();
    expect(() =>
      rig.cdn.define({ ...parts, distribution: { ...parts.distribution, id: "E2" } }),
    ).toThrow("a second distribution");
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { openCdn } = await import("./index.ts");
    const port = (taken.address() as { port: number }).port;
    await expect(openCdn(rig.cloud, { port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    taken.close();
  });
});
