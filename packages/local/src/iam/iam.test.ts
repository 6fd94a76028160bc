import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Caller, Need, PolicyDocument, Statement } from "../kernel/caller.ts";
import { openIam } from "./index.ts";

const account = "000000000000";
const region = "us-east-1";
const folders: string[] = [];
const folder = () => {
  folders.push(mkdtempSync(join(tmpdir(), "rushes-iam-")));
  return folders.at(-1) as string;
};
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true, force: true });
});

const shared = folder();
const roleArn = `arn:aws:iam::${account}:role/reader`;
const bucket = "arn:aws:s3:::films";

function role(...statements: Statement[]): Caller {
  const iam = openIam({ dataDir: shared, accountId: account, region });
  iam.defineRole({
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
  return iam.assume(roleArn, "lambda.amazonaws.com");
}

const may = (caller: Caller, need: Partial<Need> = {}) => {
  try {
    caller.check({ action: "s3:GetObject", resource: `${bucket}/a/b`, ...need });
    return "yes";
  } catch (error) {
    return (error as Error).message.replace(/^.*on resource: \S+ /, "");
  }
};

const allow = (more: Partial<Statement>): Statement => ({
  Effect: "Allow",
  Action: "*",
  Resource: "*",
  ...more,
});
const deny = (more: Partial<Statement>): Statement => ({ ...allow(more), Effect: "Deny" });
const silent = "because no identity-based policy allows the s3:GetObject action";
const forbidden = "with an explicit deny in an identity-based policy";

describe("identity policies", () => {
  it.each<{ says: string; statements: Statement[]; answer: string }>([
    { says: "nothing", statements: [], answer: silent },
    {
      says: "exactly this",
      statements: [allow({ Action: "s3:GetObject", Resource: `${bucket}/a/b` })],
      answer: "yes",
    },
    {
      says: "the action in another case",
      statements: [allow({ Action: "S3:getobject" })],
      answer: "yes",
    },
    {
      says: "a part of the action",
      statements: [allow({ Action: ["sqs:*", "s3:Get*"] })],
      answer: "yes",
    },
    { says: "another action", statements: [allow({ Action: "s3:PutObject" })], answer: silent },
    {
      says: "the resource in another case",
      statements: [allow({ Resource: `${bucket}/A/b` })],
      answer: silent,
    },
    { says: "a prefix", statements: [allow({ Resource: `${bucket}/a/*` })], answer: "yes" },
    { says: "the bucket alone", statements: [allow({ Resource: bucket })], answer: silent },
    {
      says: "all but this action",
      statements: [{ Effect: "Allow", NotAction: "s3:Get*", Resource: "*" }],
      answer: silent,
    },
    {
      says: "all but another action",
      statements: [{ Effect: "Allow", NotAction: "sqs:*", Resource: "*" }],
      answer: "yes",
    },
    {
      says: "all but this resource",
      statements: [{ Effect: "Allow", Action: "*", NotResource: `${bucket}/a/*` }],
      answer: silent,
    },
    {
      says: "all but another resource",
      statements: [{ Effect: "Allow", Action: "*", NotResource: `${bucket}/c/*` }],
      answer: "yes",
    },
    { says: "no resource at all", statements: [{ Effect: "Allow", Action: "*" }], answer: silent },
    {
      says: "yes and no",
      statements: [allow({}), deny({ Resource: `${bucket}/a/*` })],
      answer: forbidden,
    },
    { says: "no and yes", statements: [deny({ Action: "s3:*" }), allow({})], answer: forbidden },
    {
      says: "yes under a condition that fails",
      statements: [allow({ Condition: { Bool: { "aws:SecureTransport": "false" } } })],
      answer: silent,
    },
    {
      says: "no under a condition that fails",
      statements: [allow({}), deny({ Condition: { Bool: { "aws:SecureTransport": "false" } } })],
      answer: "yes",
    },
    {
      says: "a path of the caller's own",
      statements: [
        allow({
          Resource: `${bucket}/\${s3:prefix}/*`,
          Condition: { StringEquals: { "s3:prefix": "a" } },
        }),
      ],
      answer: "yes",
    },
  ])("$says: $answer", ({ statements, answer }) => {
    expect(may(role(...statements), { context: { "s3:prefix": "a" } })).toBe(answer);
  });

  it("names caller, action and resource when it refuses", () => {
    expect(() =>
      role().check({ action: "sqs:SendMessage", resource: "arn:aws:sqs:us-east-1:000000000000:q" }),
    ).toThrow(
      "User: arn:aws:sts::000000000000:assumed-role/reader/lambda is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:us-east-1:000000000000:q because no identity-based policy allows the sqs:SendMessage action",
    );
  });

  it("a wildcard stays within its field of an ARN, and `*` alone is no ARN", () => {
    const caller = role(allow({ Resource: "arn:aws:sqs:*:films" }));
    expect(may(caller, { resource: `arn:aws:sqs:us-east-1:${account}:films` })).toBe(silent);
    expect(may(role(allow({ Resource: "arn:aws:s3:::*" })), { resource: "*" })).toBe(silent);
    expect(may(role(allow({})), { resource: "*" })).toBe("yes");
  });

  it("a Deny wins wherever it stands", () => {
    const any = fc.constantFrom(
      allow({}),
      allow({ Action: "sqs:*" }),
      deny({ Action: "sqs:*" }),
      deny({ Resource: "*" }),
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 5 }), (statements) => {
        const hit = (effect: string) =>
          statements.some((one) => one.Effect === effect && one.Action === "*");
        expect(may(role(...statements))).toBe(
          hit("Deny") ? forbidden : hit("Allow") ? "yes" : silent,
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe("policies of resources", () => {
  const iam = openIam({ dataDir: shared, accountId: account, region });
  const cloudfront = iam.service("cloudfront.amazonaws.com", {
    "aws:SourceArn": "arn:aws:cloudfront::000000000000:distribution/E1",
  });
  const policy = (more: Partial<Statement>): PolicyDocument => ({ Statement: [allow(more)] });
  const none = "because no resource-based policy allows the s3:GetObject action";

  it.each<{ who: string; caller: Caller; policy?: PolicyDocument; answer: string }>([
    { who: "a service, unnamed", caller: cloudfront, answer: none },
    {
      who: "a service, named",
      caller: cloudfront,
      policy: policy({ Principal: { Service: "cloudfront.amazonaws.com" } }),
      answer: "yes",
    },
    {
      who: "a service from the right place",
      caller: cloudfront,
      policy: policy({
        Principal: { Service: ["x", "cloudfront.amazonaws.com"] },
        Condition: {
          StringEquals: { "AWS:SourceArn": "arn:aws:cloudfront::000000000000:distribution/E1" },
        },
      }),
      answer: "yes",
    },
    {
      who: "a service from another place",
      caller: cloudfront,
      policy: policy({
        Principal: { Service: "cloudfront.amazonaws.com" },
        Condition: {
          StringEquals: { "AWS:SourceArn": "arn:aws:cloudfront::000000000000:distribution/E2" },
        },
      }),
      answer: none,
    },
    {
      who: "another service",
      caller: iam.service("sns.amazonaws.com"),
      policy: policy({ Principal: { Service: "cloudfront.amazonaws.com" } }),
      answer: none,
    },
    { who: "anybody", caller: iam.anonymous, policy: policy({ Principal: "*" }), answer: "yes" },
    {
      who: "anybody, as AWS",
      caller: iam.anonymous,
      policy: policy({ Principal: { AWS: "*" } }),
      answer: "yes",
    },
    { who: "nobody in particular", caller: iam.anonymous, policy: policy({}), answer: none },
    {
      who: "a stranger in the account",
      caller: iam.anonymous,
      policy: policy({ Principal: { AWS: account } }),
      answer: none,
    },
    {
      who: "a role by its ARN",
      caller: role(),
      policy: policy({ Principal: { AWS: roleArn } }),
      answer: "yes",
    },
    {
      who: "a role by its account, which leaves it to the role's policies",
      caller: role(),
      policy: policy({ Principal: { AWS: account } }),
      answer: silent,
    },
    {
      who: "a role by its account, with its own permission",
      caller: role(allow({})),
      policy: policy({ Principal: { AWS: account } }),
      answer: "yes",
    },
    { who: "the operator, unnamed", caller: iam.operator, answer: "yes" },
    {
      who: "the operator, refused by the bucket",
      caller: iam.operator,
      policy: { Statement: deny({ Principal: "*" }) },
      answer: "with an explicit deny in a resource-based policy",
    },
    {
      who: "all but the operator",
      caller: iam.operator,
      policy: {
        Statement: {
          Effect: "Deny",
          NotPrincipal: { AWS: `arn:aws:iam::${account}:root` },
          Action: "*",
          Resource: "*",
        },
      },
      answer: "yes",
    },
    {
      who: "a role of a denied account",
      caller: role(allow({})),
      policy: { Statement: deny({ Principal: { AWS: `arn:aws:iam::${account}:root` } }) },
      answer: "with an explicit deny in a resource-based policy",
    },
    {
      who: "insecure transport, which there is none of on loopback",
      caller: iam.operator,
      policy: {
        Statement: deny({
          Principal: "*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        }),
      },
      answer: "yes",
    },
  ])("$who: $answer", ({ caller, policy, answer }) => {
    expect(may(caller, { policy })).toBe(answer);
  });

  it("a caller's own context cannot be talked over by a request's", () => {
    const need: Partial<Need> = {
      context: { "aws:SourceArn": "arn:aws:cloudfront::000000000000:distribution/E2" },
      policy: policy({
        Principal: { Service: "cloudfront.amazonaws.com" },
        Condition: {
          StringEquals: { "aws:SourceArn": "arn:aws:cloudfront::000000000000:distribution/E2" },
        },
      }),
    };
    expect(may(cloudfront, need)).toBe(none);
  });
});

describe("taking a role", () => {
  const iam = openIam({ dataDir: shared, accountId: account, region });
  iam.defineRole({
    name: "encoder",
    arn: `arn:aws:iam::${account}:role/encoder`,
    trust: {
      Statement: {
        Effect: "Allow",
        Principal: { Service: "mediaconvert.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": account },
          ArnLike: { "aws:SourceArn": "arn:aws:mediaconvert:*:*:queues/films" },
        },
      },
    },
    policies: [],
  });
  const queue = {
    "aws:SourceAccount": account,
    "aws:SourceArn": `arn:aws:mediaconvert:us-east-1:${account}:queues/films`,
  };

  it.each([
    {
      who: "the service it trusts, from the right queue",
      service: "mediaconvert.amazonaws.com",
      context: queue,
      good: true,
    },
    {
      who: "another queue",
      service: "mediaconvert.amazonaws.com",
      context: {
        ...queue,
        "aws:SourceArn": `arn:aws:mediaconvert:us-east-1:${account}:queues/other`,
      },
      good: false,
    },
    { who: "no queue", service: "mediaconvert.amazonaws.com", context: {}, good: false },
    { who: "another service", service: "lambda.amazonaws.com", context: queue, good: false },
  ])("$who: $good", ({ service, context, good }) => {
    const take = () => iam.assume(`arn:aws:iam::${account}:role/encoder`, service, context);
    if (good) expect(take().arn).toBe(`arn:aws:sts::${account}:assumed-role/encoder/mediaconvert`);
    else expect(take).toThrow(/not authorized to perform: sts:AssumeRole/);
  });

  it("refuses a role that is not there, and a policy nobody could judge", () => {
    expect(() => iam.assume(`arn:aws:iam::${account}:role/none`, "lambda.amazonaws.com")).toThrow(
      "AssumeRole",
    );
    const odd = allow({ Condition: { StringMostlyEquals: { a: "b" } } });
    expect(() =>
      iam.defineRole({
        name: "x",
        arn: "x",
        trust: { Statement: [] },
        policies: [{ Statement: odd }],
      }),
    ).toThrow("StringMostlyEquals");
  });
});
