import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bucketName, openRig, type Rig } from "./testing.ts";

const MIB = 1024 ** 2;
const one = Buffer.alloc(5 * MIB, "one,");
const two = Buffer.from("the second and last part");

let rig: Rig;
let client: S3Client;
let Bucket: string;

beforeAll(async () => {
  rig = await openRig({ S3Client });
  client = rig.client();
  Bucket = bucketName();
  await client.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => rig.close());

async function begin(Key: string, more: object = {}): Promise<string> {
  const made = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  return made.UploadId ?? "";
}

async function part(Key: string, UploadId: string, PartNumber: number, Body: Buffer) {
  const input = { Bucket, Key, UploadId, PartNumber, Body };
  const { ETag } = await client.send(new UploadPartCommand(input));
  return { PartNumber, ETag };
}

function complete(Key: string, UploadId: string, Parts: object[], more: object = {}) {
  const input = { Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more };
  return client.send(new CompleteMultipartUploadCommand(input));
}

it("two parts become one object that is read across them, with metadata and type", async () => {
  const Key = "two";
  const id = await begin(Key, { ContentType: "video/mp4", Metadata: { title: "Two" } });
  const parts = [await part(Key, id, 3, one), await part(Key, id, 7, two)];
  const listed = await client.send(new ListPartsCommand({ Bucket, Key, UploadId: id }));
  expect(listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
    [3, one.length],
    [7, two.length],
  ]);
  const done = await complete(Key, id, parts, { MpuObjectSize: one.length + two.length });
  const sums = [one, two].map((bytes) => createHash("md5").update(bytes).digest());
  const etag = createHash("md5").update(Buffer.concat(sums)).digest("hex");
  expect(done.ETag).toBe(`"${etag}-2"`);

  const whole = await client.send(new GetObjectCommand({ Bucket, Key }));
  expect(whole).toMatchObject({ ContentType: "video/mp4", Metadata: { title: "Two" } });
  const body = Buffer.from((await whole.Body?.transformToByteArray()) ?? []);
  expect(body.equals(Buffer.concat([one, two]))).toBe(true);

  const Range = `bytes=${one.length - 4}-${one.length + 2}`;
  const seam = await client.send(new GetObjectCommand({ Bucket, Key, Range }));
  expect(await seam.Body?.transformToString()).toBe("one,the");
  const second = await client.send(new GetObjectCommand({ Bucket, Key, PartNumber: 2 }));
  expect(second).toMatchObject({ PartsCount: 2, ContentLength: two.length });
  expect(await second.Body?.transformToString()).toBe(String(two));

  // A client that lost the answer may ask again.
  expect((await complete(Key, id, parts)).ETag).toBe(done.ETag);
});

it("uploads that are under way are listed, and an aborted one is gone with its parts", async () => {
  const Key = "aborted";
  const id = await begin(Key);
  await part(Key, id, 1, two);
  const listed = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
  expect(listed.Uploads?.map((upload) => upload.UploadId)).toEqual([id]);
  const before = bodies().length;
  await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: id }));
  await expect(part(Key, id, 2, two)).rejects.toMatchObject({
    name: "NoSuchUpload",
    $metadata: { httpStatusCode: 404 },
  });
  await expect.poll(() => bodies().length).toBe(before - 1);
});

it("a part replaced by one of the same number leaves nothing of the first", async () => {
  const Key = "replaced";
  const id = await begin(Key);
  await part(Key, id, 1, Buffer.from("first"));
  const before = bodies().length;
  const again = await part(Key, id, 1, Buffer.from("second"));
  await expect.poll(() => bodies().length).toBe(before);
  await complete(Key, id, [again]);
  const got = await client.send(new GetObjectCommand({ Bucket, Key }));
  expect(await got.Body?.transformToString()).toBe("second");
});

it.each([
  { case: "a wrong ETag", tags: ['"0"', undefined], name: "InvalidPart" },
  { case: "parts out of order", swap: true, name: "InvalidPartOrder" },
  { case: "a wrong size", more: { MpuObjectSize: 3 }, name: "InvalidRequest" },
])("completing with $case is $name, and the upload goes on", async (row) => {
  const Key = `refused-${row.name}`;
  const id = await begin(Key);
  const parts = [await part(Key, id, 1, one), await part(Key, id, 2, two)];
  const given = parts.map((each, index) => ({ ...each, ETag: row.tags?.[index] ?? each.ETag }));
  const asked = complete(Key, id, row.swap ? given.toReversed() : given, row.more);
  await expect(asked).rejects.toMatchObject({ name: row.name });
  await expect(complete(Key, id, parts)).resolves.toMatchObject({ Key });
});

it("a small part that is not the last is EntityTooSmall", async () => {
  const Key = "small";
  const id = await begin(Key);
  const parts = [await part(Key, id, 1, two), await part(Key, id, 2, two)];
  await expect(complete(Key, id, parts)).rejects.toMatchObject({ name: "EntityTooSmall" });
});

