import { createHmac } from "node:crypto";
import { request } from "node:http";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucketName, openRig, type Rig } from "./testing.ts";
import { readForm } from "./wire/multipart.ts";

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

interface Options {
  key?: string;
  conditions?: unknown[];
  fields?: Record<string, string>;
  file?: Blob;
  fileName?: string;
  expiresInMs?: number;
  tamper?: (policy: string) => string;
}

/** Signs as a server would, and posts as a browser would. */
async function post(options: Options): Promise<Response> {
  const { accessKeyId, secretAccessKey } = rig.iam.operatorKeys;
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const day = date.slice(0, 8);
  const credential = `${accessKeyId}/${day}/us-east-1/s3/aws4_request`;
  const fixed = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": credential,
    "X-Amz-Date": date,
  };
  const conditions = [
    { bucket: Bucket },
    ...Object.entries(fixed).map(([name, value]) => ({ [name]: value })),
    ...(options.conditions ?? [["starts-with", "$key", "uploads/"]]),
  ];
  const expiration = new Date(Date.now() + (options.expiresInMs ?? 60_000)).toISOString();
  const policy = Buffer.from(JSON.stringify({ expiration, conditions })).toString("base64");
  const parts = [day, "us-east-1", "s3", "aws4_request"];
  const signingKey = parts.reduce<Buffer>(
    (key, part) => createHmac("sha256", key).update(part).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  const form = new FormData();
  form.append("key", options.key ?? "uploads/${filename}");
  for (const [name, value] of Object.entries({ ...fixed, ...options.fields })) {
    form.append(name, value);
  }
  form.append("Policy", options.tamper?.(policy) ?? policy);
  form.append("X-Amz-Signature", createHmac("sha256", signingKey).update(policy).digest("hex"));
  form.append("file", options.file ?? new Blob(["film"]), options.fileName ?? "film.mov");
  return fetch(`${rig.origin}/${Bucket}`, { method: "POST", body: form });
}

describe("a browser's form", () => {
  it("stores its file under the file's own name", async () => {
    expect((await post({ fileName: 'holi"day 1.mov' })).status).toBe(204);
    const Key = "uploads/holi%22day 1.mov"; // browsers send a quote as %22
    const got = await client.send(new GetObjectCommand({ Bucket, Key }));
    expect(await got.Body?.transformToString()).toBe("film");
  });

  it("may ask for 201 with a document, or for another page", async () => {
    const created = await post({
      conditions: [
        ["starts-with", "$key", ""],
        ["eq", "$success_action_status", "201"],
      ],
      fields: { success_action_status: "201" },
    });
    expect(created.status).toBe(201);
    expect(await created.text()).toMatch(/<PostResponse.*<Key>uploads\/film\.mov<\/Key>/s);
  });

  it("keeps type and metadata that its policy names", async () => {
    const sent = await post({
      key: "uploads/typed",
      conditions: [
        ["starts-with", "$key", "uploads/"],
        ["starts-with", "$Content-Type", "video/"],
        { "x-amz-meta-title": "Holiday" },
      ],
      fields: { "Content-Type": "video/mp4", "x-amz-meta-title": "Holiday" },
    });
    expect(sent.status).toBe(204);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: "uploads/typed" }));
    expect(head).toMatchObject({ ContentType: "video/mp4", Metadata: { title: "Holiday" } });
  });

  it.each<[string, Options, number, string]>([
    [
      "too large a file",
      {
        conditions: [
          ["starts-with", "$key", ""],
          ["content-length-range", 0, 3],
        ],
      },
      400,
      "EntityTooLarge",
    ],
    [
      "too small a file",
      {
        conditions: [
          ["starts-with", "$key", ""],
          ["content-length-range", 5, 9],
        ],
      },
      400,
      "EntityTooSmall",
    ],
    ["a key outside the policy", { key: "elsewhere/film" }, 403, "AccessDenied"],
    [
      "a changed policy",
      {
        tamper: (policy) =>
          Buffer.from(String(Buffer.from(policy, "base64")).replace("uploads/", "")).toString(
            "base64",
          ),
      },
      403,
      "SignatureDoesNotMatch",
    ],
    ["an expired policy", { expiresInMs: -1 }, 403, "AccessDenied"],
    [
      "a field that no condition names",
      { fields: { "x-amz-meta-extra": "1" } },
      403,
      "AccessDenied",
    ],
    ["a policy that is none", { tamper: () => "bm9uZQ==" }, 400, "InvalidPolicyDocument"],
  ])("is refused for %s", async (_what, options, status, code) => {
    const sent = await post(options);
    expect([sent.status, /<Code>(.*)<\/Code>/.exec(await sent.text())?.[1]]).toEqual([
      status,
      code,
    ]);
  });

  it("without a policy is anonymous, and refused", async () => {
    const form = new FormData();
    form.append("key", "anybody");
    form.append("file", new Blob(["x"]), "x");
    const sent = await fetch(`${rig.origin}/${Bucket}`, { method: "POST", body: form });
    expect(sent.status).toBe(403);
  });

  it.each([
    ["no boundary", "multipart/form-data", "hello"],
    ["another boundary", "multipart/form-data; boundary=a", "--b\r\n"],
    [
      "no end",
      "multipart/form-data; boundary=a",
      '--a\r\nContent-Disposition: form-data; name="key"\r\n\r\nx',
    ],
    ["no name", "multipart/form-data; boundary=a", "--a\r\nX: y\r\n\r\nx\r\n--a--\r\n"],
    ["nothing", "multipart/form-data; boundary=a", ""],
  ])("that is malformed (%s) is a 400, and the process lives", async (_what, type, body) => {
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request(
        `${rig.origin}/${Bucket}`,
        { method: "POST", headers: { "content-type": type } },
        (response) => {
          response.resume();
          response.on("end", () => resolve(response.statusCode ?? 0));
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
    expect(status).toBe(400);
  });
});

it("a form is read the same however it is cut", async () => {
  const body = Buffer.from(
    '--b\r\nContent-Disposition: form-data; name="Key"\r\n\r\nva\r\nlue\r\n--b\r\n' +
      'Content-Disposition: form-data; name="file"; filename="f"\r\nContent-Type: a/b\r\n\r\n' +
      "by\r\n--tes\r\n-\r\n--b--\r\n",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (cuts) => {
      const form = await readForm(cut(body, cuts), "multipart/form-data; boundary=b");
      const file: Uint8Array[] = [];
      for await (const piece of form.file?.bytes ?? []) file.push(piece);
      expect([...form.fields]).toEqual([["key", "va\r\nlue"]]);
      expect(String(Buffer.concat(file))).toBe("by\r\n--tes\r\n-");
    }),
    { numRuns: 50 },
  );
});

async function* cut(bytes: Buffer, sizes: number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
