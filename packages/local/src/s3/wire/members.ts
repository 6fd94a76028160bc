import type { IncomingHttpHeaders } from "node:http";
import { invalidArgument } from "../refusals.ts";
import type { Route } from "./route.ts";

/** What a request carries outside its body, ready to be read as members of an SDK input. */
export interface Carried {
  headers: IncomingHttpHeaders;
  query: URLSearchParams;
  /** In a presigned URL, headers of Amazon's may stand in the query. */
  presigned: boolean;
}

type Kind = "text" | "number" | "boolean" | "date" | "list";

/** @returns the SDK input, without bucket, key and body */
export function readMembers(route: Route, carried: Carried): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, member, kind = "text"] of QUERY) {
    const text = carried.query.get(name);
    if (text !== null) input[member] = convert(text, kind, name);
  }
  for (const [name, member, kind = "text", only] of HEADERS) {
    if (only && !only.includes(route.operation)) continue;
    const text = header(carried, name);
    if (text !== undefined) input[member] = convert(text, kind, name);
  }
  const metadata = readMetadata(carried);
  if (Object.keys(metadata).length > 0) input.Metadata = metadata;
  return input;
}

export function header({ headers, query, presigned }: Carried, name: string): string | undefined {
  const value = headers[name];
  if (value !== undefined) return Array.isArray(value) ? value.join(",") : value;
  if (!presigned || !name.startsWith("x-amz-")) return undefined;
  for (const [key, text] of query) if (key.toLowerCase() === name) return text;
  return undefined;
}

/** Headers of an answer, of the members that its document does not hold. */
export function writeHeaders(output: object, written: ReadonlySet<string>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [member, value] of Object.entries(output)) {
    if (value === undefined || written.has(member)) continue;
    const name = ANSWERS[member];
    if (name) headers[name] = value instanceof Date ? value.toUTCString() : latin(String(value));
    else if (member === "Metadata") {
      for (const [key, text] of Object.entries(value as Record<string, string>)) {
        headers[`x-amz-meta-${key}`] = latin(text);
      }
    }
  }
  return headers;
}

function convert(text: string, kind: Kind, name: string): unknown {
  switch (kind) {
    case "text":
      return text;
    case "boolean":
      return text.toLowerCase() === "true";
    case "list":
      return text
        .split(",")
        .map((one) => one.trim())
        .filter(Boolean);
    case "date": {
      const date = new Date(text);
      return Number.isNaN(date.getTime()) ? undefined : date;
    }
    case "number":
      if (!/^-?\d{1,15}$/.test(text)) {
        throw invalidArgument(
          `Provided ${name} not an integer or within integer range`,
          name,
          text,
        );
      }
      return Number(text);
  }
}

/** Header bytes are Latin-1 to node; what came as that goes as that. */
function readMetadata({ headers, query, presigned }: Carried): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(META) && value !== undefined) {
      found[name.slice(META.length)] = Array.isArray(value) ? value.join(",") : value;
    }
  }
  if (presigned) {
    for (const [name, value] of query) {
      if (name.toLowerCase().startsWith(META)) found[name.slice(META.length).toLowerCase()] = value;
    }
  }
  return found;
}

/** Letters beyond Latin-1 travel as RFC 2047 words, as S3 sends them. */
function latin(text: string): string {
  if (!/[^\t\u0020-\u007e\u0080-\u00ff]/.test(text)) return text;
  return `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`;
}

const META = "x-amz-meta-";

const QUERY: Array<[name: string, member: string, kind?: Kind]> = [
  ["continuation-token", "ContinuationToken"],
  ["delimiter", "Delimiter"],
  ["encoding-type", "EncodingType"],
  ["fetch-owner", "FetchOwner", "boolean"],
  ["key-marker", "KeyMarker"],
  ["marker", "Marker"],
  ["max-buckets", "MaxBuckets", "number"],
  ["max-keys", "MaxKeys", "number"],
  ["max-parts", "MaxParts", "number"],
  ["max-uploads", "MaxUploads", "number"],
  ["part-number-marker", "PartNumberMarker"],
  ["partNumber", "PartNumber", "number"],
  ["prefix", "Prefix"],
  ["response-cache-control", "ResponseCacheControl"],
  ["response-content-disposition", "ResponseContentDisposition"],
  ["response-content-encoding", "ResponseContentEncoding"],
  ["response-content-language", "ResponseContentLanguage"],
  ["response-content-type", "ResponseContentType"],
  ["response-expires", "ResponseExpires", "date"],
  ["start-after", "StartAfter"],
  ["uploadId", "UploadId"],
  ["upload-id-marker", "UploadIdMarker"],
  ["version-id-marker", "VersionIdMarker"],
  ["versionId", "VersionId"],
];

const BEGIN = ["CreateMultipartUpload", "CopyObject"];