it("completion is conditional, and a refused one can be completed elsewhere never twice", async () => {
  const Key = "conditional";
  const id = await begin(Key);
  const parts = [await part(Key, id, 1, two)];
  await client.send(new PutObjectCommand({ Bucket, Key, Body: "there first" }));
  await expect(complete(Key, id, parts, { IfNoneMatch: "*" })).rejects.toMatchObject({
    name: "PreconditionFailed",
    $metadata: { httpStatusCode: 412 },
  });
  const got = await client.send(new GetObjectCommand({ Bucket, Key }));
  expect(await got.Body?.transformToString()).toBe("there first");
});

it("a presigned part uploaded by fetch answers with an ETag that completes", async () => {
  const Key = "by-fetch";
  const id = await begin(Key);
  const signer = rig.client({ requestChecksumCalculation: "WHEN_REQUIRED" });
  const command = new UploadPartCommand({ Bucket, Key, UploadId: id, PartNumber: 1 });
  const url = await getSignedUrl(signer, command, { expiresIn: 60 });
  const sent = await fetch(url, { method: "PUT", body: two });
  expect(sent.status).toBe(200);
  const other = await fetch(url.replace("partNumber=1", "partNumber=2"), {
    method: "PUT",
    body: two,
  });
  expect(other.status).toBe(403);
  await complete(Key, id, [{ PartNumber: 1, ETag: sent.headers.get("etag") }]);
  const head = await client.send(new HeadObjectCommand({ Bucket, Key }));
  expect(head.ContentLength).toBe(two.length);
});

it("parts are copied from objects, whole or a stretch of them", async () => {
  await client.send(new PutObjectCommand({ Bucket, Key: "source", Body: one }));
  const Key = "copied";
  const id = await begin(Key);
  const CopySource = `${Bucket}/source`;
  const input = { Bucket, Key, UploadId: id, CopySource };
  const first = await client.send(new UploadPartCopyCommand({ ...input, PartNumber: 1 }));
  const second = await client.send(
    new UploadPartCopyCommand({ ...input, PartNumber: 2, CopySourceRange: "bytes=0-2" }),
  );
  await complete(Key, id, [
    { PartNumber: 1, ETag: first.CopyPartResult?.ETag },
    { PartNumber: 2, ETag: second.CopyPartResult?.ETag },
  ]);
  const Range = `bytes=${one.length}-`;
  const end = await client.send(new GetObjectCommand({ Bucket, Key, Range }));
  expect(await end.Body?.transformToString()).toBe("one");
});

it("lib-storage sends 24 MB of unknown length in three parts at once", async () => {
  const bytes = Buffer.alloc(24 * MIB, "rushes!");
  const chunks = Array.from({ length: 24 }, (_, index) =>
    bytes.subarray(index * MIB, (index + 1) * MIB),
  );
  const done = await new Upload({
    client,
    params: { Bucket, Key: "stream", Body: Readable.from(chunks) },
    partSize: 8 * MIB,
    queueSize: 3,
  }).done();
  expect(done.ETag).toMatch(/-3"$/);
  const got = await client.send(new GetObjectCommand({ Bucket, Key: "stream" }));
  const hash = createHash("md5");
  for await (const chunk of got.Body as AsyncIterable<Buffer>) hash.update(chunk);
  expect(hash.digest("hex")).toBe(createHash("md5").update(bytes).digest("hex"));
});

it("a full-object checksum of parts is that of the whole", async () => {
  const Key = "summed";
  const id = await begin(Key, { ChecksumAlgorithm: "CRC32C", ChecksumType: "FULL_OBJECT" });
  const sent = [];
  for (const [index, Body] of [one, two].entries()) {
    const PartNumber = index + 1;
    const input = { Bucket, Key, UploadId: id, PartNumber, Body };
    const { ETag, ChecksumCRC32C } = await client.send(
      new UploadPartCommand({ ...input, ChecksumAlgorithm: "CRC32C" }),
    );
    sent.push({ PartNumber, ETag, ChecksumCRC32C });
  }
  const done = await complete(Key, id, sent);
  const put = await client.send(
    new PutObjectCommand({
      Bucket,
      Key: "summed-whole",
      Body: Buffer.concat([one, two]),
      ChecksumAlgorithm: "CRC32C",
    }),
  );
  expect(done).toMatchObject({ ChecksumCRC32C: put.ChecksumCRC32C, ChecksumType: "FULL_OBJECT" });
  const known = await client.send(
    new GetObjectAttributesCommand({
      Bucket,
      Key,
      ObjectAttributes: ["ObjectParts", "ObjectSize"],
    }),
  );
  expect(known).toMatchObject({
    ObjectSize: one.length + two.length,
    ObjectParts: { TotalPartsCount: 2, Parts: [{ PartNumber: 1 }, { PartNumber: 2 }] },
  });
});

function bodies(): string[] {
  const names = readdirSync(join(rig.dataDir, "s3/bodies"), { recursive: true }) as string[];
  return names.filter((name) => /[0-9a-f]{32}$/.test(name));
}
