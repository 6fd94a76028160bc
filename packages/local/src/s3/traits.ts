import type { Tag } from "@aws-sdk/client-s3";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import { checkCanned } from "./acl.ts";
import { invalidArgument, invalidRequest } from "./refusals.ts";
import type { Traits } from "./version.ts";

/** The members of PutObject, CreateMultipartUpload and CopyObject that stay with the object. */
export interface TraitInput {
  ACL?: string | undefined;
  CacheControl?: string | undefined;
  ContentDisposition?: string | undefined;
  ContentEncoding?: string | undefined;
  ContentLanguage?: string | undefined;
  ContentType?: string | undefined;
  Expires?: Date | string | undefined;
  Metadata?: Record<string, string> | undefined;
  ServerSideEncryption?: string | undefined;
  StorageClass?: string | undefined;
  Tagging?: string | undefined;
  WebsiteRedirectLocation?: string | undefined;
}

/** Reads what is to be kept, and refuses what this machine would only pretend to keep. */
export function parse(operation: string, input: TraitInput): Traits {
  refuseUnkept(operation, input);
  return {
    ...headers(input),
    WebsiteRedirectLocation: input.WebsiteRedirectLocation,
    StorageClass: storageClass(input.StorageClass),
    Metadata: metadata(input.Metadata ?? {}),
    tags: parseTags(input.Tagging),
  };
}

export function headers(input: TraitInput): Omit<Traits, "Metadata" | "tags"> {
  return {
    CacheControl: input.CacheControl,
    ContentDisposition: input.ContentDisposition,
    ContentEncoding: input.ContentEncoding || undefined,
    ContentLanguage: input.ContentLanguage,
    ContentType: input.ContentType || "binary/octet-stream",
    Expires: input.Expires instanceof Date ? input.Expires.toUTCString() : input.Expires,
  };
}

/** Encryption with other keys, locks and open ACLs change what an object is: no quiet acceptance. */
export function refuseUnkept(operation: string, input: object): void {
  const has = (name: string) => (input as Record<string, unknown>)[name] !== undefined;
  const feature = UNKEPT.find(([name]) => has(name))?.[1];
  if (feature) throw new NotPretended({ service: "s3", action: `${operation} with ${feature}` });
  const { ServerSideEncryption: encryption, ACL } = input as TraitInput;
  if (encryption !== undefined && encryption !== "AES256") {
    if (!encryption.startsWith("aws:")) {
      throw invalidArgument(
        "The encryption method specified is not supported",
        "x-amz-server-side-encryption",
        encryption,
      );
    }
    throw new NotPretended({
      service: "s3",
      action: `${operation} with ServerSideEncryption ${encryption}`,
    });
  }
  if (ACL !== undefined) checkCanned(ACL);
}

function storageClass(name: string | undefined): string {
  if (name === undefined || STORAGE_CLASSES.includes(name)) return name ?? "STANDARD";
  throw new Refusal("InvalidStorageClass", "The storage class you specified is not valid", {
    about: { StorageClassRequested: name },
  });
}

/** STANDARD is not said aloud. */
export function shownClass(name: string | undefined): string | undefined {
  return name === "STANDARD" ? undefined : name;
}

function parseTags(text: string | undefined): Tag[] {
  if (!text) return [];
  const tags = [...new URLSearchParams(text)].map(([Key, Value]) => ({ Key, Value }));
  const muddled = text.split("&").some((pair) => pair.split("=").length > 2);
  if (
    muddled ||
    new Set(tags.map((tag) => tag.Key)).size < tags.length ||
    tags.some((tag) => !tag.Key)
  ) {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      "x-amz-tagging",
      text,
    );
  }
  return checkTags(tags, 10, "Object");
}

/** Source: Amazon S3 user guide, object tags: 10 (a bucket 50), 128 and 256 characters. */
export function checkTags(tags: Tag[], max: number, of: "Object" | "Bucket"): Tag[] {
  if (tags.length > max) {
    throw new Refusal("BadRequest", `${of} tags cannot be greater than ${max}`);
  }
  const seen = new Set<string>();
  for (const { Key, Value } of tags) {
    if (!Key || Key.length > 128 || !TAG_TEXT.test(Key)) {
      throw new Refusal("InvalidTag", "The TagKey you have provided is invalid", {
        about: { TagKey: Key ?? "" },
      });
    }
    if (Value === undefined || Value.length > 256 || !TAG_TEXT.test(Value)) {
      throw new Refusal("InvalidTag", "The TagValue you have provided is invalid", {
        about: { TagKey: Key, TagValue: Value ?? "" },
      });
    }
    if (Key.startsWith("aws:")) {
      throw new Refusal("InvalidTag", "System tags cannot be added/updated by requester", {
        about: { TagKey: Key },
      });
    }
    if (seen.has(Key)) {
      throw new Refusal("InvalidTag", "Cannot provide multiple Tags with the same key", {
        about: { TagKey: Key },
      });
    }
    seen.add(Key);
  }
  return tags;
}

function metadata(given: Record<string, string>): Record<string, string> {
  const kept = Object.fromEntries(
    Object.entries(given).map(([name, text]) => [name.toLowerCase(), String(text)]),
  );
  const sizeBytes = Object.entries(kept).reduce(
    (sum, [name, text]) => sum + Buffer.byteLength(name) + Buffer.byteLength(text),
    0,
  );
  if (sizeBytes > 2048) {
    throw new Refusal(
      "MetadataTooLarge",
      "Your metadata headers exceed the maximum allowed metadata size",
      {
        about: { Size: sizeBytes, MaxSizeAllowed: 2048 },
      },
    );
  }
  for (const [name, text] of Object.entries(kept)) {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) || /[\r\n\0]/.test(text)) {
      throw invalidRequest("The metadata headers are not valid HTTP headers.");
    }
  }
  return kept;
}

const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

const STORAGE_CLASSES = [
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "GLACIER_IR",
  "DEEP_ARCHIVE",
];

const UNKEPT: Array<[member: string, feature: string]> = [
  ["SSECustomerAlgorithm", "customer keys (SSE-C)"],
  ["SSECustomerKey", "customer keys (SSE-C)"],
  ["SSECustomerKeyMD5", "customer keys (SSE-C)"],
  ["CopySourceSSECustomerAlgorithm", "customer keys (SSE-C)"],
  ["SSEKMSKeyId", "KMS keys"],
  ["SSEKMSEncryptionContext", "KMS keys"],
  ["ObjectLockMode", "object lock"],
  ["ObjectLockRetainUntilDate", "object lock"],
  ["ObjectLockLegalHoldStatus", "object lock"],
  ["GrantFullControl", "ACL grants"],
  ["GrantRead", "ACL grants"],
  ["GrantReadACP", "ACL grants"],
  ["GrantWrite", "ACL grants"],
  ["GrantWriteACP", "ACL grants"],
  ["WriteOffsetBytes", "appending (directory buckets)"],
];
