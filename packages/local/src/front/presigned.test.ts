import { Readable } from "node:stream";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openIam } from "../iam/index.ts";
import { openRig, type Rig, roleArn } from "./testing.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

describe("S3", () => {
  const s3 = () => new S3Client(rig.at());

  it("hands over the path as sent and the body unread, with its claim", async () => {
    await s3().send(new PutObjectCommand({ Bucket: "films", Key: "a b/(c)+é/../x", Body: "film" }));
    expect(rig.seen.at(-1)).toMatchObject({
      rawPath: "/films/a%20b/%28c%29%2B%C3%A9/../x",
      signed: "header",
      payload: { kind: "sha256" },
    });
    expect(rig.seen.at(-1)?.body).toBeUndefined();
    expect(String(rig.bodies.at(-1))).toBe("film");
  });

  it("knows a streamed body with a trailer", async () => {
    await s3().send(
      new PutObjectCommand({
        Bucket: "films",
        Key: "s",
        Body: Readable.from([Buffer.from("film")]),
        ContentLength: 4,
      }),
    );
    expect(rig.seen.at(-1)?.payload).toEqual({ kind: "unsigned-trailer" });
  });

  it("lets a presigned address in, and nothing that differs from it", async () => {
    const address = await getSignedUrl(
      new S3Client({
        ...rig.at(rig.iam.keysFor(roleArn, "fn")),
        requestChecksumCalculation: "WHEN_REQUIRED",
      }),
      new PutObjectCommand({ Bucket: "films", Key: "k", Metadata: { a: "b" } }),
      { expiresIn: 60 },
    );
    expect((await fetch(address, { method: "PUT", body: "x" })).status).toBe(200);
    expect(rig.seen.at(-1)).toMatchObject({
      signed: "query",
      payload: { kind: "unsigned" },
      caller: { arn: expect.stringContaining("assumed-role/reader/fn") },
    });
    const spoiled: Record<string, () => Promise<Response>> = {
      method: () => fetch(address, { method: "GET" }),
      key: () => fetch(address.replace("/films/k", "/films/l"), { method: "PUT" }),
      metadata: () => fetch(address.replace("x-amz-meta-a=b", "x-amz-meta-a=c"), { method: "PUT" }),
      more: () => fetch(`${address}&partNumber=1`, { method: "PUT" }),
      life: () =>
        fetch(address.replace("X-Amz-Expires=60", "X-Amz-Expires=600"), { method: "PUT" }),
      token: () =>
        fetch(address.replace(/X-Amz-Security-Token=[^&]+/, "X-Amz-Security-Token=x"), {
          method: "PUT",
        }),
      "unsigned header": () =>
        fetch(address, { method: "PUT", headers: { "x-amz-acl": "public-read" } }),
      twice: () => fetch(`${address}&X-Amz-Expires=60`, { method: "PUT" }),
    };
    for (const [what, send] of Object.entries(spoiled)) {
      const answer = await send();
      expect([what, answer.status]).toEqual([
        what,
        what === "twice" || what === "token" ? 400 : 403,
      ]);
      expect(await answer.text()).toMatch(
        /<Code>(SignatureDoesNotMatch|AccessDenied|InvalidToken|AuthorizationQueryParametersError)</,
      );
    }
  });

  it("forgets a presigned address when its time is over", async () => {
    const address = await getSignedUrl(s3(), new GetObjectCommand({ Bucket: "films", Key: "k" }), {
      expiresIn: 60,
      signingDate: new Date(Date.now() - 61_000),
    });
    const answer = await fetch(address);
    expect([answer.status, await answer.text()]).toEqual([
      403,
      expect.stringContaining("Request has expired"),
    ]);
  });

  it("lets a presigned address of a role in after a restart", async () => {
    const before = openIam({
      dataDir: rig.dataDir,
      accountId: "000000000000",
      region: "us-east-1",
    });
    const address = await getSignedUrl(
      new S3Client(rig.at(before.keysFor(roleArn, "never asked for here"))),
      new GetObjectCommand({ Bucket: "films", Key: "k" }),
    );
    expect((await fetch(address)).status).toBe(200);
  });

  it("passes a request without a signature on as anonymous", async () => {
    await fetch(`${rig.front.origin}/films/k`);
    expect(rig.seen.at(-1)).toMatchObject({ signed: "none", caller: { arn: "anonymous" } });
  });

  it("understands a bucket in the host", async () => {
    await rig.raw({
      path: "/k",
      headers: { host: `films.localhost:${new URL(rig.front.origin).port}` },
    });
    expect(rig.seen.at(-1)?.rawPath).toBe("/films/k");
  });

  it("answers a HEAD without a body, and a fault without its cause", async () => {
    const answer = await rig.raw({ method: "HEAD", path: "/films/boom" });
    expect(answer).toMatchObject({ status: 500, text: "" });
    expect((await rig.raw({ path: "/films/boom" })).text).toMatch(
      /<Code>InternalError<.*<RequestId>[0-9a-f-]{36}</s,
    );
  });
});
