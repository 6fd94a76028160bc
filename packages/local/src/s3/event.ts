import type { Bucket } from "./bucket.ts";
import { sequencer } from "./id.ts";
import * as Setting from "./setting.ts";
import type { Ask, Shelf } from "./shelf.ts";
import type { Version } from "./version.ts";

export type CreationReason = "PutObject" | "POST Object" | "CopyObject" | "CompleteMultipartUpload";
export type DeletionReason = "DeleteObject" | "Lifecycle Expiration";

/** Says `Object Created`, in the transaction that made it so. */
export function created(shelf: Shelf, ask: Ask, version: Version, reason: CreationReason): void {
  const mark = sequencer(shelf.cloud.store, shelf.cloud.now());
  say(shelf, ask, version.bucket, "Object Created", {
    object: {
      key: version.key,
      size: version.sizeBytes,
      etag: version.etag,
      ...named(version),
      sequencer: mark,
    },
    reason,
  });
}

/** Says `Object Deleted`: a version is gone, or a marker hides what was there. */
export function deleted(
  shelf: Shelf,
  ask: Ask,
  bucket: Bucket,
  gone: { version: Version; markerMade: boolean; reason: DeletionReason },
): void {
  const mark = sequencer(shelf.cloud.store, shelf.cloud.now());
  say(shelf, ask, bucket.name, "Object Deleted", {
    object: {
      key: gone.version.key,
      ...(gone.markerMade ? { etag: EMPTY_MD5 } : {}),
      ...named(gone.version),
      sequencer: mark,
    },
    reason: gone.reason,
    "deletion-type": gone.markerMade ? "Delete Marker Created" : "Permanently Deleted",
  });
}

function say(
  shelf: Shelf,
  ask: Ask,
  bucket: string,
  type: "Object Created" | "Object Deleted",
  about: Record<string, unknown>,
): void {
  if (!Setting.get(shelf, bucket, "notification")?.EventBridgeConfiguration) return;
  shelf.cloud.emit({
    "detail-type": type,
    source: "aws.s3",
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: "0",
      bucket: { name: bucket },
      ...about,
      "request-id": ask.requestId,
      requester: ask.caller.arn.endsWith(".amazonaws.com") ? ask.caller.arn : ask.caller.accountId,
      ...(ask.sourceIp ? { "source-ip-address": ask.sourceIp } : {}),
    },
  });
}

function named(version: Version): { "version-id"?: string } {
  return version.versionId === "null" ? {} : { "version-id": version.versionId };
}

const EMPTY_MD5 = "d41d8cd98f00b204e9800998ecf8427e";
