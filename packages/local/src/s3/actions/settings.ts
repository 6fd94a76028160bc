import type {
  CORSConfiguration,
  GetBucketLifecycleConfigurationCommandOutput,
  PutBucketLifecycleConfigurationCommandInput,
  PutBucketNotificationConfigurationCommandInput,
  PutBucketOwnershipControlsCommandInput,
  PutBucketTaggingCommandInput,
  PutPublicAccessBlockCommandInput,
} from "@aws-sdk/client-s3";
import { NotPretended, Refusal } from "../../kernel/refusal.ts";
import * as Bucket from "../bucket.ts";
import * as Cors from "../cors.ts";
import * as Lifecycle from "../lifecycle.ts";
import { permit } from "../permission.ts";
import { invalidArgument, invalidRequest, malformedXml } from "../refusals.ts";
import * as Setting from "../setting.ts";
import type { Ask, Shelf } from "../shelf.ts";
import { checkTags } from "../traits.ts";
import type { BucketInput } from "./bucket.ts";

type Kind = keyof Setting.Settings;

export function getBucketCors(shelf: Shelf, ask: Ask, input: BucketInput): CORSConfiguration {
  const bucket = open(shelf, ask, input, "GetBucketCORS");
  return need(shelf, bucket, "cors");
}

export function putBucketCors(
  shelf: Shelf,
  ask: Ask,
  input: BucketInput & { CORSConfiguration?: CORSConfiguration | undefined },
): object {
  const bucket = open(shelf, ask, input, "PutBucketCORS");
  const rules = Cors.check(input.CORSConfiguration?.CORSRules);
  Setting.put(shelf, bucket, "cors", { CORSRules: rules });
  return {};
}

export function getBucketLifecycleConfiguration(
  shelf: Shelf,
  ask: Ask,
  input: BucketInput,
): Omit<GetBucketLifecycleConfigurationCommandOutput, "$metadata"> {
  const bucket = open(shelf, ask, input, "GetLifecycleConfiguration");
  const { Rules, TransitionDefaultMinimumObjectSize: size } = need(shelf, bucket, "lifecycle");
  return { Rules, TransitionDefaultMinimumObjectSize: size as "varies_by_storage_class" };
}

export function putBucketLifecycleConfiguration(
  shelf: Shelf,
  ask: Ask,
  input: PutBucketLifecycleConfigurationCommandInput,
) {
  const bucket = open(shelf, ask, input, "PutLifecycleConfiguration");
  const size = input.TransitionDefaultMinimumObjectSize ?? "all_storage_classes_128K";
  if (size !== "all_storage_classes_128K" && size !== "varies_by_storage_class") {
    throw invalidRequest(`Invalid TransitionDefaultMinimumObjectSize found: ${size}`);
  }
  const Rules = Lifecycle.check(input.LifecycleConfiguration);
  Setting.put(shelf, bucket, "lifecycle", { Rules, TransitionDefaultMinimumObjectSize: size });
  return { TransitionDefaultMinimumObjectSize: size };
}

export function getBucketNotificationConfiguration(shelf: Shelf, ask: Ask, input: BucketInput) {
  const bucket = open(shelf, ask, input, "GetBucketNotification");
  return Setting.get(shelf, bucket, "notification") ?? {};
}

/** Events go to EventBridge, which then knows queues, topics and functions; straight to those, no. */
export function putBucketNotificationConfiguration(
  shelf: Shelf,
  ask: Ask,
  input: PutBucketNotificationConfigurationCommandInput,
): object {
  const bucket = open(shelf, ask, input, "PutBucketNotification");
  const wanted = input.NotificationConfiguration ?? {};
  for (const [member, element, address] of DESTINATIONS) {
    for (const one of wanted[member] ?? []) {
      const arn = (one as unknown as Record<string, unknown>)[address];
      if (typeof arn !== "string" || !/^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+/.test(arn)) {
        throw invalidArgument("The ARN could not be parsed", element, String(arn ?? ""));
      }
      throw new NotPretended({
        service: "s3",
        action: `PutBucketNotificationConfiguration with ${member}`,
      });
    }
  }
  const enabled = wanted.EventBridgeConfiguration ? { EventBridgeConfiguration: {} } : {};
  Setting.put(shelf, bucket, "notification", enabled);
  return {};
}

