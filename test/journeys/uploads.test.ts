import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Uploads from "../../packages/core/src/aws/uploads.ts";
import { ended, type TestLaptop, testLaptop } from "../support/laptop.ts";
import { clip } from "../support/media.ts";
import { newcomer, type Person, signIn } from "../support/people.ts";
import { until } from "../support/until.ts";

const MIB = 1024 ** 2;

let here: TestLaptop;
let editor: Person;
let other: Person;
let s3: S3Client;
let Bucket: string;
beforeAll(async () => {
  here = await testLaptop();
  s3 = new S3Client(here.config);
  Bucket = here.laptop.endpoints.resources.SourceBucket ?? "";
  const user = here.users.find(({ group }) => group === "editor");
  if (!user) throw new Error("nobody is an editor");
  editor = await signIn(here, user);
  other = await signIn(here, await newcomer(here, { email: "o@example.com", group: "editor" }));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: here.config.endpoint,
    AWS_REGION: here.config.region,
    AWS_ACCESS_KEY_ID: here.config.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: here.config.credentials.secretAccessKey,
  });
}, 60_000);
afterAll(() => here?.[Symbol.asyncDispose]());

interface Put {
  url: string;
  headers: Record<string, string>;
}
interface Upload {
  id: string;
  kind: string;
  state: string;
  partCount: number;
  partSizeBytes: number;
  arrived?: { number: number; sizeBytes: number }[];
  put: Put;
}
interface Opened {
  video: { id: string; status: string; phase: string; attempt: number };
  upload: Upload;
}

/** Asks the API, and answers what it said. */
async function ask<T>(method: string, path: string, body?: object, by = editor) {
  const answer = await fetch(`${here.laptop.endpoints.api}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${by.access}`,
      ...(body ? { "content-type": "application/json" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text ? JSON.parse(text) : undefined) as T };
}

async function open(sizeBytes: number, type = "video/mp4"): Promise<Opened> {
  const wish = { filename: "film.mp4", sizeBytes, type };
  const { status, body } = await ask<Opened>("POST", "/videos", wish);
  expect(status).toBe(201);
  return body;
}

const pathOf = ({ video, upload }: Opened) => `/videos/${video.id}/uploads/${upload.id}`;
const keyOf = ({ video, upload }: Opened) => `uploads/${video.id}/${upload.id}/source`;

function send({ url, headers }: Put, body: Buffer, change: Record<string, string> = {}) {
  return fetch(url, {
    method: "PUT",
    headers: { ...headers, ...change },
    body: new Uint8Array(body),
  });
}

async function refusal(answer: Response): Promise<string> {
  const code = /<Code>(\w+)<\/Code>/.exec(await answer.text())?.[1];
  return `${answer.status} ${code}`;
}

const sumOf = (bytes: Buffer) => {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString("base64");
};

async function versions(one: Opened): Promise<number> {
  const found = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: keyOf(one) }));
  return found.Versions?.length ?? 0;
}

describe("an address for one PUT", () => {
  it("takes just the file that was said: its length, its type, and once", async () => {
    const bytes = readFileSync(await clip({ seconds: 2 }));
    const one = await open(bytes.length);
    const { put } = one.upload;
    const longer = Buffer.concat([bytes, Buffer.alloc(1)]);
    expect(await refusal(await send(put, longer))).toBe("403 SignatureDoesNotMatch");
    expect(await refusal(await send(put, bytes.subarray(1)))).toBe("403 SignatureDoesNotMatch");
    const typed = await send(put, bytes, { "content-type": "text/html" });
    expect(await refusal(typed)).toBe("403 SignatureDoesNotMatch");
    const { "if-none-match": _, ...unconditional } = put.headers;
    expect((await send({ ...put, headers: unconditional }, bytes)).status).toBe(403);
    const elsewhere = put.url.replace(one.upload.id, "upl_01BX5ZZKBKACTAV9WEVGEMMVRZ");
    expect(await refusal(await send({ ...put, url: elsewhere }, bytes))).toBe(
      "403 SignatureDoesNotMatch",
    );
    expect((await send(put, bytes)).status).toBe(200);
    expect(await refusal(await send(put, bytes))).toBe("412 PreconditionFailed");
    expect(await versions(one)).toBe(1);
    expect((await ask<Upload>("POST", `${pathOf(one)}/complete`, {})).body.state).toBe("completed");
    expect(await ended(here, () => one.video.id)).toMatchObject({ status: "READY" });
  });

  it("is good until it expires", async () => {
    const one = await open(4);
    const place = { bucket: Bucket, key: keyOf(one) };
    const file = { sizeBytes: 4, type: "video/mp4" };
    const old = await Uploads.put(place, file, { atMs: Date.now() - 10_000, seconds: 5 });
    expect(await refusal(await send(old, Buffer.from("film")))).toBe("403 AccessDenied");
    const young = await Uploads.put(place, file, { atMs: Date.now() - 10_000, seconds: 60 });
    expect((await send(young, Buffer.from("film"))).status).toBe(200);
  });
});

