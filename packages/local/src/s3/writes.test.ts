import { createHash } from "node:crypto";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bucketName, openRig, type Rig } from "./testing.ts";

let rig: Rig;
let client: S3Client;
let Bucket: string;

beforeAll(async () => {
  rig = await openRig({ S3Client });
  client = rig.client();
  Bucket = bucketName();
  await client.send(new CreateBucketCommand({ Bucket }));
  await client.send(new PutObjectCommand({ Bucket, Key: "there", Body: "first" }));
});
afterAll(() => rig.close());

it("If-None-Match: * writes where nothing is, and nowhere else", async () => {
  const put = (Key: string) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body: "once", IfNoneMatch: "*" }));
  await expect(put("there")).rejects.toMatchObject({
    name: "PreconditionFailed",
    $metadata: { httpStatusCode: 412 },
  });
  await expect(put("new")).resolves.toMatchObject({ ETag: expect.any(String) });
});

it("of 100 parallel creations exactly one goes through, and its bytes stay", async () => {
  const many = await Promise.allSettled(
    Array.from({ length: 100 }, (_, index) =>
      client.send(
        new PutObjectCommand({ Bucket, Key: "race", Body: `writer ${index}`, IfNoneMatch: "*" }),
      ),
    ),
  );
  const winners = many.flatMap((one, index) => (one.status === "fulfilled" ? [index] : []));
  expect(winners).toHaveLength(1);
  const got = await client.send(new GetObjectCommand({ Bucket, Key: "race" }));
  expect(await got.Body?.transformToString()).toBe(`writer ${winners[0]}`);
});

it("If-Match writes only over the ETag that was seen", async () => {
  const put = (IfMatch: string) =>
    client.send(new PutObjectCommand({ Bucket, Key: "swap", Body: IfMatch, IfMatch }));
  await expect(put('"none"')).rejects.toMatchObject({ name: "NoSuchKey" });
  const { ETag = "" } = await client.send(new PutObjectCommand({ Bucket, Key: "swap", Body: "a" }));
  await expect(put('"other"')).rejects.toMatchObject({ name: "PreconditionFailed" });
  await expect(put(ETag)).resolves.toBeDefined();
  await expect(put(ETag)).rejects.toMatchObject({ name: "PreconditionFailed" });
});

it.each([
  { ChecksumSHA256: createHash("sha256").update("other").digest("base64") },
  { ContentMD5: createHash("md5").update("other").digest("base64") },
  { ChecksumCRC32C: "AAAAAA==" },
])("a wrong digest stores nothing: %j", async (digest) => {
  const put = client.send(new PutObjectCommand({ Bucket, Key: "wrong", Body: "bytes", ...digest }));
  await expect(put).rejects.toMatchObject({
    name: "BadDigest",
    $metadata: { httpStatusCode: 400 },
  });
  const head = client.send(new HeadObjectCommand({ Bucket, Key: "wrong" }));
  await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
});

it("a digest that is none is told apart from a wrong one", async () => {
  const put = client.send(new PutObjectCommand({ Bucket, Key: "x", Body: "b", ContentMD5: "abc" }));
  await expect(put).rejects.toMatchObject({ name: "InvalidDigest" });
});

it.each(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const)(
  "a %s that the client computed comes back on HEAD",
  async (ChecksumAlgorithm) => {
    const member = `Checksum${ChecksumAlgorithm}` as const;
    const Key = `sum-${ChecksumAlgorithm}`;
    const known = {
      CRC32: "y/Q5Jg==",
      CRC32C: "4waSgw==",
      CRC64NVME: "rosUhgp5mIg=",
      SHA1: createHash("sha1").update("123456789").digest("base64"),
      SHA256: createHash("sha256").update("123456789").digest("base64"),
    };
    const given = { [member]: known[ChecksumAlgorithm] };
    await client.send(new PutObjectCommand({ Bucket, Key, Body: "123456789", ...given }));
    const head = await client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
    expect(head[member]).toBe(known[ChecksumAlgorithm]);
    expect(head.ChecksumType).toBe("FULL_OBJECT");
  },
);

it("without a checksum of the client's, CRC64NVME is added", async () => {
  const bare = rig.client({ requestChecksumCalculation: "WHEN_REQUIRED" });
  const put = await bare.send(new PutObjectCommand({ Bucket, Key: "bare", Body: "123456789" }));
  expect(put.ChecksumCRC64NVME).toBe("rosUhgp5mIg=");
});

it.each([
  { SSECustomerAlgorithm: "AES256", SSECustomerKey: "k".repeat(32) },
  { ServerSideEncryption: "aws:kms" as const },
  { ObjectLockMode: "GOVERNANCE" as const, ObjectLockRetainUntilDate: new Date(4e12) },
  { GrantRead: 'uri="http://acs.amazonaws.com/groups/global/AllUsers"' },
])("what would only be pretended is refused by name: %j", async (input) => {
  const put = client.send(new PutObjectCommand({ Bucket, Key: "no", Body: "", ...input }));
  await expect(put).rejects.toMatchObject({
    name: "NotImplemented",
    message: expect.stringContaining("PutObject with"),
  });
});

it("a body that is not the one that was signed is refused, and nothing is stored", async () => {
  const tampering = rig.client();
  tampering.middlewareStack.add(
    (next) => (args) => {
      (args.request as { body: unknown }).body = "film B";
      return next(args);
    },
    { step: "finalizeRequest", priority: "low" },
  );
  const put = tampering.send(new PutObjectCommand({ Bucket, Key: "signed", Body: "film A" }));
  await expect(put).rejects.toMatchObject({ name: "XAmzContentSHA256Mismatch" });
  const head = client.send(new HeadObjectCommand({ Bucket, Key: "signed" }));
  await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
});
