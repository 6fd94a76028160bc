import { getSignedUrl } from "@aws-sdk/cloudfront-signer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Change, openServerRig, type ServerRig } from "./server.testing.ts";
import { by } from "./testing.ts";

let rig: ServerRig;
beforeAll(async () => {
  rig = await openServerRig();
});
afterAll(() => rig.close());

describe("policies say what the server sees", () => {
  const policy = (inputs: Record<string, unknown>): Change => ({
    behavior: { originRequestPolicyId: "mine" },
    parts: { originRequestPolicies: [{ id: "mine", inputs }] },
  });
  const request = { authorization: "t", "x-a": "1", "x-b": "2", cookie: "a=1; b=2" };

  it("nothing but what a request needs, when there is none", async () => {
    rig.define({ behavior: { originRequestPolicyId: "" } });
    const told = await rig.seen("/api/x?a=1", { ...request, range: "bytes=0-1" });
    expect(told.url).toBe("/api/x");
    expect(told.headers).toMatchObject({ "user-agent": "Amazon CloudFront", range: "bytes=0-1" });
    for (const name of ["authorization", "x-a", "cookie"]) {
      expect(told.headers).not.toHaveProperty(name);
    }
    expect((await rig.seen("/api/x", request, "POST")).headers.authorization).toBe("t");
  });

  it("those that are listed", async () => {
    rig.define(
      policy({
        headersConfig: { headerBehavior: "whitelist", headers: { items: ["X-A"] } },
        cookiesConfig: { cookieBehavior: "whitelist", cookies: { items: ["b"] } },
        queryStringsConfig: { queryStringBehavior: "allExcept", queryStrings: { items: ["a"] } },
      }),
    );
    const told = await rig.seen("/api/x?a=1&b=2&c", request);
    expect(told.url).toBe("/api/x?b=2&c");
    expect(told.headers).toMatchObject({ "x-a": "1", cookie: "b=2" });
    expect(told.headers).not.toHaveProperty("x-b");
  });

  it("with the viewer's Host, when all of the viewer is asked for", async () => {
    rig.define(policy({ headersConfig: { headerBehavior: "allViewer" } }));
    expect((await rig.seen("/api/x", request)).headers.host).toBe(new URL(rig.cdn.origin).host);
  });

  it("and the parameters that sign stay at the edge where it asks for a signature", async () => {
    rig.define({ behavior: { trustedKeyGroups: ["signers"] } });
    expect((await rig.ask("/api/x")).status).toBe(403);
    const url = `${rig.cdn.origin}/api/x?a=1`;
    const dateLessThan = new Date(Date.now() + 60_000).toISOString();
    const signed = getSignedUrl({ url, dateLessThan, ...by("KEC"), algorithm: "SHA256" });
    expect((await rig.seen(signed.slice(rig.cdn.origin.length))).url).toBe("/api/x?a=1");
  });
});
