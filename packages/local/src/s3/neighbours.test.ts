import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "../kernel/caller.ts";
import { bucketName, openRig, type Rig } from "./testing.ts";

let rig: Rig;
let client: S3Client;
let Bucket: string;
let folder: string;
let me: Caller;

beforeAll(async () => {
  rig = await openRig({ S3Client });
  client = rig.client();
  me = rig.iam.operator;
  Bucket = bucketName();
  folder = mkdtempSync(join(tmpdir(), "rushes-work-"));
  await rig.cloud.call("s3", "CreateBucket", { Bucket }, me);
  await rig.cloud.call(
    "s3",
    "PutBucketNotificationConfiguration",
    { Bucket, NotificationConfiguration: { EventBridgeConfiguration: {} } },
    me,
  );
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await rig.close();
});

async function text(body: Readable): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part as Buffer);
  return String(Buffer.concat(parts));
}

function file(content: string): string {
  const path = join(folder, `f${Math.random().toString(36).slice(2)}`);
  writeFileSync(path, content);
  return path;
}

describe("operations in this process", () => {
  it("take and give the SDK's shapes, and share their objects with the wire", async () => {
    const Key = "inside";
    const put = await rig.cloud.call(
      "s3",
      "PutObject",
      { Bucket, Key, Body: "film", Metadata: { a: "b" } },
      me,
    );
    expect(put).toMatchObject({ ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/) });
    const got = await rig.cloud.call("s3", "GetObject", { Bucket, Key, Range: "bytes=1-2" }, me);
    expect([got.ContentLength, await text(got.Body)]).toEqual([2, "il"]);
    const outside = await client.send(new GetObjectCommand({ Bucket, Key }));
    expect(outside.Metadata).toEqual({ a: "b" });
    const listed = await rig.cloud.call("s3", "ListObjectsV2", { Bucket, Prefix: Key }, me);
    expect(listed.Contents).toMatchObject([{ Key, Size: 4, LastModified: expect.any(Date) }]);
  });

  it("are refused with AWS's codes", async () => {
    const missing = rig.cloud.call("s3", "HeadObject", { Bucket, Key: "none" }, me);
    await expect(missing).rejects.toMatchObject({ code: "NoSuchKey", httpStatus: 404 });
    const nobody = rig.cloud.call("s3", "ListObjectsV2", { Bucket }, rig.iam.anonymous);
    await expect(nobody).rejects.toMatchObject({ code: "AccessDenied" });
  });
});

describe("objects for neighbours", () => {
  it("are moved in, looked at, read in stretches and fetched out again", async () => {
    const { objects } = rig.s3;
    const path = file("a whole film");
    rig.events.length = 0;
    const about = { contentType: "video/mp4", cacheControl: "max-age=5", metadata: { take: "1" } };
    const put = await objects.putFile(Bucket, "videos/1", path, about, me);
    expect(existsSync(path)).toBe(false);
    expect(rig.events).toMatchObject([
      { "detail-type": "Object Created", detail: { object: { key: "videos/1", size: 12 } } },
    ]);
    expect(objects.head(Bucket, "videos/1", me)).toEqual(put);
    expect(put).toMatchObject({
      sizeBytes: 12,
      contentType: "video/mp4",
      cacheControl: "max-age=5",
    });
    const { object, body } = objects.open(Bucket, "videos/1", { start: 2, end: 6 }, me);
    expect([object.etag, await text(body)]).toEqual([put.etag, "whole"]);
    const out = join(folder, "out");
    await objects.fetchTo(Bucket, "videos/1", out, me);
    expect(readFileSync(out, "utf8")).toBe("a whole film");
    expect(statSync(out).nlink).toBe(2); // no byte was copied
    await rig.cloud.call("s3", "DeleteObject", { Bucket, Key: "videos/1" }, me);
    expect(readFileSync(out, "utf8")).toBe("a whole film");
    await expect(objects.fetchTo(Bucket, "videos/1", out, me)).rejects.toMatchObject({
      code: "NoSuchKey",
    });
  });

  it("are a neighbour's only as far as its permissions go", async () => {
    const { objects } = rig.s3;
    const path = file("secret");
    await objects.putFile(Bucket, "secret", path, { contentType: "text/plain" }, me);
    const stranger = rig.iam.service("mediaconvert.amazonaws.com");
    expect(() => objects.head(Bucket, "secret", stranger)).toThrow(/s3:GetObject/);
    const other = file("mine");
    const put = objects.putFile(Bucket, "mine", other, { contentType: "text/plain" }, stranger);
    await expect(put).rejects.toMatchObject({ code: "AccessDenied" });
    expect(existsSync(other)).toBe(true);
  });

  it("that came in parts are fetched as one file", async () => {
    const upload = { Bucket, Key: "parts" };
    const { UploadId } = await rig.cloud.call("s3", "CreateMultipartUpload", upload, me);
    const Parts = [];
    for (const [index, Body] of ["x".repeat(5 * 1024 ** 2), "the end"].entries()) {
      const part = { ...upload, UploadId, PartNumber: index + 1, Body };
      const { ETag } = await rig.cloud.call("s3", "UploadPart", part, me);
      Parts.push({ PartNumber: index + 1, ETag });
    }
    await rig.cloud.call(
      "s3",
      "CompleteMultipartUpload",
      { ...upload, UploadId, MultipartUpload: { Parts } },
      me,
    );
    const out = join(folder, "joined");
    const object = await rig.s3.objects.fetchTo(Bucket, "parts", out, me);
    expect(statSync(out).size).toBe(object.sizeBytes);
    expect(readFileSync(out).subarray(-7).toString()).toBe("the end");
  });

  it("being read outlive their deletion", async () => {
    await rig.s3.objects.putFile(
      Bucket,
      "brief",
      file("still here"),
      { contentType: "text/plain" },
      me,
    );
    const { body } = rig.s3.objects.open(Bucket, "brief", undefined, me);
    await rig.cloud.call("s3", "DeleteObject", { Bucket, Key: "brief" }, me);
    expect(await text(body)).toBe("still here");
  });
});
