import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PolicyDocument, Statement } from "../kernel/caller.ts";
import { isPublic } from "./permission.ts";
import { bucketName, openRig, type Rig } from "./testing.ts";

let rig: Rig;
let owner: S3Client;
let Bucket: string;
const arn = () => `arn:aws:s3:::${Bucket}`;
const roleArn = "arn:aws:iam::000000000000:role/reader";

beforeAll(async () => {
  rig = await openRig({ S3Client });
  owner = rig.client();
});
beforeEach(async () => {
  Bucket = bucketName();
  await owner.send(new CreateBucketCommand({ Bucket }));
  await owner.send(new PutObjectCommand({ Bucket, Key: "in/film", Body: "film" }));
});
afterAll(() => rig.close());

/** A client that acts under a role with these statements. */
function role(...statements: Statement[]): S3Client {
  rig.iam.defineRole({
    name: "reader",
    arn: roleArn,
    trust: {
      Statement: {
        Effect: "Allow",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: "sts:AssumeRole",
      },
    },
    policies: [{ Statement: statements }],
  });
  return rig.client({ keys: rig.iam.keysFor(roleArn, "test") });
}

function allow(
  Action: string | string[],
  Resource: string | string[],
  Condition?: Statement["Condition"],
): Statement {
  return { Effect: "Allow", Action, Resource, ...(Condition ? { Condition } : {}) };
}

const bucketPolicy = (...Statement: Statement[]) =>
  owner.send(
    new PutBucketPolicyCommand({
      Bucket,
      Policy: JSON.stringify({ Version: "2012-10-17", Statement }),
    }),
  );
const get = (client: S3Client, Key = "in/film") =>
  client.send(new GetObjectCommand({ Bucket, Key }));

describe("a role", () => {
  it("reads what its policy names, and nothing else", async () => {
    const client = role(allow("s3:GetObject", `${arn()}/in/*`));
    await expect(get(client)).resolves.toBeDefined();
    const put = client.send(new PutObjectCommand({ Bucket, Key: "in/x", Body: "" }));
    await expect(put).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining("s3:PutObject"),
      $metadata: { httpStatusCode: 403 },
    });
  });

  it("that may not list is not told what is missing", async () => {
    const blind = role(allow("s3:GetObject", `${arn()}/*`));
    await expect(get(blind, "in/none")).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining("s3:ListBucket"),
    });
    const seeing = role(allow("s3:GetObject", `${arn()}/*`), allow("s3:ListBucket", arn()));
    await expect(get(seeing, "in/none")).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("lists only the prefix its condition names", async () => {
    const only = { StringLike: { "s3:prefix": ["in/*"] } };
    const client = role(allow("s3:ListBucket", arn(), only));
    const list = (Prefix: string) => client.send(new ListObjectsV2Command({ Bucket, Prefix }));
    await expect(list("in/")).resolves.toMatchObject({ KeyCount: 1 });
    await expect(list("out/")).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("may be told by the tags an object has", async () => {
    const client = role(
      allow("s3:GetObject", `${arn()}/*`, { StringEquals: { "s3:ExistingObjectTag/open": "yes" } }),
    );
    await expect(get(client)).rejects.toMatchObject({ name: "AccessDenied" });
    const Tagging = { TagSet: [{ Key: "open", Value: "yes" }] };
    await owner.send(new PutObjectTaggingCommand({ Bucket, Key: "in/film", Tagging }));
    await expect(get(client)).resolves.toBeDefined();
  });
});

