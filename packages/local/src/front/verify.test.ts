import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openIam } from "../kernel/testing.ts";
import { type Request, sha256 } from "./canonical.ts";
import { readSignature } from "./signature.ts";
import { authorize, escaped } from "./testing.ts";
import { verify } from "./verify.ts";

// The example key of AWS's documentation.
const secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const EMPTY = sha256("");

function judge(request: Request, nowMs: number, body?: string, secret = secretAccessKey) {
  const family = request.headers.get("authorization")?.[0]?.includes("/s3/") ? "s3" : "query";
  const signature = readSignature(request, request.rawQuery.includes("%2Fs3%2F") ? "s3" : family);
  if (!signature) throw new Error("not signed");
  const iam = { ...openIam, signer: () => ({ secretAccessKey: secret, caller: openIam.operator }) };
  const of = signature.service === "s3" ? "s3" : "query";
  return verify(
    { iam, region: "us-east-1", now: () => nowMs },
    request,
    signature,
    of,
    body === undefined ? undefined : sha256(body),
  );
}

const headers = (given: Record<string, string>) =>
  new Map(Object.entries(given).map(([name, value]) => [name, [value]]));

describe("AWS's own examples", () => {
  const at = Date.UTC(2013, 4, 24);
  const s3 = (signed: string, signature: string, more: Record<string, string> = {}) =>
    headers({
      host: "examplebucket.s3.amazonaws.com",
      "x-amz-date": "20130524T000000Z",
      "x-amz-content-sha256": EMPTY,
      authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signed},Signature=${signature}`,
      ...more,
    });

  // Source: Amazon S3 API reference, "Authenticating requests: using the Authorization header" and "query parameters".
  it.each<{ what: string; request: Request; payload: object }>([
    {
      what: "a GET with a range",
      request: {
        method: "GET",
        rawPath: "/test.txt",
        rawQuery: "",
        headers: s3(
          "host;range;x-amz-content-sha256;x-amz-date",
          "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
          { range: "bytes=0-9" },
        ),
      },
      payload: { kind: "sha256", hex: EMPTY },
    },
    {
      what: "a PUT of a key with a dollar",
      request: {
        method: "PUT",
        rawPath: "/test%24file.text",
        rawQuery: "",
        headers: s3(
          "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
          "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
          {
            date: "Fri, 24 May 2013 00:00:00 GMT",
            "x-amz-storage-class": "REDUCED_REDUNDANCY",
            "x-amz-content-sha256":
              "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
          },
        ),
      },
      payload: { kind: "sha256" },
    },
    {
      what: "a parameter without a value",
      request: {
        method: "GET",
        rawPath: "/",
        rawQuery: "lifecycle",
        headers: s3(
          "host;x-amz-content-sha256;x-amz-date",
          "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
      },
      payload: { kind: "sha256" },
    },
    {
      what: "parameters in another order",
      request: {
        method: "GET",
        rawPath: "/",
        rawQuery: "prefix=J&max-keys=2",
        headers: s3(
          "host;x-amz-content-sha256;x-amz-date",
          "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
      },
      payload: { kind: "sha256" },
    },
    {
      what: "a presigned address",
      request: {
        method: "GET",
        rawPath: "/test.txt",
        rawQuery:
          "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
        headers: headers({ host: "examplebucket.s3.amazonaws.com" }),
      },
      payload: { kind: "unsigned" },
    },
    {
      what: "a body in signed chunks",
      request: {
        method: "PUT",
        rawPath: "/examplebucket/chunkObject.txt",
        rawQuery: "",
        headers: s3(
          "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
          "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
          {
            host: "s3.amazonaws.com",
            "content-encoding": "aws-chunked",
            "content-length": "66824",
            "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "x-amz-decoded-content-length": "66560",
            "x-amz-storage-class": "REDUCED_REDUNDANCY",
          },
        ),
      },
      payload: {
        kind: "signed-chunks",
        trailer: false,
        scope: "20130524/us-east-1/s3/aws4_request",
      },
    },
  ])("$what", ({ request, payload }) => {
    expect(judge(request, at).payload).toMatchObject(payload);
    expect(() => judge({ ...request, method: "DELETE" }, at)).toThrow("does not match");
  });

  // Source: AWS General Reference, "Signature Version 4: task 1 to 4". Its key has a plus where S3's has a slash.
  it("a call of another service, its query unsorted and its body left out of the headers", () => {
    const request: Request = {
      method: "GET",
      rawPath: "/",
      rawQuery: "Version=2010-05-08&Action=ListUsers",
      headers: headers({
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        host: "iam.amazonaws.com",
        "x-amz-date": "20150830T123600Z",
        authorization:
          "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
      }),
    };
    const plus = secretAccessKey.replace("MDENG/", "MDENG+");
    const at2015 = Date.UTC(2015, 7, 30, 12, 36);
    expect(judge(request, at2015, "", plus).payload).toEqual({ kind: "sha256", hex: EMPTY });
    expect(() => judge(request, at2015, "another body", plus)).toThrow("does not match");
  });
});

/** A PUT as a client of S3 signs it. */
function sign(key: string, query: Array<[string, string]>, meta: string): Request {
  const request = {
    method: "PUT",
    rawPath: `/films/${key.split("/").map(escaped).join("/")}`,
    rawQuery: query.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join("&"),
  };
  const sent = {
    host: "h",
    "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
    "x-amz-date": "20260101T000000Z",
    "x-amz-meta-a": meta,
  };
  const authorization = authorize(
    { ...request, headers: sent, payloadHash: "UNSIGNED-PAYLOAD", service: "s3" },
    { accessKeyId: "AKIA", secretAccessKey },
  );
  return { ...request, headers: headers({ ...sent, authorization }) };
}

describe("any key, any query, any metadata", () => {
  const at = Date.UTC(2026, 0, 1);
  const text = fc.string({ unit: "grapheme", maxLength: 12 }).map((value) => value.toWellFormed());
  const query = fc.array(fc.tuple(text, text), { maxLength: 4 });
  const meta = fc.string({ maxLength: 12 });

  it("is verified, and no longer is when one letter of it changes", () => {
    fc.assert(
      fc.property(text, query, meta, fc.nat(), (key, pairs, value, at_) => {
        const request = sign(key, pairs, value);
        expect(judge(request, at).caller).toBe(openIam.operator);
        const { rawPath } = request;
        const spot = at_ % (rawPath.length + 1);
        const moved = `${rawPath.slice(0, spot)}x${rawPath.slice(spot)}`;
        // An escape may be cut in two and then is none, which is another refusal.
        expect(() => judge({ ...request, rawPath: moved }, at)).toThrow();
        expect(() => judge({ ...request, rawQuery: `${request.rawQuery}&y` }, at)).toThrow();
      }),
      { numRuns: 150 },
    );
  });
});