describe("an upload in parts", () => {
  interface Addresses {
    parts: (Put & { number: number; sizeBytes: number })[];
  }

  async function addresses(one: Opened, bytes: Buffer, numbers: number[]) {
    const { partSizeBytes: size } = one.upload;
    const parts = numbers.map((number) => ({
      number,
      crc32: sumOf(bytes.subarray((number - 1) * size, number * size)),
    }));
    const { status, body } = await ask<Addresses>("POST", `${pathOf(one)}/addresses`, { parts });
    expect(status).toBe(200);
    return body.parts.map((part) => ({
      ...part,
      bytes: bytes.subarray((part.number - 1) * size, part.number * size),
    }));
  }

  it("goes on where it stopped, and is whole in the end", async () => {
    const film = readFileSync(await clip({ seconds: 2 }));
    const padding = Buffer.alloc(33 * MIB);
    padding.writeUInt32BE(padding.length);
    padding.write("free", 4);
    const bytes = Buffer.concat([film, padding]);
    const one = await open(bytes.length);
    expect(one.upload).toMatchObject({ kind: "multipart", partCount: 3 });
    for (const part of await addresses(one, bytes, [3, 1])) {
      expect((await send(part, part.bytes)).status).toBe(200);
    }
    const early = await ask<{ code: string; missing: number[] }>(
      "POST",
      `${pathOf(one)}/complete`,
      {},
    );
    expect(early).toMatchObject({ status: 409, body: { code: "UploadIncomplete", missing: [2] } });
    const { body: seen } = await ask<Upload>("GET", pathOf(one));
    expect(seen.arrived?.map(({ number }) => number)).toEqual([1, 3]);
    const [part] = await addresses(one, bytes, [2]);
    if (!part) throw new Error("There is no part.");
    expect((await send(part, part.bytes)).status).toBe(200);
    const done = await Promise.all(
      [1, 2].map(() => ask<Upload>("POST", `${pathOf(one)}/complete`, {})),
    );
    expect(done.map(({ status, body }) => [status, body.state])).toEqual([
      [200, "completed"],
      [200, "completed"],
    ]);
    const stored = await s3.send(new GetObjectCommand({ Bucket, Key: keyOf(one) }));
    const hash = createHash("sha256").update(
      (await stored.Body?.transformToByteArray()) ?? new Uint8Array(),
    );
    expect(hash.digest("hex")).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(stored.ContentType).toBe("video/mp4");
    expect(await versions(one)).toBe(1);
    expect(await ended(here, () => one.video.id)).toMatchObject({ status: "READY", attempt: 1 });
  });

  it("takes each part in its own size, sum and place", async () => {
    const bytes = randomBytes(33 * MIB);
    const one = await open(bytes.length);
    const [part, next] = await addresses(one, bytes, [1, 2]);
    if (!part || !next) throw new Error("There are no parts.");
    expect(await refusal(await send(part, part.bytes.subarray(1)))).toBe(
      "403 SignatureDoesNotMatch",
    );
    const longer = Buffer.concat([part.bytes, Buffer.alloc(1)]);
    expect(await refusal(await send(part, longer))).toBe("403 SignatureDoesNotMatch");
    const broken = Buffer.from(part.bytes);
    broken[7] = (broken[7] ?? 0) ^ 1;
    expect(await refusal(await send(part, broken))).toBe("400 BadDigest");
    const elsewhere = { ...part, url: part.url.replace("partNumber=1", "partNumber=2") };
    expect(await refusal(await send(elsewhere, part.bytes))).toBe("403 SignatureDoesNotMatch");
    const foreign = await ask<{ code: string; fields: { path: string }[] }>(
      "POST",
      `${pathOf(one)}/addresses`,
      { parts: [{ number: 4, crc32: sumOf(bytes) }] },
    );
    expect(foreign).toMatchObject({
      status: 400,
      body: { code: "RequestInvalid", fields: [{ path: "body.parts.0.number" }] },
    });
    for (const path of [pathOf(one), `${pathOf(one)}/addresses`, `${pathOf(one)}/complete`]) {
      const method = path === pathOf(one) ? "GET" : "POST";
      const body = method === "POST" ? {} : undefined;
      expect((await ask<{ code: string }>(method, path, body, other)).body.code).toBe(
        "VideoNotFound",
      );
    }
  });

  it("given up leaves nothing at S3, and what comes late is taken away", async () => {
    const bytes = randomBytes(33 * MIB);
    const one = await open(bytes.length);
    const [part] = await addresses(one, bytes, [1]);
    if (!part) throw new Error("There is no part.");
    expect((await send(part, part.bytes)).status).toBe(200);
    expect((await ask("DELETE", pathOf(one))).status).toBe(204);
    expect((await ask("DELETE", pathOf(one))).status).toBe(204);
    expect(await refusal(await send(part, part.bytes))).toBe("404 NoSuchUpload");
    const left = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: keyOf(one) }));
    expect(left.Uploads ?? []).toEqual([]);
    expect((await ask<Opened["video"]>("GET", `/videos/${one.video.id}`)).body).toMatchObject({
      status: "CANCELED",
      phase: "canceled",
    });

    const small = await open(4);
    expect((await ask("DELETE", pathOf(small))).status).toBe(204);
    expect((await send(small.upload.put, Buffer.from("film"))).status).toBe(200);
    await until("the late object to go", async () => (await versions(small)) === 0);
  });
});

describe("another source", () => {
  it("makes the next attempt; the one before plays until then", async () => {
    const [first, second] = await Promise.all([
      clip({ seconds: 2 }),
      clip({ seconds: 3, size: "320x180" }),
    ]);
    const one = await open(readFileSync(first).length);
    await send(one.upload.put, readFileSync(first));
    await ended(here, () => one.video.id);
    const { status, body } = await ask<Opened>("PUT", `/videos/${one.video.id}/source`, {
      filename: "b.mp4",
      sizeBytes: readFileSync(second).length,
      type: "video/mp4",
    });
    expect([status, body.video]).toMatchObject([202, { status: "READY", attempt: 1 }]);
    await send(body.upload.put, readFileSync(second));
    await until("the next attempt", async () => {
      const now = await ask<{ published?: { attempt: number } }>("GET", `/videos/${one.video.id}`);
      return now.body.published?.attempt === 2;
    });
  });
});
