import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetObjectAttributesCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as Cors from "./cors.ts";
import { bucketName, openRig, type Rig } from "./testing.ts";

let rig: Rig;
let client: S3Client;
let Bucket: string;
let moved = 0;
const DAY_MS = 86_400_000;

beforeAll(async () => {
  rig = await openRig({ S3Client, now: () => Date.now() + moved });
  client = rig.client();
});
beforeEach(async () => {
  moved = 0;
  Bucket = bucketName();
  await client.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => rig.close());

describe("CORS", () => {
  const CORSRules = [
    {
      AllowedOrigins: ["https://app.example", "https://*.test"],
      AllowedMethods: ["PUT", "GET"],
      AllowedHeaders: ["content-type", "x-amz-*"],
      ExposeHeaders: ["ETag"],
      MaxAgeSeconds: 600,
    },
  ];
  const ask = (headers: Record<string, string>) =>
    fetch(`${rig.origin}/${Bucket}/some/key`, { method: "OPTIONS", headers });

  beforeEach(() =>
    client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } })),
  );

  it("rules are stored and given back", async () => {
    const got = await client.send(new GetBucketCorsCommand({ Bucket }));
    expect(got.CORSRules).toEqual(CORSRules);
  });

  it("an unsigned preflight that the rules allow passes", async () => {
    const answer = await ask({
      origin: "https://app.example",
      "access-control-request-method": "PUT",
      "access-control-request-headers": "content-type,x-amz-meta-title",
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://app.example");
    expect(answer.headers.get("access-control-allow-methods")).toBe("PUT, GET");
    expect(answer.headers.get("access-control-max-age")).toBe("600");
  });

  it.each([
    { origin: "https://evil.example", "access-control-request-method": "PUT" },
    { origin: "https://app.example", "access-control-request-method": "DELETE" },
    {
      origin: "https://app.example",
      "access-control-request-method": "PUT",
      "access-control-request-headers": "authorization",
    },
  ])("another does not: %j", async (headers) => {
    expect((await ask(headers)).status).toBe(403);
  });

  it("the real answer exposes the ETag, also where it is a refusal", async () => {
    const answer = await fetch(`${rig.origin}/${Bucket}/some/key`, {
      headers: { origin: "https://one.test" },
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://one.test");
    expect(answer.headers.get("access-control-expose-headers")).toBe("ETag");
  });

  it("the first rule that fits counts, and * is answered as *", () => {
    const rules = [
      { AllowedOrigins: ["https://a.test"], AllowedMethods: ["GET"] },
      { AllowedOrigins: ["*"], AllowedMethods: ["GET"], MaxAgeSeconds: 5 },
    ];
    const crossing = { method: "GET", headers: [] };
    const allowed = (origin: string) => Cors.allow(rules, { origin, ...crossing });
    expect(allowed("https://a.test")).toMatchObject({
      "Access-Control-Allow-Origin": "https://a.test",
      "Access-Control-Allow-Credentials": "true",
    });
    expect(allowed("https://b.test")).toMatchObject({ "Access-Control-Allow-Origin": "*" });
  });
});

describe("notifications", () => {
  it("to EventBridge are stored and given back", async () => {
    const NotificationConfiguration = { EventBridgeConfiguration: {} };
    await client.send(
      new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }),
    );
    const got = await client.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    expect(got.EventBridgeConfiguration).toEqual({});
  });

  it("to a queue are refused by name", async () => {
    const QueueArn = "arn:aws:sqs:us-east-1:000000000000:q";
    const QueueConfigurations = [{ QueueArn, Events: ["s3:ObjectCreated:*" as const] }];
    const NotificationConfiguration = { QueueConfigurations };
    const refused = client.send(
      new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }),
    );
    await expect(refused).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("QueueConfigurations"),
    });
  });
});