const HEADERS: Array<[name: string, member: string, kind?: Kind, only?: string[]]> = [
  ["cache-control", "CacheControl"],
  ["content-disposition", "ContentDisposition"],
  ["content-encoding", "ContentEncoding"],
  ["content-language", "ContentLanguage"],
  ["content-md5", "ContentMD5"],
  ["content-type", "ContentType"],
  ["expires", "Expires"],
  ["if-match", "IfMatch"],
  ["if-modified-since", "IfModifiedSince", "date"],
  ["if-none-match", "IfNoneMatch"],
  ["if-unmodified-since", "IfUnmodifiedSince", "date"],
  ["range", "Range"],
  ["x-amz-acl", "ACL"],
  ["x-amz-checksum-algorithm", "ChecksumAlgorithm", "text", BEGIN],
  ["x-amz-checksum-crc32", "ChecksumCRC32"],
  ["x-amz-checksum-crc32c", "ChecksumCRC32C"],
  ["x-amz-checksum-crc64nvme", "ChecksumCRC64NVME"],
  ["x-amz-checksum-mode", "ChecksumMode"],
  ["x-amz-checksum-sha1", "ChecksumSHA1"],
  ["x-amz-checksum-sha256", "ChecksumSHA256"],
  ["x-amz-checksum-type", "ChecksumType"],
  ["x-amz-copy-source", "CopySource"],
  ["x-amz-copy-source-if-match", "CopySourceIfMatch"],
  ["x-amz-copy-source-if-modified-since", "CopySourceIfModifiedSince", "date"],
  ["x-amz-copy-source-if-none-match", "CopySourceIfNoneMatch"],
  ["x-amz-copy-source-if-unmodified-since", "CopySourceIfUnmodifiedSince", "date"],
  ["x-amz-copy-source-range", "CopySourceRange"],
  ["x-amz-copy-source-server-side-encryption-customer-algorithm", "CopySourceSSECustomerAlgorithm"],
  ["x-amz-expected-bucket-owner", "ExpectedBucketOwner"],
  ["x-amz-grant-full-control", "GrantFullControl"],
  ["x-amz-grant-read", "GrantRead"],
  ["x-amz-grant-read-acp", "GrantReadACP"],
  ["x-amz-grant-write", "GrantWrite"],
  ["x-amz-grant-write-acp", "GrantWriteACP"],
  ["x-amz-if-match-last-modified-time", "IfMatchLastModifiedTime", "date"],
  ["x-amz-if-match-size", "IfMatchSize", "number"],
  ["x-amz-max-parts", "MaxParts", "number"],
  ["x-amz-metadata-directive", "MetadataDirective"],
  ["x-amz-mp-object-size", "MpuObjectSize", "number"],
  ["x-amz-object-attributes", "ObjectAttributes", "list"],
  ["x-amz-bucket-object-lock-enabled", "ObjectLockEnabledForBucket", "boolean"],
  ["x-amz-object-lock-legal-hold", "ObjectLockLegalHoldStatus"],
  ["x-amz-object-lock-mode", "ObjectLockMode"],
  ["x-amz-object-lock-retain-until-date", "ObjectLockRetainUntilDate"],
  ["x-amz-object-ownership", "ObjectOwnership"],
  ["x-amz-part-number-marker", "PartNumberMarker"],
  ["x-amz-sdk-checksum-algorithm", "ChecksumAlgorithm", "text", ["PutObject", "UploadPart"]],
  ["x-amz-server-side-encryption", "ServerSideEncryption"],
  ["x-amz-server-side-encryption-aws-kms-key-id", "SSEKMSKeyId"],
  ["x-amz-server-side-encryption-context", "SSEKMSEncryptionContext"],
  ["x-amz-server-side-encryption-customer-algorithm", "SSECustomerAlgorithm"],
  ["x-amz-server-side-encryption-customer-key", "SSECustomerKey"],
  ["x-amz-server-side-encryption-customer-key-md5", "SSECustomerKeyMD5"],
  ["x-amz-source-expected-bucket-owner", "ExpectedSourceBucketOwner"],
  ["x-amz-storage-class", "StorageClass"],
  ["x-amz-tagging", "Tagging"],
  ["x-amz-tagging-directive", "TaggingDirective"],
  ["x-amz-transition-default-minimum-object-size", "TransitionDefaultMinimumObjectSize"],
  ["x-amz-website-redirect-location", "WebsiteRedirectLocation"],
  ["x-amz-write-offset-bytes", "WriteOffsetBytes"],
];

const ANSWERS: Record<string, string> = {
  AcceptRanges: "Accept-Ranges",
  AccessPointAlias: "x-amz-access-point-alias",
  BucketArn: "x-amz-bucket-arn",
  BucketRegion: "x-amz-bucket-region",
  CacheControl: "Cache-Control",
  ChecksumAlgorithm: "x-amz-checksum-algorithm",
  ChecksumCRC32: "x-amz-checksum-crc32",
  ChecksumCRC32C: "x-amz-checksum-crc32c",
  ChecksumCRC64NVME: "x-amz-checksum-crc64nvme",
  ChecksumSHA1: "x-amz-checksum-sha1",
  ChecksumSHA256: "x-amz-checksum-sha256",
  ChecksumType: "x-amz-checksum-type",
  ContentDisposition: "Content-Disposition",
  ContentEncoding: "Content-Encoding",
  ContentLanguage: "Content-Language",
  ContentLength: "Content-Length",
  ContentRange: "Content-Range",
  ContentType: "Content-Type",
  CopySourceVersionId: "x-amz-copy-source-version-id",
  DeleteMarker: "x-amz-delete-marker",
  ETag: "ETag",
  Expiration: "x-amz-expiration",
  ExpiresString: "Expires",
  LastModified: "Last-Modified",
  Location: "Location",
  PartsCount: "x-amz-mp-parts-count",
  ServerSideEncryption: "x-amz-server-side-encryption",
  StorageClass: "x-amz-storage-class",
  TagCount: "x-amz-tagging-count",
  TransitionDefaultMinimumObjectSize: "x-amz-transition-default-minimum-object-size",
  VersionId: "x-amz-version-id",
  WebsiteRedirectLocation: "x-amz-website-redirect-location",
};
