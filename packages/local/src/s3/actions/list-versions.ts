import type {
  DeleteMarkerEntry,
  ListObjectVersionsCommandInput,
  ListObjectVersionsCommandOutput,
  ObjectVersion,
} from "@aws-sdk/client-s3";
import * as Answer from "../answer.ts";
import * as Bucket from "../bucket.ts";
import { isVersionId } from "../id.ts";
import { permit } from "../permission.ts";
import { invalidArgument } from "../refusals.ts";
import type { Ask, Shelf } from "../shelf.ts";
import * as Version from "../version.ts";
import { type Position, walk } from "../walk.ts";
import { readEncoding, readMax } from "./list-objects.ts";

/** All versions and delete markers: keys in order, of each key the newest first. */
export function listObjectVersions(
  shelf: Shelf,
  ask: Ask,
  input: ListObjectVersionsCommandInput,
): Omit<ListObjectVersionsCommandOutput, "$metadata"> {
  const { name } = Bucket.require(shelf, input.Bucket);
  permit(shelf, ask, { action: "ListBucketVersions", bucket: name, input });
  const max = readMax("maxKeys", input.MaxKeys);
  const shown = readEncoding(input.EncodingType);
  const found = walk<Version.Version>({
    prefix: input.Prefix ?? "",
    delimiter: input.Delimiter ?? "",
    max,
    from: readMarker(shelf, name, input),
    foldedAfter: input.KeyMarker ?? "",
    next: (position, count) => page(shelf, name, position, count),
  });
  const items = found.lines.flatMap((line) => ("item" in line ? [line.item] : []));
  const versions = items.filter((item) => !item.marker).map((item) => version(shelf, item, shown));
  const markers = items.filter((item) => item.marker).map((item) => entry(shelf, item, shown));
  const folded = found.lines.flatMap((line) =>
    "prefix" in line ? [{ Prefix: shown(line.prefix) }] : [],
  );
  const end = found.lines.at(-1);
  const next =
    !found.truncated || !end
      ? {}
      : "item" in end
        ? { NextKeyMarker: shown(end.item.key), NextVersionIdMarker: end.item.versionId }
        : { NextKeyMarker: shown(end.prefix) };
  return {
    Name: name,
    Prefix: shown(input.Prefix ?? ""),
    KeyMarker: shown(input.KeyMarker ?? ""),
    VersionIdMarker: input.VersionIdMarker ?? "",
    ...next,
    MaxKeys: max,
    ...(input.Delimiter ? { Delimiter: shown(input.Delimiter) } : {}),
    ...(input.EncodingType ? { EncodingType: input.EncodingType } : {}),
    IsTruncated: found.truncated,
    ...(versions.length ? { Versions: versions } : {}),
    ...(markers.length ? { DeleteMarkers: markers } : {}),
    ...(folded.length ? { CommonPrefixes: folded } : {}),
  };
}

function readMarker(shelf: Shelf, bucket: string, input: ListObjectVersionsCommandInput): Position {
  const key = input.KeyMarker ?? "";
  const id = input.VersionIdMarker;
  if (id === undefined) return { key, inclusive: key === "" };
  if (key === "") {
    throw invalidArgument(
      "A version-id marker cannot be specified without a key marker.",
      "version-id-marker",
      id,
    );
  }
  if (id === "")
    throw invalidArgument("A version-id marker cannot be empty.", "version-id-marker", "");
  if (!isVersionId(id)) {
    throw invalidArgument("Invalid version id specified", "version-id-marker", id);
  }
  const item = Version.byId(shelf, bucket, key, id);
  return { key, inclusive: false, item };
}

function page(shelf: Shelf, bucket: string, from: Position, count: number): Version.Version[] {
  const order = "ORDER BY key, seq DESC LIMIT ?";
  const item = from.item as Version.Version | undefined;
  if (!item) {
    const sign = from.inclusive ? ">=" : ">";
    return Version.select(shelf, `bucket = ? AND key ${sign} ? ${order}`, bucket, from.key, count);
  }
  return Version.select(
    shelf,
    `bucket = ? AND key >= ? AND (key > ? OR seq < ?) ${order}`,
    bucket,
    from.key,
    from.key,
    item.seq,
    count,
  );
}

function version(
  shelf: Shelf,
  item: Version.Version,
  shown: (text: string) => string,
): ObjectVersion {
  const { checksum, StorageClass } = item.traits;
  return {
    ...entry(shelf, item, shown),
    ETag: Answer.quoted(item.etag),
    ...(checksum ? { ChecksumAlgorithm: [checksum.algorithm], ChecksumType: checksum.type } : {}),
    Size: item.sizeBytes,
    StorageClass: (StorageClass ?? "STANDARD") as ObjectVersion["StorageClass"],
  };
}

function entry(
  shelf: Shelf,
  item: Version.Version,
  shown: (text: string) => string,
): DeleteMarkerEntry {
  return {
    Key: shown(item.key),
    VersionId: item.versionId,
    IsLatest: item.latest,
    LastModified: new Date(item.storedAtMs),
    Owner: Answer.owner(shelf),
  };
}
