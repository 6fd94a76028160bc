import { createHash } from "node:crypto";
import type { Owner, StorageClass } from "@aws-sdk/client-s3";
import { members } from "./checksum.ts";
import * as Lifecycle from "./lifecycle.ts";
import type { Shelf } from "./shelf.ts";
import { shownClass } from "./traits.ts";
import type { Version } from "./version.ts";

/** Pieces of answers that several actions share. */

export function quoted(etag: string): string {
  return `"${etag}"`;
}

/** `null` versions are not named, unless a bucket that has had versions holds them. */
export function shownVersion(shelf: Shelf, version: Version): string | undefined {
  if (version.versionId !== "null") return version.versionId;
  const kept = shelf.cloud.store.get<{ versioning: string | null }>(
    "SELECT versioning FROM s3_buckets WHERE name = ?",
    version.bucket,
  );
  return kept?.versioning ? "null" : undefined;
}

/** What PutObject, CopyObject and the like say of what they have stored. */
export function stored(shelf: Shelf, version: Version) {
  return {
    ServerSideEncryption: "AES256" as const,
    // A suspended bucket does not name the null version it has just written.
    VersionId: version.versionId === "null" ? undefined : version.versionId,
    Expiration: Lifecycle.expiration(shelf, version),
  };
}

/** What HEAD and GET say of an object, except for its length. */
export function described(shelf: Shelf, version: Version) {
  const { traits } = version;
  return {
    AcceptRanges: "bytes",
    LastModified: new Date(version.storedAtMs),
    ETag: quoted(version.etag),
    CacheControl: traits.CacheControl,
    ContentDisposition: traits.ContentDisposition,
    ContentEncoding: traits.ContentEncoding,
    ContentLanguage: traits.ContentLanguage,
    ContentType: traits.ContentType,
    ExpiresString: traits.Expires,
    WebsiteRedirectLocation: traits.WebsiteRedirectLocation,
    ServerSideEncryption: "AES256" as const,
    StorageClass: shownClass(traits.StorageClass) as StorageClass | undefined,
    Metadata: traits.Metadata,
    VersionId: shownVersion(shelf, version),
    TagCount: traits.tags.length || undefined,
    Expiration: Lifecycle.expiration(shelf, version),
  };
}

export function checksums(version: Version) {
  return members(version.traits.checksum);
}

/** The canonical user: one per account, derived from its number. */
export function owner(shelf: Shelf): Owner {
  return { ID: createHash("sha256").update(`owner:${shelf.cloud.accountId}`).digest("hex") };
}
