import type {
  ListMultipartUploadsCommandInput,
  ListMultipartUploadsCommandOutput,
  ListPartsCommandInput,
  ListPartsCommandOutput,
  MultipartUpload,
} from "@aws-sdk/client-s3";
import * as Answer from "../answer.ts";
import * as Bucket from "../bucket.ts";
import { requireKey } from "../key.ts";
import { permit } from "../permission.ts";
import { invalidArgument } from "../refusals.ts";
import type { Ask, Shelf } from "../shelf.ts";
import * as Upload from "../upload.ts";
import { type Position, walk } from "../walk.ts";
import { readEncoding, readMax, readPartMarker } from "./list-objects.ts";

/** Uploads that have begun and are not completed, by key and then by age. */
export function listMultipartUploads(
  shelf: Shelf,
  ask: Ask,
  input: ListMultipartUploadsCommandInput,
): Omit<ListMultipartUploadsCommandOutput, "$metadata"> {
  const { name } = Bucket.require(shelf, input.Bucket);
  permit(shelf, ask, { action: "ListBucketMultipartUploads", bucket: name, input });
  const max = readMax("max-uploads", input.MaxUploads);
  const shown = readEncoding(input.EncodingType);
  const from = readMarker(shelf, name, input);
  const found = walk<Upload.Upload>({
    prefix: input.Prefix ?? "",
    delimiter: input.Delimiter ?? "",
    max,
    from,
    foldedAfter: input.KeyMarker ?? "",
    next: (position, count) =>
      Upload.list(
        shelf,
        name,
        { ...position, after: position.item as Upload.Upload | undefined },
        count,
      ),
  });
  const uploads = found.lines.flatMap((line) => ("item" in line ? [line.item] : []));
  const folded = found.lines.flatMap((line) =>
    "prefix" in line ? [{ Prefix: shown(line.prefix) }] : [],
  );
  const end = found.lines.at(-1);
  return {
    Bucket: name,
    KeyMarker: shown(input.KeyMarker ?? ""),
    UploadIdMarker: from.key === "" ? "" : (input.UploadIdMarker ?? ""),
    // As on AWS, a page that ends with a folded prefix names no place to go on from.
    NextKeyMarker: end && "item" in end ? shown(end.item.key) : "",
    NextUploadIdMarker: end && "item" in end ? end.item.id : "",
    ...(input.Prefix ? { Prefix: shown(input.Prefix) } : {}),
    ...(input.Delimiter ? { Delimiter: shown(input.Delimiter) } : {}),
    ...(input.EncodingType ? { EncodingType: input.EncodingType } : {}),
    MaxUploads: max,
    IsTruncated: found.truncated,
    ...(uploads.length ? { Uploads: uploads.map((upload) => line(shelf, upload, shown)) } : {}),
    ...(folded.length ? { CommonPrefixes: folded } : {}),
  };
}

export function listParts(
  shelf: Shelf,
  ask: Ask,
  input: ListPartsCommandInput,
): Omit<ListPartsCommandOutput, "$metadata"> {
  const key = requireKey(input.Key);
  const { name } = Bucket.require(shelf, input.Bucket);
  permit(shelf, ask, { action: "ListMultipartUploadParts", bucket: name, key, input });
  const upload = Upload.require(shelf, name, key, input.UploadId);
  const max = readMax("max-parts", input.MaxParts);
  const marker = readPartMarker(input.PartNumberMarker);
  const all = Upload.parts(shelf, upload.id).filter((part) => part.number > marker);
  const parts = all.slice(0, max);
  const algorithm = upload.checksum?.algorithm;
  return {
    Bucket: name,
    Key: key,
    UploadId: upload.id,
    PartNumberMarker: String(marker),
    NextPartNumberMarker: String(parts.at(-1)?.number ?? 0),
    MaxParts: max,
    IsTruncated: all.length > parts.length,
    ...(parts.length
      ? {
          Parts: parts.map((part) => ({
            PartNumber: part.number,
            LastModified: new Date(part.storedAtMs),
            ETag: Answer.quoted(part.md5),
            Size: part.sizeBytes,
            ...(algorithm ? { [`Checksum${algorithm}`]: part.checksum } : {}),
          })),
        }
      : {}),
    Initiator: initiator(shelf),
    Owner: Answer.owner(shelf),
    StorageClass: (upload.traits.StorageClass ?? "STANDARD") as MultipartUpload["StorageClass"],
    ...(upload.checksum
      ? { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }
      : {}),
  };
}

function readMarker(
  shelf: Shelf,
  bucket: string,
  input: ListMultipartUploadsCommandInput,
): Position {
  const key = input.KeyMarker ?? "";
  const id = input.UploadIdMarker;
  // Without a key marker AWS ignores the other one.
  if (key === "" || !id) return { key, inclusive: key === "" };
  const item = Upload.find(shelf, id);
  if (!item || item.bucket !== bucket || item.key !== key) {
    throw invalidArgument("Invalid uploadId marker", "upload-id-marker", id);
  }
  return { key, inclusive: false, item };
}

function line(
  shelf: Shelf,
  upload: Upload.Upload,
  shown: (text: string) => string,
): MultipartUpload {
  return {
    Key: shown(upload.key),
    UploadId: upload.id,
    Initiator: initiator(shelf),
    Owner: Answer.owner(shelf),
    StorageClass: (upload.traits.StorageClass ?? "STANDARD") as MultipartUpload["StorageClass"],
    Initiated: new Date(upload.begunAtMs),
    ...(upload.checksum
      ? { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }
      : {}),
  };
}

function initiator(shelf: Shelf) {
  return { ...Answer.owner(shelf), DisplayName: shelf.cloud.accountId };
}
