import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bucketName, openRig, type Rig } from "./testing.ts";
import { flat, read, struct, write } from "./wire/xml.ts";

let rig: Rig;
const Bucket = bucketName();

beforeAll(async () => {
  rig = await openRig({ S3Client });
  await rig.client().send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => rig.close());

const files = (dataDir = rig.dataDir) =>
  (readdirSync(join(dataDir, "s3"), { recursive: true }) as string[]).filter((name) =>
    /[0-9a-f]{32}$/.test(name),
  );

it("a request that breaks off half-way leaves nothing", async () => {
  const before = files().length;
  const signer = rig.client({ requestChecksumCalculation: "WHEN_REQUIRED" });
  const url = await getSignedUrl(signer, new PutObjectCommand({ Bucket, Key: "half" }));
  await new Promise<void>((resolve) => {
    const sent = request(url, { method: "PUT", headers: { "content-length": 10_000_000 } });
    sent.on("error", () => resolve());
    sent.write(Buffer.alloc(2_000_000), () => sent.destroy());
  });
  await expect.poll(() => files().length).toBe(before);
  const got = rig.client().send(new GetObjectCommand({ Bucket, Key: "half" }));
  await expect(got).rejects.toMatchObject({ name: "NoSuchKey" });
});

it("objects are there after a restart; bodies that no row names are not", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "rushes-again-"));
  const first = await openRig({ S3Client, dataDir });
  await first.client().send(new CreateBucketCommand({ Bucket }));
  await first.client().send(new PutObjectCommand({ Bucket, Key: "kept", Body: "film" }));
  await first.close();
  const [kept = ""] = files(dataDir);
  const orphan = join(dataDir, "s3", kept).replace(/[0-9a-f]{4}$/, "zzzz");
  writeFileSync(orphan, "written, never committed");
  writeFileSync(join(dataDir, "s3/incoming", "f".repeat(32)), "never finished");
  const second = await openRig({ S3Client, dataDir });
  expect(files(dataDir)).toEqual([kept]);
  const got = await second.client().send(new GetObjectCommand({ Bucket, Key: "kept" }));
  expect(await got.Body?.transformToString()).toBe("film");
  await second.close();
  rmSync(dataDir, { recursive: true });
});

it.each([
  ["a path that is no UTF-8", "GET /b/%ff%fe HTTP/1.1"],
  ["a path with a broken escape", "GET /b/%zz HTTP/1.1"],
  ["a query that is none", "GET /b?&&&=&x=%ff HTTP/1.1"],
  ["a method nobody knows", "PATCH /b/k HTTP/1.1"],
  ["a bucket with dots", "GET /../../etc/passwd HTTP/1.1"],
  ["a NUL in a key", "GET /b/%00 HTTP/1.1"],
  ["two sub-resources", "GET /b?acl&policy&uploads HTTP/1.1"],
])("the process lives after %s", async (_what, line) => {
  const port = Number(new URL(rig.origin).port);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(`${line}\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`),
    );
    let text = "";
    socket.on("data", (part) => {
      text += part;
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
});

it.each([
  ["CreateBucketConfiguration", "PUT", "", "<open"],
  ["Delete", "POST", "?delete", "<Delete><Object/></Delete"],
  ["an entity bomb", "PUT", "?tagging", '<!DOCTYPE a [<!ENTITY b "c">]><Tagging>&b;</Tagging>'],
  ["another root", "PUT", "?versioning", "<Versions/>"],
  [
    "a number that is none",
    "PUT",
    "?lifecycle",
    "<LifecycleConfiguration><Rule><Expiration><Days>x</Days></Expiration></Rule></LifecycleConfiguration>",
  ],
])("malformed XML (%s) is a 400", async (_what, method, query, body) => {
  const command = new PutObjectCommand({ Bucket, Key: "x" });
  const signer = rig.client({ requestChecksumCalculation: "WHEN_REQUIRED" });
  signer.middlewareStack.add(
    (next) => (args) => {
      const sent = args.request as {
        method: string;
        path: string;
        query: Record<string, string>;
        body: string;
        headers: Record<string, string>;
      };
      sent.method = method;
      sent.path = `/${Bucket}`;
      sent.query = query ? { [query.slice(1)]: "" } : {};
      sent.body = body;
      sent.headers["content-length"] = String(body.length);
      sent.headers["content-md5"] = "";
      delete sent.headers["content-md5"];
      sent.headers["x-amz-checksum-crc32"] = "";
      delete sent.headers["x-amz-checksum-crc32"];
      return next(args);
    },
    { step: "build", priority: "low" },
  );
  await expect(signer.send(command)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
});

it("any text goes through XML and comes back", () => {
  const shape = struct({ Keys: flat("Key"), One: "text" });
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), fc.string(), (Keys, One) => {
      const value = Keys.length ? { Keys, One } : { One };
      expect(read(write("Root", shape, value), "Root", shape)).toEqual(value);
    }),
  );
});

it("a refusal before a large body is read still reaches the client", async () => {
  const client = rig.client();
  const Key = "refused-early";
  await client.send(new PutObjectCommand({ Bucket, Key, Body: "first" }));
  const Body = Buffer.alloc(24 * 1024 ** 2);
  const put = client.send(new PutObjectCommand({ Bucket, Key, Body, IfNoneMatch: "*" }));
  await expect(put).rejects.toMatchObject({ name: "PreconditionFailed" });
});
