import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucketName, openRig, type Rig } from "./testing.ts";

let rig: Rig;
let client: S3Client;
let signer: S3Client;
let Bucket: string;
let moved = 0;

beforeAll(async () => {
  rig = await openRig({ S3Client, now: () => Date.now() + moved });
  client = rig.client();
  signer = rig.client({ requestChecksumCalculation: "WHEN_REQUIRED" });
  Bucket = bucketName();
  await client.send(new CreateBucketCommand({ Bucket }));
  await client.send(new PutObjectCommand({ Bucket, Key: "private", Body: "0123456789" }));
});
afterAll(() => rig.close());

describe("a presigned PUT", () => {
  const sign = (more: object = {}) =>
    getSignedUrl(
      signer,
      new PutObjectCommand({ Bucket, Key: "uploads/source", ContentType: "video/mp4", ...more }),
      { expiresIn: 60, signableHeaders: new Set(["host", "content-type", "if-none-match"]) },
    );
  const put = (url: string, headers: Record<string, string> = {}) =>
    fetch(url, {
      method: "PUT",
      body: "film",
      headers: { "content-type": "video/mp4", ...headers },
    });

  it("takes the type that was signed", async () => {
    expect((await put(await sign())).status).toBe(200);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: "uploads/source" }));
    expect(head).toMatchObject({ ContentType: "video/mp4", ContentLength: 4 });
  });

  it("carries metadata in its query", async () => {
    expect((await put(await sign({ Key: "m", Metadata: { who: "me" } }))).status).toBe(200);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: "m" }));
    expect(head.Metadata).toEqual({ who: "me" });
  });

  it("may be for a key that is written once", async () => {
    const url = await sign({ Key: "once", IfNoneMatch: "*" });
    const first = await put(url, { "if-none-match": "*" });
    const second = await put(url, { "if-none-match": "*" });
    expect([first.status, second.status]).toEqual([200, 412]);
  });

  it.each([
    [
      "signature",
      (url: string) => url.replace(/X-Amz-Signature=./, "X-Amz-Signature=0").replace(/.$/, "x"),
    ],
    ["key", (url: string) => url.replace("uploads/source", "uploads/other")],
    ["expiry", (url: string) => url.replace("X-Amz-Expires=60", "X-Amz-Expires=6000")],
  ])("is refused with another %s", async (_what, change) => {
    expect((await put(change(await sign()))).status).toBe(403);
  });

  it("is refused with another type, and with another method", async () => {
    const url = await sign();
    expect((await put(url, { "content-type": "text/html" })).status).toBe(403);
    expect((await fetch(url, { method: "DELETE" })).status).toBe(403);
  });

  it("is refused once it has expired", async () => {
    const url = await sign();
    moved = 61_000;
    const late = await put(url);
    moved = 0;
    expect(late.status).toBe(403);
    expect(await late.text()).toContain("Request has expired");
  });
});

describe("a presigned GET", () => {
  it("gives a range under the name that was signed", async () => {
    const command = new GetObjectCommand({
      Bucket,
      Key: "private",
      ResponseContentDisposition: 'attachment; filename="take 1.mp4"',
    });
    const url = await getSignedUrl(signer, command, { expiresIn: 60 });
    const got = await fetch(url, { headers: { range: "bytes=2-4" } });
    expect(got.status).toBe(206);
    expect(got.headers.get("content-disposition")).toBe('attachment; filename="take 1.mp4"');
    expect(await got.text()).toBe("234");
  });
});

it("nobody reads a private object unsigned", async () => {
  const got = await fetch(`${rig.origin}/${Bucket}/private`);
  expect(got.status).toBe(403);
  expect(await got.text()).toContain("<Code>AccessDenied</Code>");
});

it("a wrong secret opens nothing", async () => {
  const keys = { ...rig.iam.operatorKeys, secretAccessKey: "wrong" };
  const refused = rig.client({ keys }).send(new GetObjectCommand({ Bucket, Key: "private" }));
  await expect(refused).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
});
