import type {
  CreateBucketCommandInput,
  CreateBucketCommandOutput,
  GetBucketVersioningCommandOutput,
  ListBucketsCommandInput,
  ListBucketsCommandOutput,
  PutBucketVersioningCommandInput,
} from "@aws-sdk/client-s3";
import { NotPretended, Refusal } from "../../kernel/refusal.ts";
import * as Answer from "../answer.ts";
import * as Bucket from "../bucket.ts";
import { permit } from "../permission.ts";
import { invalidArgument, malformedXml } from "../refusals.ts";
import * as Setting from "../setting.ts";
import type { Ask, Shelf } from "../shelf.ts";
import { checkTags, refuseUnkept } from "../traits.ts";
import { isOwnership } from "./settings.ts";

export interface BucketInput {
  Bucket: string | undefined;
}

/** A new bucket is closed: Block Public Access is on and ACLs are off, as on AWS since 2023. */
export function createBucket(
  shelf: Shelf,
  ask: Ask,
  input: CreateBucketCommandInput,
): Omit<CreateBucketCommandOutput, "$metadata"> {
  const name = Bucket.requireName(input.Bucket);
  refuseUnkept("CreateBucket", input);
  if (input.ObjectLockEnabledForBucket) {
    throw new NotPretended({ service: "s3", action: "CreateBucket with object lock" });
  }
  const ownership = input.ObjectOwnership ?? "BucketOwnerEnforced";
  if (!isOwnership(ownership)) {
    throw invalidArgument(
      `Invalid x-amz-object-ownership header: ${ownership}`,
      "x-amz-object-ownership",
    );
  }
  const { region } = shelf.cloud;
  const place = input.CreateBucketConfiguration?.LocationConstraint;
  if (place !== undefined && (place as string) !== "" && place !== region) {
    throw new Refusal(
      "IllegalLocationConstraintException",
      `The ${place} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  }
  permit(shelf, ask, { action: "CreateBucket", bucket: name, input });
  const tags = checkTags(input.CreateBucketConfiguration?.Tags ?? [], 50, "Bucket");
  const answer = { Location: `/${name}`, BucketArn: `arn:aws:s3:::${name}` };
  // To ask twice for one's own bucket is no error in us-east-1, and only there.
  if (Bucket.find(shelf, name)) {
    if (region === "us-east-1") return answer;
    throw new Refusal(
      "BucketAlreadyOwnedByYou",
      "Your previous request to create the named bucket succeeded and you already own it.",
      { httpStatus: 409, about: { BucketName: name } },
    );
  }
  shelf.cloud.store.transaction(() => {
    Bucket.create(shelf, name);
    Setting.put(shelf, name, "ownership", { Rules: [{ ObjectOwnership: ownership }] });
    Setting.put(shelf, name, "publicAccessBlock", {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    if (tags.length) Setting.put(shelf, name, "tagging", tags);
  });
  return answer;
}

export function deleteBucket(shelf: Shelf, ask: Ask, input: BucketInput): object {
  const { name } = Bucket.require(shelf, input.Bucket);
  permit(shelf, ask, { action: "DeleteBucket", bucket: name, input });
  Bucket.remove(shelf, name);
  return {};
}

export function headBucket(shelf: Shelf, ask: Ask, input: BucketInput) {
  const { name } = Bucket.require(shelf, input.Bucket);
  permit(shelf, ask, { action: "ListBucket", bucket: name, input });
  return {
    BucketRegion: shelf.cloud.region,
    BucketArn: `arn:aws:s3:::${name}`,
    AccessPointAlias: false,
  };
}

export function getBucketLocation(shelf: Shelf, ask: Ask, input: BucketInput) {
  const { name } = Bucket.require(shelf, input.Bucket);
  permit(shelf, ask, { action: "GetBucketLocation", bucket: name, input });
  const { region } = shelf.cloud;
  return { LocationConstraint: region === "us-east-1" ? undefined : region };
}

export function listBuckets(
  shelf: Shelf,
  ask: Ask,
  input: ListBucketsCommandInput,
): Omit<ListBucketsCommandOutput, "$metadata"> {
  ask.caller.check({ action: "s3:ListAllMyBuckets", resource: "*" });
  const max = input.MaxBuckets ?? 10_000;
  if (!(Number.isInteger(max) && max >= 1 && max <= 10_000)) {
    throw invalidArgument(
      "Argument max-buckets must be an integer between 1 and 10000",
      "max-buckets",
      String(max),
    );
  }
  const from = Buffer.from(input.ContinuationToken ?? "", "base64").toString();
  const found = Bucket.list(shelf, input.Prefix ?? "", from, max + 1);
  const shown = found.slice(0, max);
  const last = shown.at(-1);
  return {
    Buckets: shown.map((bucket) => ({
      Name: bucket.name,
      CreationDate: new Date(bucket.createdAtMs),
      BucketArn: `arn:aws:s3:::${bucket.name}`,
      ...(input.MaxBuckets || input.Prefix ? { BucketRegion: shelf.cloud.region } : {}),
    })),
    Owner: Answer.owner(shelf),
    ...(input.Prefix ? { Prefix: input.Prefix } : {}),
    ...(found.length > max && last
      ? { ContinuationToken: Buffer.from(last.name).toString("base64") }
      : {}),
  };
}

export function getBucketVersioning(
  shelf: Shelf,
  ask: Ask,
  input: BucketInput,
): Omit<GetBucketVersioningCommandOutput, "$metadata"> {
  const { name, versioning } = Bucket.require(shelf, input.Bucket);
  permit(shelf, ask, { action: "GetBucketVersioning", bucket: name, input });
  return versioning ? { Status: versioning } : {};
}

export function putBucketVersioning(
  shelf: Shelf,
  ask: Ask,
  input: PutBucketVersioningCommandInput,
): object {
  const { name } = Bucket.require(shelf, input.Bucket);
  permit(shelf, ask, { action: "PutBucketVersioning", bucket: name, input });
  const { Status, MFADelete } = input.VersioningConfiguration ?? {};
  if (MFADelete === "Enabled") throw new NotPretended({ service: "s3", action: "MFA delete" });
  if (Status === undefined) {
    throw new Refusal(
      "IllegalVersioningConfigurationException",
      "The Versioning element must be specified",
    );
  }
  if (Status !== "Enabled" && Status !== "Suspended") throw malformedXml();
  Bucket.setVersioning(shelf, name, Status);
  return {};
}
