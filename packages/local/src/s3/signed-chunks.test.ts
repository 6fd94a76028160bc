import { createHash, createHmac } from "node:crypto";
import { CreateBucketCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bucketName, openRig, type Rig } from "./testing.ts";

let rig: Rig;
const Bucket = bucketName();

beforeAll(async () => {
  rig = await openRig({ S3Client });
  await rig.client().send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => rig.close());

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: Buffer | string, text: string) =>
  createHmac("sha256", key).update(text).digest();

/** Signs a PUT and each of its chunks as older SDKs do. */
async function put(Key: string, chunks: string[], tamper = (body: string) => body) {
  const { accessKeyId, secretAccessKey } = rig.iam.operatorKeys;
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const key = scope.split("/").reduce<Buffer | string>(hmac, `AWS4${secretAccessKey}`);
  const headers: Record<string, string> = {
    host: new URL(rig.origin).host,
    "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "x-amz-date": date,
    "x-amz-decoded-content-length": String(chunks.join("").length),
  };
  const names = Object.keys(headers);
  const canonical = [
    "PUT",
    `/${Bucket}/${Key}`,
    "",
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    headers["x-amz-content-sha256"],
  ].join("\n");
  const sign = (...lines: string[]) => hmac(key, lines.join("\n")).toString("hex");
  let previous = sign("AWS4-HMAC-SHA256", date, scope, sha256(canonical));
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${previous}`;
  const framed = [...chunks, ""].map((chunk) => {
    previous = sign("AWS4-HMAC-SHA256-PAYLOAD", date, scope, previous, sha256(""), sha256(chunk));
    return `${chunk.length.toString(16)};chunk-signature=${previous}\r\n${chunk}\r\n`;
  });
  const { host: _host, ...sent } = headers;
  return fetch(`${rig.origin}/${Bucket}/${Key}`, {
    method: "PUT",
    headers: sent,
    body: tamper(framed.join("")),
  });
}

it("a body whose chunks are signed is stored without their framing", async () => {
  const answer = await put("signed", ["take one, ", "take two"]);
  expect(answer.status).toBe(200);
  const got = await rig.client().send(new GetObjectCommand({ Bucket, Key: "signed" }));
  expect(await got.Body?.transformToString()).toBe("take one, take two");
});

it.each([
  ["changed", (body: string) => body.replace("take two", "take 2 !")],
  [
    "swapped",
    (body: string) =>
      body
        .split("\r\n")
        .toSpliced(0, 4, ...[2, 3, 0, 1].map((at) => body.split("\r\n")[at] ?? ""))
        .join("\r\n"),
  ],
])("a chunk that was %s on the way is refused", async (_what, tamper) => {
  const answer = await put("tampered", ["take one", "take two"], tamper);
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain("SignatureDoesNotMatch");
});
