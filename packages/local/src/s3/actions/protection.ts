import type {
  GetBucketAclCommandOutput,
  PutBucketEncryptionCommandInput,
  PutBucketPolicyCommandInput,
  ServerSideEncryptionConfiguration,
} from "@aws-sdk/client-s3";
import type { PolicyDocument } from "../../kernel/caller.ts";
import { NotPretended, Refusal } from "../../kernel/refusal.ts";
import * as Acl from "../acl.ts";
import * as Answer from "../answer.ts";
import { isPublic } from "../permission.ts";
import * as Policy from "../policy.ts";
import { accessDenied, malformedXml } from "../refusals.ts";
import * as Setting from "../setting.ts";
import type { Ask, Shelf } from "../shelf.ts";
import type { BucketInput } from "./bucket.ts";
import { find } from "./get-object.ts";
import { open } from "./settings.ts";

export function getBucketPolicy(shelf: Shelf, ask: Ask, input: BucketInput): { Policy: string } {
  const bucket = open(shelf, ask, input, "GetBucketPolicy");
  const text = Setting.get(shelf, bucket, "policy");
  if (text !== undefined) return { Policy: text };
  throw new Refusal("NoSuchBucketPolicy", "The bucket policy does not exist", {
    httpStatus: 404,
    about: { BucketName: bucket },
  });
}

export function putBucketPolicy(
  shelf: Shelf,
  ask: Ask,
  input: PutBucketPolicyCommandInput,
): object {
  const bucket = open(shelf, ask, input, "PutBucketPolicy");
  const policy = Policy.parse(input.Policy, bucket);
  if (Setting.get(shelf, bucket, "publicAccessBlock")?.BlockPublicPolicy && isPublic(policy)) {
    throw accessDenied(
      "User is not authorized to perform: s3:PutBucketPolicy because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
    );
  }
  Setting.put(shelf, bucket, "policy", input.Policy ?? "");
  return {};
}

export function getBucketPolicyStatus(shelf: Shelf, ask: Ask, input: BucketInput) {
  open(shelf, ask, input, "GetBucketPolicyStatus");
  const document = JSON.parse(getBucketPolicy(shelf, ask, input).Policy) as PolicyDocument;
  return { PolicyStatus: { IsPublic: isPublic(document) } };
}

/** Everything is encrypted with S3's own keys, as AWS does unasked since 2023. */
export function getBucketEncryption(shelf: Shelf, ask: Ask, input: BucketInput) {
  const bucket = open(shelf, ask, input, "GetEncryptionConfiguration");
  const usual: ServerSideEncryptionConfiguration = {
    Rules: [
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false },
    ],
  };
  return {
    ServerSideEncryptionConfiguration: Setting.get(shelf, bucket, "encryption") ?? usual,
  };
}

export function putBucketEncryption(
  shelf: Shelf,
  ask: Ask,
  input: PutBucketEncryptionCommandInput,
): object {
  const bucket = open(shelf, ask, input, "PutEncryptionConfiguration");
  const rules = input.ServerSideEncryptionConfiguration?.Rules ?? [];
  const [rule] = rules;
  if (!rule || rules.length > 1) throw malformedXml();
  const { SSEAlgorithm } = rule.ApplyServerSideEncryptionByDefault ?? {};
  if (SSEAlgorithm !== "AES256") {
    throw new NotPretended({ service: "s3", action: `PutBucketEncryption with ${SSEAlgorithm}` });
  }
  const BucketKeyEnabled = rule.BucketKeyEnabled ?? false;
  Setting.put(shelf, bucket, "encryption", { Rules: [{ ...rule, BucketKeyEnabled }] });
  return {};
}

export function getBucketAcl(shelf: Shelf, ask: Ask, input: BucketInput) {
  open(shelf, ask, input, "GetBucketAcl");
  return owned(shelf);
}

export function putBucketAcl(shelf: Shelf, ask: Ask, input: BucketInput & Acl.AclInput): object {
  open(shelf, ask, input, "PutBucketAcl");
  Acl.check(input, Answer.owner(shelf).ID ?? "");
  return {};
}

interface ObjectInput extends BucketInput {
  Key: string | undefined;
  VersionId?: string | undefined;
}

export function getObjectAcl(shelf: Shelf, ask: Ask, input: ObjectInput) {
  find(shelf, ask, input, "GET", "GetObjectAcl");
  return owned(shelf);
}

export function putObjectAcl(shelf: Shelf, ask: Ask, input: ObjectInput & Acl.AclInput): object {
  find(shelf, ask, input, "PUT", "PutObjectAcl");
  Acl.check(input, Answer.owner(shelf).ID ?? "");
  return {};
}

/** The one ACL there is: the owner may everything. Others may by policy, or not at all. */
function owned(shelf: Shelf): Omit<GetBucketAclCommandOutput, "$metadata"> {
  const Owner = Answer.owner(shelf);
  return {
    Owner,
    Grants: [{ Grantee: { ID: Owner.ID, Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }],
  };
}
