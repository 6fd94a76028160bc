import type { Readable } from "node:stream";
import type {
  GetObjectCommandInput,
  GetObjectCommandOutput,
  HeadObjectCommandOutput,
} from "@aws-sdk/client-s3";
import { Refusal } from "../../kernel/refusal.ts";
import * as Answer from "../answer.ts";
import * as Bucket from "../bucket.ts";
import { requireKey } from "../key.ts";
import { missing, permit } from "../permission.ts";
import { checkRead } from "../precondition.ts";
import * as Range from "../range.ts";
import { methodNotAllowed, noSuchVersion } from "../refusals.ts";
import type { Ask, Shelf } from "../shelf.ts";
import { refuseUnkept } from "../traits.ts";
import * as Version from "../version.ts";

export type GetOutput = Omit<GetObjectCommandOutput, "$metadata" | "Body"> & { Body: Readable };

/** Reads an object or a stretch of it. The body is a stream; nothing is read before it is asked for. */
export function getObject(shelf: Shelf, ask: Ask, input: GetObjectCommandInput): GetOutput {
  refuseUnkept("GetObject", input);
  const version = find(shelf, ask, input, "GET");
  const { traits } = version;
  if (traits.StorageClass === "GLACIER" || traits.StorageClass === "DEEP_ARCHIVE") {
    throw new Refusal(
      "InvalidObjectState",
      "The operation is not valid for the object's storage class",
      { httpStatus: 403, about: { StorageClass: traits.StorageClass } },
    );
  }
  const { first, last, ...answer } = describe(shelf, version, input);
  const pieces = Version.pieces(shelf, version);
  return { ...answer, Body: shelf.bodies.read(Version.slices(pieces, first, last)) };
}

/** The same without the bytes. */
export function headObject(
  shelf: Shelf,
  ask: Ask,
  input: GetObjectCommandInput,
): Omit<HeadObjectCommandOutput, "$metadata"> {
  refuseUnkept("HeadObject", input);
  const version = find(shelf, ask, input, "HEAD");
  const { first: _first, last: _last, ...answer } = describe(shelf, version, input);
  return answer;
}

/**
 * The version that is meant, if the caller may read it.
 *
 * @throws Refusal `NoSuchKey`, or `AccessDenied` to callers who may not list the bucket
 */
export function find(
  shelf: Shelf,
  ask: Ask,
  input: Pick<GetObjectCommandInput, "Bucket" | "Key" | "VersionId"> & object,
  method: "GET" | "HEAD" | "PUT",
  action = "GetObject",
): Version.Version {
  const key = requireKey(input.Key);
  const { name } = Bucket.require(shelf, input.Bucket);
  const id = input.VersionId;
  const version =
    id === undefined ? Version.latest(shelf, name, key) : Version.byId(shelf, name, key, id);
  permit(shelf, ask, {
    action: id === undefined ? action : action.replace("Object", "ObjectVersion"),
    bucket: name,
    key,
    input,
    version,
  });
  if (!version) throw id === undefined ? missing(shelf, ask, name, key) : noSuchVersion(key, id);
  if (!version.marker) return version;
  const $headers = { "x-amz-delete-marker": "true", "x-amz-version-id": version.versionId };
  if (id !== undefined || method === "PUT") {
    const modified = { "Last-Modified": new Date(version.storedAtMs).toUTCString() };
    throw methodNotAllowed(method, { $headers: { ...$headers, ...modified, Allow: "DELETE" } });
  }
  const refusal = missing(shelf, ask, name, key);
  if (refusal.code === "AccessDenied") throw refusal;
  throw new Refusal(refusal.code, refusal.message, {
    httpStatus: refusal.httpStatus,
    about: { ...refusal.about, $headers },
  });
}

function describe(shelf: Shelf, version: Version.Version, input: GetObjectCommandInput) {
  checkRead(input, version, shelf.cloud.now());
  const { sizeBytes } = version;
  const part = input.PartNumber === undefined ? undefined : stretch(shelf, version, input);
  const range = part ?? Range.parse(input.Range, sizeBytes);
  const { first, last } = range ?? { first: 0, last: sizeBytes - 1 };
  const whole = first === 0 && last === sizeBytes - 1;
  const checksums =
    input.ChecksumMode === undefined
      ? {}
      : part
        ? partChecksum(version, part)
        : whole
          ? Answer.checksums(version)
          : {};
  return {
    ...Answer.described(shelf, version),
    ...overrides(input),
    ...checksums,
    ContentLength: last - first + 1,
    ...(range && sizeBytes > 0 ? { ContentRange: `bytes ${first}-${last}/${sizeBytes}` } : {}),
    ...(part && version.traits.partsCount ? { PartsCount: version.traits.partsCount } : {}),
    first,
    last,
  };
}

/** One part of a multipart object; an object that came whole is its own part 1. */
function stretch(shelf: Shelf, version: Version.Version, input: GetObjectCommandInput) {
  if (input.Range !== undefined) {
    throw new Refusal(
      "InvalidRequest",
      "Cannot specify both Range header and partNumber query parameter",
    );
  }
  const number = input.PartNumber ?? 1;
  const pieces = Version.pieces(shelf, version);
  let first = 0;
  for (const piece of pieces) {
    // Parts are counted anew at completion: 1, 2, 3 whatever they were uploaded as.
    if (piece.number === number) return { first, last: first + piece.sizeBytes - 1, piece };
    first += piece.sizeBytes;
  }
  throw new Refusal("InvalidPartNumber", "The requested partnumber is not satisfiable", {
    httpStatus: 416,
    about: { PartNumberRequested: number, ActualPartCount: pieces.length },
  });
}

function partChecksum(version: Version.Version, part: { piece: Version.Piece }) {
  const whole = version.traits.checksum;
  const single = !version.traits.partsCount;
  if (!whole || single) return Answer.checksums(version);
  if (part.piece.checksum === undefined) return {};
  return {
    [`Checksum${whole.algorithm}`]: part.piece.checksum,
    ChecksumType: whole.type,
  };
}

function overrides(input: GetObjectCommandInput) {
  const given = {
    CacheControl: input.ResponseCacheControl,
    ContentDisposition: input.ResponseContentDisposition,
    ContentEncoding: input.ResponseContentEncoding,
    ContentLanguage: input.ResponseContentLanguage,
    ContentType: input.ResponseContentType,
    ExpiresString: input.ResponseExpires?.toUTCString(),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
