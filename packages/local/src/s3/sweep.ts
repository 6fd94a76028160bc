import type { LifecycleRule } from "@aws-sdk/client-s3";
import * as Bucket from "./bucket.ts";
import * as Event from "./event.ts";
import { requestId } from "./id.ts";
import * as Lifecycle from "./lifecycle.ts";
import * as Setting from "./setting.ts";
import type { Ask, Shelf } from "./shelf.ts";
import * as Upload from "./upload.ts";
import * as Version from "./version.ts";

/**
 * Does what the lifecycle rules of all buckets ask for by now: expires objects and old versions,
 * removes delete markers that hide nothing, and aborts uploads that nobody completes. Transitions
 * are kept in the rules and move nothing: there is one kind of disk here.
 */
export function sweep(shelf: Shelf): void {
  for (const bucket of Bucket.list(shelf, "", "", MANY)) {
    for (const rule of Setting.get(shelf, bucket.name, "lifecycle")?.Rules ?? []) {
      if (rule.Status !== "Enabled") continue;
      abortUploads(shelf, bucket, rule);
      expireObjects(shelf, bucket, rule);
      expireOldVersions(shelf, bucket, rule);
      removeLoneMarkers(shelf, bucket, rule);
    }
  }
}

function abortUploads(shelf: Shelf, bucket: Bucket.Bucket, rule: LifecycleRule): void {
  const days = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  if (days === undefined) return;
  const nowMs = shelf.cloud.now();
  for (const upload of Upload.begunBefore(shelf, bucket.name, nowMs)) {
    const to = { key: upload.key, sizeBytes: 0, tags: upload.traits.tags };
    if (!Lifecycle.applies(rule, to) || Lifecycle.afterDays(upload.begunAtMs, days) > nowMs)
      continue;
    shelf.cloud.store.transaction(() => Upload.end(shelf, upload.id));
  }
}

function expireObjects(shelf: Shelf, bucket: Bucket.Bucket, rule: LifecycleRule): void {
  if (rule.Expiration?.Days === undefined && !rule.Expiration?.Date) return;
  const nowMs = shelf.cloud.now();
  each(shelf, bucket, "latest = 1 AND marker = 0", (version) => {
    const atMs = Lifecycle.dueMs(rule, version.storedAtMs);
    if (atMs === undefined || atMs > nowMs) return;
    if (!Lifecycle.applies(rule, Lifecycle.subject(version))) return;
    const markerMade = bucket.versioning !== undefined;
    const gone = markerMade ? Version.mark(shelf, bucket, version.key) : version;
    if (!markerMade) Version.remove(shelf, version);
    Event.deleted(shelf, asS3(shelf), bucket, { version: gone, markerMade, reason: REASON });
  });
}

function expireOldVersions(shelf: Shelf, bucket: Bucket.Bucket, rule: LifecycleRule): void {
  const { NoncurrentDays: days, NewerNoncurrentVersions: kept = 0 } =
    rule.NoncurrentVersionExpiration ?? {};
  if (days === undefined) return;
  const nowMs = shelf.cloud.now();
  each(shelf, bucket, "latest = 0", (version) => {
    if (!Lifecycle.applies(rule, Lifecycle.subject(version))) return;
    const newer = Version.select(
      shelf,
      "bucket = ? AND key = ? AND seq > ? ORDER BY seq LIMIT ?",
      bucket.name,
      version.key,
      version.seq,
      kept + 1,
    );
    // It has been noncurrent since the next newer one came.
    const [successor] = newer;
    if (!successor || newer.length <= kept) return;
    if (Lifecycle.afterDays(successor.storedAtMs, days) > nowMs) return;
    Version.remove(shelf, version);
    Event.deleted(shelf, asS3(shelf), bucket, { version, markerMade: false, reason: REASON });
  });
}

function removeLoneMarkers(shelf: Shelf, bucket: Bucket.Bucket, rule: LifecycleRule): void {
  if (!rule.Expiration?.ExpiredObjectDeleteMarker) return;
  each(shelf, bucket, "latest = 1 AND marker = 1", (version) => {
    if (!Lifecycle.applies(rule, Lifecycle.subject(version))) return;
    const others = Version.select(
      shelf,
      "bucket = ? AND key = ? LIMIT 2",
      bucket.name,
      version.key,
    );
    if (others.length > 1) return;
    Version.remove(shelf, version);
    Event.deleted(shelf, asS3(shelf), bucket, { version, markerMade: false, reason: REASON });
  });
}

/** Goes through the versions of a bucket, each change a transaction of its own. */
function each(
  shelf: Shelf,
  bucket: Bucket.Bucket,
  where: string,
  visit: (version: Version.Version) => void,
): void {
  for (let seq = 0; ; ) {
    const page = Version.select(
      shelf,
      `bucket = ? AND seq > ? AND ${where} ORDER BY seq LIMIT 500`,
      bucket.name,
      seq,
    );
    for (const version of page) shelf.cloud.store.transaction(() => visit(version));
    const last = page.at(-1);
    if (!last) return;
    seq = last.seq;
  }
}

function asS3(shelf: Shelf): Ask {
  const caller = shelf.cloud.iam.service("s3.amazonaws.com");
  return {
    caller: { ...caller, arn: "s3.amazonaws.com" },
    requestId: requestId(),
    context: {},
  };
}

const REASON = "Lifecycle Expiration";
const MANY = 100_000;
