import type { CopyObjectCommandInput, CopyObjectCommandOutput } from "@aws-sdk/client-s3";
import * as Answer from "../answer.ts";
import * as Bucket from "../bucket.ts";
import { type Algorithm, asked, type Checksum, members } from "../checksum.ts";
import { commit } from "../commit.ts";
import { parseSource, requireKey } from "../key.ts";
import { permit } from "../permission.ts";
import { checkSource, checkWritable, checkWrite } from "../precondition.ts";
import { digest } from "../receive.ts";
import { entityTooLarge, invalidArgument, invalidRequest } from "../refusals.ts";
import type { Ask, Shelf } from "../shelf.ts";
import * as Traits from "../traits.ts";
import * as Version from "../version.ts";
import { find } from "./get-object.ts";

type CopyInput = Omit<CopyObjectCommandInput, "Expires"> & { Expires?: Date | string | undefined };

/** Copies on this disk: where the bytes are one file already, only a new name for it is made. */
export async function copyObject(
  shelf: Shelf,
  ask: Ask,
  input: CopyInput,
): Promise<Omit<CopyObjectCommandOutput, "$metadata">> {
  const key = requireKey(input.Key);
  const { name } = Bucket.require(shelf, input.Bucket);
  checkWritable(input);
  const from = parseSource(input.CopySource ?? "");
  const source = openSource(shelf, ask, from);
  refuseIdle(input, source, { bucket: name, key }, from.versionId);
  const traits = reshaped(input, source);
  const context = { "s3:ObjectCreationOperation": "true" };
  permit(shelf, ask, { action: "PutObject", bucket: name, key, input, context });
  if (traits.tags.length)
    permit(shelf, ask, { action: "PutObjectTagging", bucket: name, key, input });
  checkSource(input, source, shelf.cloud.now());
  checkWrite(input, key, Version.latest(shelf, name, key));

  const bytes = await duplicate(
    shelf,
    source,
    asked({ ChecksumAlgorithm: input.ChecksumAlgorithm })?.algorithm,
  );
  const version = commit(
    shelf,
    ask,
    name,
    {
      key,
      sizeBytes: source.sizeBytes,
      etag: bytes.etag,
      traits: { ...traits, checksum: bytes.checksum },
      pieces: [{ number: 1, file: bytes.file, sizeBytes: source.sizeBytes }],
    },
    { conditions: input, reason: "CopyObject" },
  );
  return {
    CopyObjectResult: {
      ETag: Answer.quoted(version.etag),
      LastModified: new Date(version.storedAtMs),
      ...members(bytes.checksum),
    },
    CopySourceVersionId: Answer.shownVersion(shelf, source),
    ...Answer.stored(shelf, version),
    VersionId: Answer.shownVersion(shelf, version),
  };
}

/** The object that is copied from, if it may be read. */
export function openSource(
  shelf: Shelf,
  ask: Ask,
  from: { bucket: string; key: string; versionId?: string },
): Version.Version {
  const version = find(
    shelf,
    ask,
    { Bucket: from.bucket, Key: from.key, VersionId: from.versionId },
    "GET",
  );
  if (version.traits.tags.length) {
    const action = from.versionId === undefined ? "GetObjectTagging" : "GetObjectVersionTagging";
    permit(shelf, ask, { action, bucket: from.bucket, key: from.key, version });
  }
  return version;
}

/** What the copy will be known by: as the source, or as this request says. */
function reshaped(input: CopyInput, source: Version.Version): Version.Traits {
  const given = Traits.parse("CopyObject", input);
  const directive = (name: "MetadataDirective" | "TaggingDirective", header: string) => {
    const value = input[name] ?? "COPY";
    if (value === "COPY" || value === "REPLACE") return value;
    throw invalidArgument(
      name === "MetadataDirective" ? "Unknown metadata directive." : "Unknown tagging directive.",
      header,
      value,
    );
  };
  const kept = directive("MetadataDirective", "x-amz-metadata-directive") === "COPY";
  const tagsKept = directive("TaggingDirective", "x-amz-tagging-directive") === "COPY";
  return {
    ...(kept ? source.traits : given),
    // These two never travel: a copy has those that its request names.
    StorageClass: given.StorageClass,
    WebsiteRedirectLocation: given.WebsiteRedirectLocation,
    tags: tagsKept ? source.traits.tags : given.tags,
    partsCount: undefined,
    uploadId: undefined,
  };
}

/** A copy onto itself must change something. */
function refuseIdle(
  input: CopyInput,
  source: Version.Version,
  to: { bucket: string; key: string },
  sourceVersion: string | undefined,
): void {
  const same = source.bucket === to.bucket && source.key === to.key && sourceVersion === undefined;
  const changes =
    input.MetadataDirective === "REPLACE" ||
    input.StorageClass !== undefined ||
    input.WebsiteRedirectLocation !== undefined ||
    input.ServerSideEncryption !== undefined;
  if (same && !changes) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  if (source.sizeBytes > MAX_BYTES) throw entityTooLarge(MAX_BYTES);
}

async function duplicate(
  shelf: Shelf,
  source: Version.Version,
  wanted: Algorithm | undefined,
): Promise<{ file: string; etag: string; checksum: Checksum }> {
  const pieces = Version.pieces(shelf, source);
  const known = source.traits.checksum;
  const [only] = pieces;
  const enough = known?.type === "FULL_OBJECT" && (!wanted || wanted === known.algorithm);
  if (only && known && enough && !source.traits.partsCount) {
    return { file: await shelf.bodies.again(only.file), etag: source.etag, checksum: known };
  }
  const algorithm = wanted ?? known?.algorithm ?? "CRC64NVME";
  const written = await shelf.bodies.write(
    shelf.bodies.read(Version.slices(pieces, 0, source.sizeBytes - 1)),
    [algorithm],
  );
  const checksum = { algorithm, type: "FULL_OBJECT", value: digest(written, algorithm) } as const;
  return { file: written.file, etag: written.md5.toString("hex"), checksum };
}

/** Larger sources are copied part by part. Source: CopyObject, API reference. */
const MAX_BYTES = 5 * 1024 ** 3;