describe("a bucket policy", () => {
  it("opens to a role what its own policies do not", async () => {
    const client = role(allow("sqs:SendMessage", "*"));
    await expect(get(client)).rejects.toMatchObject({ name: "AccessDenied" });
    await bucketPolicy({ ...allow("s3:GetObject", `${arn()}/*`), Principal: { AWS: roleArn } });
    await expect(get(client)).resolves.toBeDefined();
  });

  it("closes to everybody what it denies, the owner included", async () => {
    const deny = {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:DeleteObject",
      Resource: `${arn()}/*`,
    } as const;
    await bucketPolicy(deny);
    const refused = owner.send(new DeleteObjectCommand({ Bucket, Key: "in/film" }));
    await expect(refused).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("does not lock out what asks for secure transport", async () => {
    await bucketPolicy({
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [arn(), `${arn()}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
    await expect(get(owner)).resolves.toBeDefined();
  });

  it("can ask that every creation be conditional, parts of uploads apart", async () => {
    await bucketPolicy({
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: `${arn()}/once/*`,
      Condition: {
        Null: { "s3:if-none-match": "true" },
        Bool: { "s3:ObjectCreationOperation": "true" },
      },
    });
    const Key = "once/film";
    const put = (more: object) =>
      owner.send(new PutObjectCommand({ Bucket, Key, Body: "x", ...more }));
    await expect(put({})).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(put({ IfNoneMatch: "*" })).resolves.toBeDefined();
    const upload = { Bucket, Key: "once/parts" };
    const { UploadId } = await owner.send(new CreateMultipartUploadCommand(upload));
    const { ETag } = await owner.send(
      new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: "x" }),
    );
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const complete = (more: object) =>
      owner.send(
        new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload, ...more }),
      );
    await expect(complete({})).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(complete({ IfNoneMatch: "*" })).resolves.toBeDefined();
  });

  const statement = (more: object) =>
    JSON.stringify({
      Statement: {
        Effect: "Allow",
        Principal: { AWS: roleArn },
        Action: "s3:GetObject",
        Resource: "*",
        ...more,
      },
    });
  it.each([
    "not json",
    "{}",
    "[]",
    "null",
    '{"Statement":[]}',
    '{"Statement":[null]}',
    '{"Statement":[{"Effect":"Allow"}]}',
    statement({ Effect: "Maybe" }),
    statement({ Action: [7] }),
    statement({ Principal: { AWS: [{}] } }),
    statement({ Condition: "always" }),
    statement({ Condition: { StringEquals: { "s3:prefix": {} } } }),
    statement({ Resource: [] }),
  ])("that is none is MalformedPolicy: %s", async (Policy) => {
    const refused = owner.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await expect(refused).rejects.toMatchObject({ name: "MalformedPolicy" });
  });

  it("names only its own bucket", async () => {
    const other = {
      ...allow("s3:GetObject", "arn:aws:s3:::another/*"),
      Principal: { AWS: roleArn },
    };
    await expect(bucketPolicy(other)).rejects.toMatchObject({ name: "MalformedPolicy" });
  });
});

describe("Block Public Access", () => {
  const open = (): Statement => ({ ...allow("s3:GetObject", `${arn()}/*`), Principal: "*" });
  const anonymous = () => fetch(`${rig.origin}/${Bucket}/in/film`);

  it("is on in a new bucket and refuses a public policy", async () => {
    await expect(bucketPolicy(open())).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("taken away lets a public policy open the bucket, and back on closes it", async () => {
    await owner.send(new DeletePublicAccessBlockCommand({ Bucket }));
    await bucketPolicy(open());
    expect((await anonymous()).status).toBe(200);
    const PublicAccessBlockConfiguration = { RestrictPublicBuckets: true };
    await owner.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
    expect((await anonymous()).status).toBe(403);
    const { Policy } = await owner.send(new GetBucketPolicyCommand({ Bucket }));
    expect(Policy).toContain("s3:GetObject");
  });
});

it.each<[string, Partial<Statement>, boolean]>([
  ["everybody", { Principal: "*" }, true],
  ["everybody by ARN", { Principal: { AWS: "*" } }, true],
  ["a role", { Principal: { AWS: roleArn } }, false],
  ["a service", { Principal: { Service: "cloudfront.amazonaws.com" } }, false],
  [
    "everybody from one network",
    { Principal: "*", Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } },
    false,
  ],
  [
    "everybody from everywhere",
    { Principal: "*", Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } } },
    true,
  ],
  [
    "everybody under any name",
    { Principal: "*", Condition: { StringLike: { "aws:PrincipalArn": "*" } } },
    true,
  ],
  ["nobody", { Principal: "*", Effect: "Deny" }, false],
])("a policy for %s is public: see the table", (_who, part, expected) => {
  const statement: Statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...part };
  const policy: PolicyDocument = { Statement: [statement] };
  expect(isPublic(policy)).toBe(expected);
});