it("what is not implemented says its name", async () => {
  const WebsiteConfiguration = { IndexDocument: { Suffix: "index.html" } };
  const refused = client.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }));
  await expect(refused).rejects.toMatchObject({
    name: "NotImplemented",
    message: expect.stringContaining("PutBucketWebsite"),
    $metadata: { httpStatusCode: 501 },
  });
});

it("tags are put with the object or after it, and counted", async () => {
  const named = { Bucket, Key: "tagged" };
  await client.send(new PutObjectCommand({ ...named, Body: "", Tagging: "a=1&b=two%20words" }));
  const first = await client.send(new GetObjectTaggingCommand(named));
  expect(first.TagSet).toEqual([
    { Key: "a", Value: "1" },
    { Key: "b", Value: "two words" },
  ]);
  const Tagging = { TagSet: [{ Key: "c", Value: "" }] };
  await client.send(new PutObjectTaggingCommand({ ...named, Tagging }));
  expect((await client.send(new HeadObjectCommand(named))).TagCount).toBe(1);
});

it("attributes are told as far as they are asked for", async () => {
  const named = { Bucket, Key: "known" };
  await client.send(new PutObjectCommand({ ...named, Body: "film" }));
  const got = await client.send(
    new GetObjectAttributesCommand({ ...named, ObjectAttributes: ["ETag", "Checksum"] }),
  );
  expect(got.ETag).toMatch(/^[0-9a-f]{32}$/);
  expect(got.Checksum).toMatchObject({ ChecksumType: "FULL_OBJECT" });
  expect(got.ObjectSize).toBeUndefined();
});

describe("lifecycle", () => {
  const rule = (Rule: object) =>
    client.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket,
        LifecycleConfiguration: {
          Rules: [{ ID: "r", Status: "Enabled", Filter: { Prefix: "old/" }, ...Rule }],
        },
      }),
    );
  const put = (Key: string) => client.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
  const keys = async () => {
    const { Versions = [], DeleteMarkers = [] } = await client.send(
      new ListObjectVersionsCommand({ Bucket }),
    );
    return [...Versions.map((one) => one.Key), ...DeleteMarkers.map((one) => `-${one.Key}`)];
  };
  const later = (days: number) => {
    moved = days * DAY_MS;
    rig.s3.start?.();
    moved = 0;
    return rig.s3.stop?.();
  };

  it("is stored and given back", async () => {
    await rule({ Expiration: { Days: 3 } });
    const got = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(got.Rules).toEqual([
      { ID: "r", Status: "Enabled", Filter: { Prefix: "old/" }, Expiration: { Days: 3 } },
    ]);
  });

  it("expires objects that are old enough, below the prefix", async () => {
    await rule({ Expiration: { Days: 3 } });
    await put("old/a");
    await put("young/a");
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: "old/a" }));
    expect(head.Expiration).toMatch(/^expiry-date=".* 00:00:00 GMT", rule-id="r"$/);
    await later(2);
    expect(await keys()).toEqual(["old/a", "young/a"]);
    await later(5);
    expect(await keys()).toEqual(["young/a"]);
  });

  it("hides in a versioned bucket, expires old versions, removes lone markers", async () => {
    const VersioningConfiguration = { Status: "Enabled" as const };
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    await put("old/a");
    await rule({ Expiration: { Days: 1 } });
    await later(3);
    expect(await keys()).toEqual(["old/a", "-old/a"]);
    await rule({ NoncurrentVersionExpiration: { NoncurrentDays: 1 } });
    await later(6);
    expect(await keys()).toEqual(["-old/a"]);
    await rule({ Expiration: { ExpiredObjectDeleteMarker: true } });
    await later(7);
    expect(await keys()).toEqual([]);
  });

  it("aborts uploads that nobody completes", async () => {
    await rule({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } });
    for (const Key of ["old/film", "young/film"]) {
      await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    }
    await later(3);
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads?.map((upload) => upload.Key)).toEqual(["young/film"]);
  });
});
