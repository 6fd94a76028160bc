import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Keys } from "../kernel/caller.ts";
import { sha256 } from "./canonical.ts";
import { authorize, openRig, type Rig } from "./testing.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

/** Headers of a call as botocore signs it: no hash of the body among them. */
function bare(
  service: string,
  method: string,
  body: string,
  more: Record<string, string> = {},
  keys: Keys = rig.iam.operatorKeys,
) {
  const headers = Object.fromEntries(
    Object.entries({
      host: new URL(rig.front.origin).host,
      "x-amz-date": new Date().toISOString().replace(/[-:]|\.\d+/g, ""),
      ...more,
    }).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const asked = { method, rawPath: "/", rawQuery: "", headers, payloadHash: sha256(body), service };
  return { ...headers, authorization: authorize(asked, keys) };
}

describe("clients that leave the body's hash out of the headers", () => {
  it("are let in when the signature covers it", async () => {
    const body = "Action=ListTopics&Version=2010-03-31";
    const headers = bare("sns", "POST", body, {
      "content-type": "application/x-www-form-urlencoded",
    });
    expect(await rig.raw({ method: "POST", path: "/", headers, body })).toMatchObject({
      status: 200,
    });
    expect(String(rig.bodies.at(-1))).toBe(body);
    const other = await rig.raw({
      method: "POST",
      path: "/",
      headers,
      body: body.replace("List", "Drop"),
    });
    expect([other.status, other.text]).toEqual([
      403,
      expect.stringContaining("SignatureDoesNotMatch"),
    ]);
  });

  it.each(["cloudfront", "route53"])("hear in XML that %s is not here", async (name) => {
    const { status, text } = await rig.raw({ path: "/", headers: bare(name, "GET", "") });
    expect([status, text]).toEqual([501, expect.stringContaining("<Code>NotImplemented</Code>")]);
  });

  it("hear the name of what nobody does", async () => {
    const body = "Action=ListRoles&Version=2010-05-08";
    const headers = bare("iam", "POST", body, {
      "content-type": "application/x-www-form-urlencoded",
    });
    const answer = await rig.raw({ method: "POST", path: "/", headers, body });
    expect([answer.status, answer.text]).toEqual([501, expect.stringContaining("iam ListRoles")]);
  });

  it("must sign what S3 would stream", async () => {
    const answer = await rig.raw({
      method: "PUT",
      path: "/",
      headers: bare("s3", "PUT", "x"),
      body: "x",
    });
    expect([answer.status, answer.text]).toEqual([
      400,
      expect.stringContaining("Missing required header"),
    ]);
  });

  it("must sign the header that names the operation", async () => {
    const headers = {
      ...bare("states", "POST", "{}"),
      "x-amz-target": "AWSStepFunctions.DescribeExecution",
    };
    const answer = await rig.raw({ method: "POST", path: "/", headers, body: "{}" });
    expect(JSON.parse(answer.text)).toMatchObject({
      __type: "InvalidSignatureException",
      message: expect.stringContaining("not signed"),
    });
  });

  it.each([
    { body: "[]", type: "SerializationException" },
    { body: "{", type: "SerializationException" },
    { body: "", type: undefined },
  ])("and %j for JSON", async ({ body, type }) => {
    const headers = bare("states", "POST", body, {
      "x-amz-target": "AWSStepFunctions.DescribeExecution",
    });
    const answer = await rig.raw({ method: "POST", path: "/", headers, body });
    expect(JSON.parse(answer.text).__type).toBe(type);
  });
});

describe("clients that ask before they send", () => {
  const ask = (headers: Record<string, string>) =>
    new Promise<{ went: boolean; status: number }>((resolve, reject) => {
      let went = false;
      const sent = httpRequest(rig.front.origin, {
        method: "PUT",
        path: "/films/k",
        agent: false,
        headers: { ...headers, expect: "100-continue", "content-length": "4" },
      });
      sent.on("continue", () => {
        went = true;
        sent.end("film");
      });
      sent.on("response", (response) => {
        response.resume();
        resolve({ went, status: response.statusCode ?? 0 });
        if (!went) sent.destroy();
      });
      sent.on("error", (error) => (went ? reject(error) : undefined));
      sent.flushHeaders();
    });

  it("are told to go on when they may", async () => {
    expect(await ask({})).toEqual({ went: true, status: 200 });
    expect(String(rig.bodies.at(-1))).toBe("film");
  });

  it("hear a refusal first", async () => {
    expect(await ask({ authorization: "AWS4-HMAC-SHA256 nonsense" })).toEqual({
      went: false,
      status: 400,
    });
  });
});
