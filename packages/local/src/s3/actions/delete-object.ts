import type {
  DeleteObjectCommandInput,
  DeleteObjectCommandOutput,
  DeleteObjectsCommandInput,
  DeleteObjectsCommandOutput,
  ObjectIdentifier,
} from "@aws-sdk/client-s3";
import { Refusal } from "../../kernel/refusal.ts";
import * as Bucket from "../bucket.ts";
import * as Event from "../event.ts";
import { requireKey } from "../key.ts";
import { permit } from "../permission.ts";
import { matches } from "../precondition.ts";
import { headerNotImplemented, malformedXml, noSuchKey, preconditionFailed } from "../refusals.ts";
import type { Ask, Shelf } from "../shelf.ts";
import * as Version from "../version.ts";

interface Deleted {
  DeleteMarker?: true;
  VersionId?: string;
}

export function deleteObject(
  shelf: Shelf,
  ask: Ask,
  input: DeleteObjectCommandInput,
): Omit<DeleteObjectCommandOutput, "$metadata"> {
  const bucket = Bucket.require(shelf, input.Bucket);
  return erase(shelf, ask, bucket, { ...input, Key: input.Key ?? "" });
}

/** Up to 1,000 at once. One that fails is told of in its place; the others go. */
export function deleteObjects(
  shelf: Shelf,
  ask: Ask,
  input: DeleteObjectsCommandInput,
): Omit<DeleteObjectsCommandOutput, "$metadata"> {
  const bucket = Bucket.require(shelf, input.Bucket);
  const wanted = input.Delete?.Objects ?? [];
  if (wanted.length === 0 || wanted.length > 1000) throw malformedXml();
  const answer: { Deleted: object[]; Errors: object[] } = { Deleted: [], Errors: [] };
  for (const one of wanted) {
    const named = { Key: one.Key, ...(one.VersionId ? { VersionId: one.VersionId } : {}) };
    try {
      const { DeleteMarker, VersionId } = erase(shelf, ask, bucket, one);
      const marker = DeleteMarker ? { DeleteMarker, DeleteMarkerVersionId: VersionId } : {};
      if (!input.Delete?.Quiet) answer.Deleted.push({ ...named, ...marker });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer.Errors.push({ ...named, Code: error.code, Message: error.message });
    }
  }
  return {
    ...(answer.Deleted.length ? { Deleted: answer.Deleted } : {}),
    ...(answer.Errors.length ? { Errors: answer.Errors } : {}),
  };
}

/** Removes what a version id names; else hides the object, or removes it where there are no versions. */
function erase(
  shelf: Shelf,
  ask: Ask,
  bucket: Bucket.Bucket,
  one: ObjectIdentifier & DeleteConditions,
): Deleted {
  const key = requireKey(one.Key);
  const id = one.VersionId;
  const there =
    id === undefined
      ? Version.latest(shelf, bucket.name, key)
      : Version.byId(shelf, bucket.name, key, id);
  permit(shelf, ask, {
    action: id === undefined ? "DeleteObject" : "DeleteObjectVersion",
    bucket: bucket.name,
    key,
    input: one,
    version: there,
  });
  checkDelete(one, key, there);
  return shelf.cloud.store.transaction(() =>
    id === undefined ? hide(shelf, ask, bucket, key) : purge(shelf, ask, bucket, there, id),
  );
}

interface DeleteConditions {
  IfMatch?: string | undefined;
  IfMatchLastModifiedTime?: Date | undefined;
  IfMatchSize?: number | undefined;
  ETag?: string | undefined;
  LastModifiedTime?: Date | undefined;
  Size?: number | undefined;
}

function checkDelete(one: DeleteConditions, key: string, there: Version.Version | undefined): void {
  const size = one.IfMatchSize ?? one.Size;
  const time = one.IfMatchLastModifiedTime ?? one.LastModifiedTime;
  if (size !== undefined || time !== undefined) {
    throw headerNotImplemented(
      time === undefined ? "x-amz-if-match-size" : "x-amz-if-match-last-modified-time",
      "Only directory buckets take this condition",
    );
  }
  const wanted = one.IfMatch ?? one.ETag;
  if (wanted === undefined) return;
  if (!there || there.marker) throw noSuchKey(key);
  if (!matches(wanted, there.etag)) throw preconditionFailed("If-Match");
}

function hide(shelf: Shelf, ask: Ask, bucket: Bucket.Bucket, key: string): Deleted {
  const reason = "DeleteObject";
  if (bucket.versioning) {
    const version = Version.mark(shelf, bucket, key);
    Event.deleted(shelf, ask, bucket, { version, markerMade: true, reason });
    return { DeleteMarker: true, VersionId: version.versionId };
  }
  const version = Version.latest(shelf, bucket.name, key);
  if (version) {
    Version.remove(shelf, version);
    Event.deleted(shelf, ask, bucket, { version, markerMade: false, reason });
  }
  return {};
}

function purge(
  shelf: Shelf,
  ask: Ask,
  bucket: Bucket.Bucket,
  version: Version.Version | undefined,
  id: string,
): Deleted {
  if (version) {
    Version.remove(shelf, version);
    Event.deleted(shelf, ask, bucket, { version, markerMade: false, reason: "DeleteObject" });
  }
  return { VersionId: id, ...(version?.marker ? { DeleteMarker: true } : {}) };
}
