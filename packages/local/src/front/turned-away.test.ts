import { EventBridgeClient, ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRig, type Rig } from "./testing.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

describe("what is turned away", () => {
  it.each([
    {
      what: "an unknown key",
      keys: { accessKeyId: "AKIANOBODY", secretAccessKey: "x" },
      name: "InvalidAccessKeyId",
      status: 403,
    },
    {
      what: "a wrong secret",
      keys: { secretAccessKey: "x" },
      name: "SignatureDoesNotMatch",
      status: 403,
    },
    {
      what: "a token where none belongs",
      keys: { sessionToken: "x" },
      name: "InvalidToken",
      status: 400,
    },
  ])("$what at S3: $name", async ({ keys, name, status }) => {
    await expect(
      new S3Client(rig.at({ ...rig.iam.operatorKeys, ...keys })).send(
        new GetObjectCommand({ Bucket: "b", Key: "k" }),
      ),
    ).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
  });

  it.each([
    {
      what: "an unknown key",
      keys: { accessKeyId: "AKIANOBODY", secretAccessKey: "x" },
      name: "UnrecognizedClientException",
    },
    { what: "a wrong secret", keys: { secretAccessKey: "x" }, name: "InvalidSignatureException" },
  ])("$what in JSON: $name", async ({ keys, name }) => {
    await expect(
      new SFNClient(rig.at({ ...rig.iam.operatorKeys, ...keys })).send(
        new DescribeExecutionCommand({ executionArn: "x" }),
      ),
    ).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });

  it("a wrong secret in the query protocol", async () => {
    await expect(
      new SNSClient(rig.at({ ...rig.iam.operatorKeys, secretAccessKey: "x" })).send(
        new ListTopicsCommand({}),
      ),
    ).rejects.toMatchObject({ name: "SignatureDoesNotMatch", $metadata: { httpStatusCode: 403 } });
  });

  it.each([-20, 20])("a clock that is %i minutes off", async (minutes) => {
    const client = new S3Client({ ...rig.at(), systemClockOffset: minutes * 60_000 });
    await expect(
      client.send(new GetObjectCommand({ Bucket: "b", Key: "k" })),
    ).rejects.toMatchObject({ name: "RequestTimeTooSkewed" });
  });

  it("another region", async () => {
    await expect(
      new SFNClient({ ...rig.at(), region: "eu-west-1" }).send(
        new DescribeExecutionCommand({ executionArn: "x" }),
      ),
    ).rejects.toMatchObject({
      name: "InvalidSignatureException",
      message: expect.stringContaining("us-east-1"),
    });
  });

  it("a body that is not the one that was signed", async () => {
    const client = new SFNClient(rig.at());
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { body: string }).body = '{"executionArn":"arn:y"}';
        return next(args);
      },
      { step: "finalizeRequest", priority: "low" },
    );
    await expect(
      client.send(new DescribeExecutionCommand({ executionArn: "arn:x" })),
    ).rejects.toMatchObject({ name: "InvalidSignatureException" });
  });

  it("a body too large to hold", async () => {
    const input = "x".repeat(18 * 1024 * 1024);
    await expect(
      new SFNClient(rig.at()).send(new StartExecutionCommand({ stateMachineArn: "x", input })),
    ).rejects.toMatchObject({ name: "RequestEntityTooLargeException" });
  });

  it("a body without end, after hearing why", async () => {
    const answer = await fetch(`${rig.front.origin}/films/k?X-Amz-Signature=x`, {
      method: "PUT",
      body: new Blob([new Uint8Array(32 * 1024 * 1024)]).stream(),
      duplex: "half",
    } as RequestInit);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("<Code>")]);
  });

  it.each([
    { what: "a name pointed at this machine", headers: { host: "evil.example:4566" } },
    { what: "our address on another port", headers: { host: "127.0.0.1:1" } },
  ])("$what", async ({ headers }) => {
    expect(await rig.raw({ path: "/films/k", headers })).toMatchObject({ status: 403 });
  });

  it.each([
    { origin: "https://evil.example", status: 400 },
    { origin: "null", status: 400 },
  ])("a page of $origin", async ({ origin, status }) => {
    const answer = await rig.raw({
      method: "POST",
      path: "/",
      headers: { origin, "x-amz-target": "AWSStepFunctions.DescribeExecution" },
    });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text).__type).toBe("AccessDeniedException");
  });

  it("a JSON call without a signature, and a signature in two places", async () => {
    expect(
      (
        await rig.raw({
          method: "POST",
          path: "/",
          headers: { "x-amz-target": "AWSStepFunctions.DescribeExecution" },
        })
      ).text,
    ).toContain("MissingAuthenticationToken");
    const address = new URL(
      await getSignedUrl(new S3Client(rig.at()), new GetObjectCommand({ Bucket: "b", Key: "k" })),
    );
    const both = await rig.raw({
      path: address.pathname + address.search,
      headers: { authorization: "AWS4-HMAC-SHA256 Credential=a/b/c/s3/aws4_request" },
    });
    expect(both.text).toContain("Only one auth mechanism allowed");
  });

  it.each([
    "AWS4-HMAC-SHA256 nonsense",
    "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/s3/aws4_request",
    "AWS4-ECDSA-P256-SHA256 Credential=AKIA/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00",
    "Basic dXNlcjpwYXNz",
    "AWS AKIA:signature",
  ])("the header %j", async (authorization) => {
    expect((await rig.raw({ path: "/films/k", headers: { authorization } })).status).toBe(400);
  });

  it.each(["/films/k?x=%zz", "/films/%zz", "/films/%C3", "http://127.0.0.1/films"])(
    "the target %s",
    async (path) => {
      expect((await rig.raw({ path })).status).toBe(400);
    },
  );

  it("a service nobody has opened, by name", async () => {
    await expect(
      new EventBridgeClient(rig.at()).send(new ListRulesCommand({})),
    ).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("events ListRules"),
    });
  });
});
