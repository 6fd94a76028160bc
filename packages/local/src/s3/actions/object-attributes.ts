import type {
  GetObjectAttributesCommandInput,
  GetObjectAttributesCommandOutput,
} from "@aws-sdk/client-s3";
import * as Answer from "../answer.ts";
import { invalidArgument, invalidRequest } from "../refusals.ts";
import type { Ask, Shelf } from "../shelf.ts";
import * as Version from "../version.ts";
import { find } from "./get-object.ts";
import { readMax, readPartMarker } from "./list-objects.ts";

const ATTRIBUTES = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"] as const;

/** What is known of an object, as far as it is asked for. */
export function getObjectAttributes(
  shelf: Shelf,
  ask: Ask,
  input: GetObjectAttributesCommandInput,
): Omit<GetObjectAttributesCommandOutput, "$metadata"> {
  const wanted = new Set<string>(input.ObjectAttributes ?? []);
  if (wanted.size === 0) {
    throw invalidRequest(
      "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty",
    );
  }
  for (const name of wanted) {
    if (!ATTRIBUTES.some((known) => known === name)) {
      throw invalidArgument("Invalid attribute name specified.", "x-amz-object-attributes");
    }
  }
  const version = find(shelf, ask, input, "GET", "GetObjectAttributes");
  // It tells what HEAD tells, and so wants the same permission beside its own.
  find(shelf, ask, input, "GET");
  return {
    LastModified: new Date(version.storedAtMs),
    VersionId: Answer.shownVersion(shelf, version),
    ...(wanted.has("ETag") ? { ETag: version.etag } : {}),
    ...(wanted.has("Checksum") ? checksum(version) : {}),
    ...(wanted.has("ObjectParts") ? parts(shelf, version, input) : {}),
    ...(wanted.has("StorageClass")
      ? { StorageClass: (version.traits.StorageClass ?? "STANDARD") as "STANDARD" }
      : {}),
    ...(wanted.has("ObjectSize") ? { ObjectSize: version.sizeBytes } : {}),
  };
}

function checksum(version: Version.Version) {
  const known = version.traits.checksum;
  if (!known) return {};
  // Here, and only here, a composite checksum comes without its count.
  const [value] = known.value.split("-");
  return { Checksum: { [`Checksum${known.algorithm}`]: value, ChecksumType: known.type } };
}

function parts(shelf: Shelf, version: Version.Version, input: GetObjectAttributesCommandInput) {
  const total = version.traits.partsCount;
  if (!total) return {};
  const max = readMax("max-parts", input.MaxParts);
  const marker = readPartMarker(input.PartNumberMarker);
  const algorithm = version.traits.checksum?.algorithm;
  const pieces = Version.pieces(shelf, version);
  // Parts are only told of when the upload was begun with a checksum of its own.
  if (pieces[0]?.checksum === undefined) return { ObjectParts: { TotalPartsCount: total } };
  const left = pieces.filter((piece) => piece.number > marker);
  const shown = left.slice(0, max);
  return {
    ObjectParts: {
      TotalPartsCount: total,
      PartNumberMarker: String(marker),
      NextPartNumberMarker: String(shown.at(-1)?.number ?? 0),
      MaxParts: max,
      IsTruncated: left.length > shown.length,
      ...(shown.length
        ? {
            Parts: shown.map((piece) => ({
              PartNumber: piece.number,
              Size: piece.sizeBytes,
              [`Checksum${algorithm}`]: piece.checksum,
            })),
          }
        : {}),
    },
  };
}
