import { createHash } from "node:crypto";
import { createReadStream, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucketName, openRig, type Rig } from "./testing.ts";

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31) % 251));
const md5 = `"${createHash("md5").update(bytes).digest("hex")}"`;

let rig: Rig;
let client: S3Client;
let Bucket: string;

beforeAll(async () => {
  rig = await openRig({ S3Client });
  client = rig.client();
  Bucket = bucketName();
  await client.send(new CreateBucketCommand({ Bucket }));
  await client.send(
    new PutObjectCommand({
      Bucket,
      Key: "film.bin",
      Body: bytes,
      ContentType: "video/mp4",
      CacheControl: "max-age=60",
      Metadata: { Title: "Holiday" },
    }),
  );
});
afterAll(() => rig.close());

describe("buckets", () => {
  it("are made twice by their owner without complaint in us-east-1", async () => {
    const again = await client.send(new CreateBucketCommand({ Bucket }));
    expect(again.Location).toBe(`/${Bucket}`);
  });

  it("are found and listed", async () => {
    const head = await client.send(new HeadBucketCommand({ Bucket }));
    expect(head.BucketRegion).toBe("us-east-1");
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets?.map((one) => one.Name)).toContain(Bucket);
  });

  it.each(["A", "ab", "has_underscore", "1.2.3.4", "a..b", "-begins", "xn--odd"])(
    "may not be named %s",
    async (name) => {
      const refused = client.send(new CreateBucketCommand({ Bucket: name }));
      await expect(refused).rejects.toMatchObject({ name: "InvalidBucketName" });
    },
  );
});

describe("an object", () => {
  it("is described by HEAD as it was put", async () => {
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: "film.bin" }));
    expect(head).toMatchObject({
      ContentLength: bytes.length,
      ETag: md5,
      ContentType: "video/mp4",
      CacheControl: "max-age=60",
      Metadata: { title: "Holiday" },
    });
  });

  it("is given back byte for byte", async () => {
    const got = await client.send(new GetObjectCommand({ Bucket, Key: "film.bin" }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(bytes);
  });

  it.each([
    { Range: "bytes=100-199", first: 100, last: 199 },
    { Range: "bytes=-10", first: 299_990, last: 299_999 },
    { Range: "bytes=299990-", first: 299_990, last: 299_999 },
    { Range: "bytes=0-9999999", first: 0, last: 299_999 },
  ])("gives the range $Range", async ({ Range, first, last }) => {
    const got = await client.send(new GetObjectCommand({ Bucket, Key: "film.bin", Range }));
    expect(got.$metadata.httpStatusCode).toBe(206);
    expect(got.ContentRange).toBe(`bytes ${first}-${last}/300000`);
    const body = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
    expect(body.equals(bytes.subarray(first, last + 1))).toBe(true);
  });

  it.each(["bytes=1-0", "bytes=0-1,5-6", "chapters=1-2", "bytes=x-y"])(
    "is given whole for the range %s, which means nothing",
    async (Range) => {
      const got = await client.send(new GetObjectCommand({ Bucket, Key: "film.bin", Range }));
      expect(got.$metadata.httpStatusCode).toBe(200);
      expect(got.ContentLength).toBe(bytes.length);
      (got.Body as unknown as { destroy(): void }).destroy();
    },
  );

  it.each([
    { Key: "film.bin", Range: "bytes=300000-", status: 416, name: "InvalidRange" },
    { Key: "film.bin", IfMatch: '"other"', status: 412, name: "PreconditionFailed" },
    { Key: "film.bin", IfNoneMatch: md5, status: 304, name: "Unknown" },
    { Key: "nothing", status: 404, name: "NoSuchKey" },
    { Key: "film.bin", VersionId: "made-up", status: 400, name: "InvalidArgument" },
  ])("is refused with $status $name", async ({ status, name, ...input }) => {
    const refused = client.send(new GetObjectCommand({ Bucket, ...input }));
    await expect(refused).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode: status },
    });
  });

  it("is copied with new metadata under the same ETag", async () => {
    const copy = await client.send(
      new CopyObjectCommand({
        Bucket,
        Key: "copy.bin",
        CopySource: `${Bucket}/film.bin`,
        MetadataDirective: "REPLACE",
        Metadata: { take: "2" },
        ContentType: "video/webm",
      }),
    );
    expect(copy.CopyObjectResult?.ETag).toBe(md5);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: "copy.bin" }));
    expect(head).toMatchObject({ Metadata: { take: "2" }, ContentType: "video/webm" });
  });

  it("is deleted alone or with others, and then is not there", async () => {
    const keys = ["gone/1", "gone/2", "gone/3"];
    for (const Key of keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: "gone/1" }));
    const Objects = [{ Key: "gone/2" }, { Key: "gone/3" }];
    const many = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(many.Deleted).toHaveLength(2);
    for (const Key of keys) {
      const refused = client.send(new HeadObjectCommand({ Bucket, Key }));
      await expect(refused).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
    }
  });
});

describe("a stream", () => {
  it("sent in chunks with a trailer is stored without its framing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rushes-stream-"));
    const file = join(folder, "film");
    writeFileSync(file, bytes);
    const put = await client.send(
      new PutObjectCommand({
        Bucket,
        Key: "streamed",
        Body: createReadStream(file, { highWaterMark: 7777 }),
        ContentLength: bytes.length,
      }),
    );
    expect(put.ETag).toBe(md5);
    const head = await client.send(
      new HeadObjectCommand({ Bucket, Key: "streamed", ChecksumMode: "ENABLED" }),
    );
    expect(head.ContentEncoding).toBeUndefined();
    expect(head.ChecksumCRC32).toBe(put.ChecksumCRC32);
    rmSync(folder, { recursive: true });
  });
});

describe("keys", () => {
  const odd = [
    "sp ace/+plus",
    "ünï/日本.mp4",
    "a%2Fb",
    "dir/",
    "x..y/..z",
    "../../../outside",
    "//double",
    "./dot",
    "q?a=b&c#d",
    `quo"te<>&'`,
    "tab\tline\nend\r",
    "😀",
    "x".repeat(1024),
  ];

  it.each(odd)("may be %j", async (Key) => {
    await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    const got = await client.send(new GetObjectCommand({ Bucket, Key }));
    expect(await got.Body?.transformToString()).toBe(Key);
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
    expect(Contents?.[0]?.Key).toBe(Key.replace("\r", "\r"));
  });

  it("never become paths: bodies lie where the store put them", () => {
    const names = readdirSync(join(rig.dataDir, "s3"), { recursive: true }) as string[];
    expect(
      names.every((name) =>
        /^(bodies|incoming)([/\\][0-9a-f]{2}([/\\][0-9a-f]{32})?)?$/.test(name),
      ),
    ).toBe(true);
    expect(readdirSync(join(rig.dataDir, "..")).includes("outside")).toBe(false);
  });

  it("of more than 1,024 bytes are refused", async () => {
    const refused = client.send(new PutObjectCommand({ Bucket, Key: "é".repeat(513), Body: "" }));
    await expect(refused).rejects.toMatchObject({ name: "KeyTooLongError" });
  });
});
