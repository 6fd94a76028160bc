import type { PolicyDocument, Statement } from "../kernel/caller.ts";
import { Refusal } from "../kernel/refusal.ts";
import { noSuchKey } from "./refusals.ts";
import * as Setting from "./setting.ts";
import type { Ask, Shelf } from "./shelf.ts";
import type { Version } from "./version.ts";

export interface Wish {
  /** Without the service: `GetObject` */
  action: string;
  bucket: string;
  key?: string;
  /** The SDK input, from which conditions on the request are read. */
  input?: object;
  /** The object that is there: policies may ask for its tags. */
  version?: Version | undefined;
  context?: Record<string, string | string[]>;
}

/**
 * Weighs identity policies, bucket policy and public access block.
 *
 * @throws Refusal `AccessDenied`
 */
export function permit(shelf: Shelf, ask: Ask, wish: Wish): void {
  const text = Setting.get(shelf, wish.bucket, "policy");
  const policy = text === undefined ? undefined : (JSON.parse(text) as PolicyDocument);
  ask.caller.check({
    action: `s3:${wish.action}`,
    resource: `arn:aws:s3:::${wish.bucket}${wish.key === undefined ? "" : `/${wish.key}`}`,
    context: {
      // Nothing leaves this machine: loopback stands for the TLS that policies ask for.
      "aws:SecureTransport": "true",
      "s3:TlsVersion": "1.3",
      ...(ask.sourceIp ? { "aws:SourceIp": ask.sourceIp } : {}),
      ...ask.context,
      ...ofInput(wish.input ?? {}),
      ...ofTags(wish.version),
      ...wish.context,
    },
    policy: policy && isRestricted(shelf, ask, wish.bucket, policy) ? undefined : policy,
  });
}

/** Who may not list a bucket is not told what is missing in it, but which permission is. */
export function missing(shelf: Shelf, ask: Ask, bucket: string, key: string): Refusal {
  try {
    permit(shelf, ask, { action: "ListBucket", bucket });
    return noSuchKey(key);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** Does a policy open the bucket to everybody? As Block Public Access judges it. */
export function isPublic(policy: PolicyDocument): boolean {
  return [policy.Statement].flat().some((statement) => {
    if (statement.Effect !== "Allow") return false;
    return isEverybody(statement) && !isNarrowed(statement);
  });
}

function isRestricted(shelf: Shelf, ask: Ask, bucket: string, policy: PolicyDocument): boolean {
  if (!Setting.get(shelf, bucket, "publicAccessBlock")?.RestrictPublicBuckets) return false;
  const stranger = ask.caller.arn === "anonymous" || !isOurs(shelf, ask);
  return stranger && isPublic(policy);
}

function isOurs(shelf: Shelf, ask: Ask): boolean {
  return (
    ask.caller.accountId === shelf.cloud.accountId || ask.caller.arn.endsWith(".amazonaws.com")
  );
}

function isEverybody({ Principal, NotPrincipal }: Statement): boolean {
  if (NotPrincipal !== undefined) return true;
  if (Principal === "*") return true;
  return [Principal?.AWS ?? []].flat().includes("*");
}

/** A condition on one of these keys with fixed values makes a policy not public. */
function isNarrowed({ Condition }: Statement): boolean {
  const operators = Object.entries(Condition ?? {});
  return operators.some(([operator, keys]) => {
    if (!/^(?:String|Arn|IpAddress|ForA)/.test(operator) || /Not|IfExists/.test(operator))
      return false;
    return Object.entries(keys).some(
      ([key, values]) =>
        NARROWING.has(key.toLowerCase()) &&
        [values].flat().every((value) => !/[*?]|^(?:0\.0\.0\.0|::)\/0$/.test(String(value))),
    );
  });
}

const NARROWING = new Set([
  "aws:principalorgid",
  "aws:principalarn",
  "aws:principalaccount",
  "aws:sourceip",
  "aws:sourcearn",
  "aws:sourceaccount",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:userid",
  "s3:dataaccesspointaccount",
]);

/** Members of an input that policies can speak about, with AWS's names for them. */
const CONDITIONS: Record<string, string> = {
  ACL: "s3:x-amz-acl",
  CopySource: "s3:x-amz-copy-source",
  Delimiter: "s3:delimiter",
  IfMatch: "s3:if-match",
  IfNoneMatch: "s3:if-none-match",
  MaxKeys: "s3:max-keys",
  MetadataDirective: "s3:x-amz-metadata-directive",
  Prefix: "s3:prefix",
  ServerSideEncryption: "s3:x-amz-server-side-encryption",
  StorageClass: "s3:x-amz-storage-class",
  VersionId: "s3:VersionId",
  WebsiteRedirectLocation: "s3:x-amz-website-redirect-location",
};

function ofInput(input: object): Record<string, string | string[]> {
  const context: Record<string, string | string[]> = {};
  for (const [member, given] of Object.entries(input)) {
    const name = CONDITIONS[member];
    if (name && given !== undefined) context[name] = String(given);
  }
  const tagging = (input as { Tagging?: unknown }).Tagging;
  if (typeof tagging === "string") {
    const tags = [...new URLSearchParams(tagging)];
    context["s3:RequestObjectTagKeys"] = tags.map(([key]) => key);
    for (const [key, tag] of tags) context[`s3:RequestObjectTag/${key}`] = tag;
  }
  return context;
}

function ofTags(version: Version | undefined): Record<string, string> {
  return Object.fromEntries(
    (version?.traits.tags ?? []).map((tag) => [`s3:ExistingObjectTag/${tag.Key}`, tag.Value ?? ""]),
  );
}
