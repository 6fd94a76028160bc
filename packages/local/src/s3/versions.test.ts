import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { bucketName, openRig, type Rig } from "./testing.ts";

let rig: Rig;
let client: S3Client;
let Bucket: string;

beforeAll(async () => {
  rig = await openRig({ S3Client });
  client = rig.client();
});
beforeEach(async () => {
  Bucket = bucketName();
  await client.send(new CreateBucketCommand({ Bucket }));
  await version("Enabled");
});
afterAll(() => rig.close());

const Key = "film";
const version = (Status: "Enabled" | "Suspended") =>
  client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
const put = async (Body: string) =>
  (await client.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId ?? "";
const remove = (VersionId?: string) =>
  client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
const text = async (VersionId?: string) => {
  const got = await client.send(new GetObjectCommand({ Bucket, Key, VersionId }));
  return got.Body?.transformToString();
};

it("two versions are read by id; a marker hides them; a list tells all three", async () => {
  const [first, second] = [await put("one"), await put("two")];
  expect(first).not.toBe(second);
  const gone = await remove();
  expect(gone.DeleteMarker).toBe(true);
  await expect(text()).rejects.toMatchObject({ name: "NoSuchKey" });
  expect([await text(first), await text(second)]).toEqual(["one", "two"]);
  const listed = await client.send(new ListObjectVersionsCommand({ Bucket }));
  expect(listed.Versions?.map((one) => one.VersionId)).toEqual([second, first]);
  expect(listed.DeleteMarkers).toMatchObject([{ VersionId: gone.VersionId, IsLatest: true }]);
  expect((await client.send(new ListObjectsV2Command({ Bucket }))).Contents).toBeUndefined();
});

it("a marker removed by its id brings the object back", async () => {
  await put("one");
  const { VersionId } = await remove();
  const read = client.send(new GetObjectCommand({ Bucket, Key, VersionId }));
  await expect(read).rejects.toMatchObject({ name: "MethodNotAllowed" });
  await remove(VersionId);
  expect(await text()).toBe("one");
});

it("the latest version removed by its id uncovers the one before", async () => {
  await put("one");
  const second = await put("two");
  await remove(second);
  expect(await text()).toBe("one");
  await expect(text(second)).rejects.toMatchObject({ name: "NoSuchVersion" });
});

it("a suspended bucket has one null version, and keeps the older ones", async () => {
  const first = await put("one");
  await version("Suspended");
  await put("two");
  await put("three");
  const listed = await client.send(new ListObjectVersionsCommand({ Bucket }));
  expect(listed.Versions?.map((one) => one.VersionId)).toEqual(["null", first]);
  expect(await text("null")).toBe("three");
  const gone = await remove();
  expect(gone).toMatchObject({ DeleteMarker: true, VersionId: "null" });
  expect(await text(first)).toBe("one");
});

it("an object from before versioning is the null version", async () => {
  const plain = bucketName();
  await client.send(new CreateBucketCommand({ Bucket: plain }));
  await client.send(new PutObjectCommand({ Bucket: plain, Key, Body: "old" }));
  Bucket = plain;
  await version("Enabled");
  await put("new");
  expect([await text("null"), await text()]).toEqual(["old", "new"]);
});

it("pages of versions are complete, and in order", async () => {
  const ids = [await put("1"), await put("2"), await put("3")].toReversed();
  const seen: string[] = [];
  for (let from: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {}; from; ) {
    const page: Awaited<ReturnType<typeof list>> = await list(from);
    seen.push(...(page.Versions ?? []).map((one) => one.VersionId ?? ""));
    from = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker ?? "", VersionIdMarker: page.NextVersionIdMarker ?? "" }
      : undefined;
  }
  expect(seen).toEqual(ids);
});

const list = (from: object) =>
  client.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1, ...from }));

it("a bucket that holds versions cannot be removed", async () => {
  await put("one");
  await remove();
  const refused = client.send(new DeleteBucketCommand({ Bucket }));
  await expect(refused).rejects.toMatchObject({ name: "BucketNotEmpty" });
});

it("HEAD of a hidden object says that a marker hides it", async () => {
  await put("one");
  const { VersionId } = await remove();
  const head = await client.send(new HeadObjectCommand({ Bucket, Key })).catch((error) => error);
  expect(head.$metadata.httpStatusCode).toBe(404);
  expect(head.$response.headers["x-amz-delete-marker"]).toBe("true");
  expect(head.$response.headers["x-amz-version-id"]).toBe(VersionId);
});
