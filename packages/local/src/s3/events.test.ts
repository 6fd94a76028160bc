import { existsSync, readFileSync } from "node:fs";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recordingAt } from "../kernel/recordings.testing.ts";
import { sequencer } from "./id.ts";
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
  const NotificationConfiguration = { EventBridgeConfiguration: {} };
  await client.send(
    new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }),
  );
  rig.events.length = 0;
});
afterAll(() => rig.close());

const put = (Key: string) => client.send(new PutObjectCommand({ Bucket, Key, Body: "film" }));

it("an object created is told with key, size, etag and who did it", async () => {
  await put("in box/ü+%.mov");
  expect(rig.events).toEqual([
    {
      "detail-type": "Object Created",
      source: "aws.s3",
      resources: [`arn:aws:s3:::${Bucket}`],
      detail: {
        version: "0",
        bucket: { name: Bucket },
        object: {
          key: "in box/ü+%.mov",
          size: 4,
          etag: expect.stringMatching(/^[0-9a-f]{32}$/),
          sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
        },
        "request-id": expect.any(String),
        requester: "000000000000",
        "source-ip-address": "127.0.0.1",
        reason: "PutObject",
      },
    },
  ]);
});

it("every way of creating has its reason", async () => {
  await put("a");
  await client.send(new CopyObjectCommand({ Bucket, Key: "b", CopySource: `${Bucket}/a` }));
  const upload = { Bucket, Key: "c" };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload));
  const { ETag } = await client.send(
    new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: "x" }),
  );
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await client.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload }));
  const reasons = rig.events.map((event) => event.detail.reason);
  expect(reasons).toEqual(["PutObject", "CopyObject", "CompleteMultipartUpload"]);
});

it("sequencers of one key grow, even when the clock goes back", async () => {
  for (let turn = 0; turn < 5; turn += 1) await put("again");
  const marks = rig.events.map((event) => (event.detail.object as { sequencer: string }).sequencer);
  expect(marks).toEqual([...new Set(marks)].toSorted());
  const later = sequencer(rig.cloud.store, Date.now() + 60_000);
  expect(sequencer(rig.cloud.store, 0) > later).toBe(true);
});

it("a deletion says whether anything is left", async () => {
  await put("plain");
  await client.send(new DeleteObjectCommand({ Bucket, Key: "plain" }));
  await client.send(new DeleteObjectCommand({ Bucket, Key: "never there" }));
  const VersioningConfiguration = { Status: "Enabled" as const };
  await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  const { VersionId } = await put("kept");
  await client.send(new DeleteObjectCommand({ Bucket, Key: "kept" }));
  await client.send(new DeleteObjectCommand({ Bucket, Key: "kept", VersionId }));
  const told = rig.events.filter((event) => event["detail-type"] === "Object Deleted");
  expect(told.map(({ detail }) => detail)).toMatchObject([
    { "deletion-type": "Permanently Deleted", reason: "DeleteObject", object: { key: "plain" } },
    { "deletion-type": "Delete Marker Created", object: { key: "kept" } },
    { "deletion-type": "Permanently Deleted", object: { "version-id": VersionId } },
  ]);
});

it("a refused write and a bucket without EventBridge tell nothing", async () => {
  await put("there");
  rig.events.length = 0;
  const again = new PutObjectCommand({ Bucket, Key: "there", Body: "", IfNoneMatch: "*" });
  await expect(client.send(again)).rejects.toThrow();
  const NotificationConfiguration = {};
  await client.send(
    new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }),
  );
  await put("quiet");
  expect(rig.events).toEqual([]);
});

it("an event that cannot be put takes the object with it", async () => {
  rig.cloud.onEmit(() => {
    throw new Error("no bus");
  });
  await expect(put("half")).rejects.toThrow();
  rig.cloud.onEmit((event) => void rig.events.push(event));
  const listed = rig.cloud.store.all("SELECT key FROM s3_versions WHERE bucket = ?", Bucket);
  expect(listed).toEqual([]);
});

const FILE = recordingAt("events/s3-object-events.json");

// The recorded events lie beside the repository and are not part of it.
describe.skipIf(!existsSync(FILE))("events have the fields that AWS's were recorded with", () => {
  interface Recorded {
    event: { "detail-type": string; detail: Record<string, unknown> & { object: object } };
  }
  const recorded = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Recorded[]) : [];
  const spoken = ["Object Created", "Object Deleted"];
  const rows = recorded.filter(({ event }) => spoken.includes(event["detail-type"]));

  it.each(rows.map((row, index) => [row.event["detail-type"], index, row] as const))(
    "%s (%i)",
    async (_type, _index, { event }) => {
      const versioned = "version-id" in event.detail.object;
      const VersioningConfiguration = { Status: "Enabled" as const };
      if (versioned) {
        await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      }
      const { VersionId } = await put("key");
      await client.send(new DeleteObjectCommand({ Bucket, Key: "key", VersionId }));
      const found = rig.events.find((one) => one["detail-type"] === event["detail-type"]);
      expect(Object.keys(found?.detail ?? {}).toSorted()).toEqual(
        Object.keys(event.detail).toSorted(),
      );
      expect(Object.keys(found?.detail.object ?? {}).toSorted()).toEqual(
        Object.keys(event.detail.object).toSorted(),
      );
    },
  );
});