export function getPublicAccessBlock(shelf: Shelf, ask: Ask, input: BucketInput) {
  const bucket = open(shelf, ask, input, "GetBucketPublicAccessBlock");
  return { PublicAccessBlockConfiguration: need(shelf, bucket, "publicAccessBlock") };
}

export function putPublicAccessBlock(
  shelf: Shelf,
  ask: Ask,
  input: PutPublicAccessBlockCommandInput,
): object {
  const bucket = open(shelf, ask, input, "PutBucketPublicAccessBlock");
  const given = input.PublicAccessBlockConfiguration;
  if (!given) throw malformedXml();
  Setting.put(shelf, bucket, "publicAccessBlock", {
    BlockPublicAcls: given.BlockPublicAcls ?? false,
    BlockPublicPolicy: given.BlockPublicPolicy ?? false,
    IgnorePublicAcls: given.IgnorePublicAcls ?? false,
    RestrictPublicBuckets: given.RestrictPublicBuckets ?? false,
  });
  return {};
}

export function getBucketOwnershipControls(shelf: Shelf, ask: Ask, input: BucketInput) {
  const bucket = open(shelf, ask, input, "GetBucketOwnershipControls");
  return { OwnershipControls: need(shelf, bucket, "ownership") };
}

export function putBucketOwnershipControls(
  shelf: Shelf,
  ask: Ask,
  input: PutBucketOwnershipControlsCommandInput,
): object {
  const bucket = open(shelf, ask, input, "PutBucketOwnershipControls");
  const rules = input.OwnershipControls?.Rules ?? [];
  if (rules.length !== 1 || !isOwnership(rules[0]?.ObjectOwnership)) throw malformedXml();
  Setting.put(shelf, bucket, "ownership", { Rules: rules });
  return {};
}

export function isOwnership(value: unknown): boolean {
  return ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"].some(
    (one) => one === value,
  );
}

export function getBucketTagging(shelf: Shelf, ask: Ask, input: BucketInput) {
  const bucket = open(shelf, ask, input, "GetBucketTagging");
  return { TagSet: need(shelf, bucket, "tagging") };
}

export function putBucketTagging(
  shelf: Shelf,
  ask: Ask,
  input: PutBucketTaggingCommandInput,
): object {
  const bucket = open(shelf, ask, input, "PutBucketTagging");
  if (!input.Tagging?.TagSet) throw malformedXml();
  const tags = checkTags(input.Tagging.TagSet, 50, "Bucket");
  if (tags.length) Setting.put(shelf, bucket, "tagging", tags);
  else Setting.remove(shelf, bucket, "tagging");
  return {};
}

/** An action that forgets a setting. To forget what is not there is fine, as on AWS. */
export function forget(kind: Kind, action: string) {
  return (shelf: Shelf, ask: Ask, input: BucketInput): object => {
    const bucket = open(shelf, ask, input, action);
    Setting.remove(shelf, bucket, kind);
    return {};
  };
}

export function open(shelf: Shelf, ask: Ask, input: BucketInput, action: string): string {
  const { name } = Bucket.require(shelf, input.Bucket);
  permit(shelf, ask, { action, bucket: name, input });
  return name;
}

function need<K extends Kind>(shelf: Shelf, bucket: string, kind: K): Setting.Settings[K] {
  const found = Setting.get(shelf, bucket, kind);
  if (found !== undefined) return found;
  const [code, message] = ABSENT[kind];
  throw new Refusal(code, message, { httpStatus: 404, about: { BucketName: bucket } });
}

const ABSENT: Record<Kind, [code: string, message: string]> = {
  policy: ["NoSuchBucketPolicy", "The bucket policy does not exist"],
  cors: ["NoSuchCORSConfiguration", "The CORS configuration does not exist"],
  lifecycle: ["NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"],
  notification: ["NoSuchConfiguration", "The specified configuration does not exist."],
  publicAccessBlock: [
    "NoSuchPublicAccessBlockConfiguration",
    "The public access block configuration was not found",
  ],
  encryption: [
    "ServerSideEncryptionConfigurationNotFoundError",
    "The server side encryption configuration was not found",
  ],
  ownership: ["OwnershipControlsNotFoundError", "The bucket ownership controls were not found"],
  tagging: ["NoSuchTagSet", "The TagSet does not exist"],
};

const DESTINATIONS = [
  ["LambdaFunctionConfigurations", "CloudFunction", "LambdaFunctionArn"],
  ["QueueConfigurations", "Queue", "QueueArn"],
  ["TopicConfigurations", "Topic", "TopicArn"],
] as const;
