import { createHash } from "node:crypto";
import type {
  CompletedPart,
  CompleteMultipartUploadCommandInput,
  CompleteMultipartUploadCommandOutput,
} from "@aws-sdk/client-s3";
import { Refusal } from "../../kernel/refusal.ts";
import * as Answer from "../answer.ts";
import * as Bucket from "../bucket.ts";
import { asked, type Checksum, members, mismatch, ofParts } from "../checksum.ts";
import { commit } from "../commit.ts";
import { requireKey } from "../key.ts";
import { permit } from "../permission.ts";
import { checkWrite } from "../precondition.ts";
import { invalidRequest } from "../refusals.ts";
import type { Ask, Shelf } from "../shelf.ts";
import { refuseUnkept } from "../traits.ts";
import * as Upload from "../upload.ts";
import * as Version from "../version.ts";

type CompleteOutput = Omit<CompleteMultipartUploadCommandOutput, "$metadata">;

/** Makes an object of the parts that are named. They stay the files they are: no byte is copied. */
export function completeMultipartUpload(
  shelf: Shelf,
  ask: Ask,
  input: CompleteMultipartUploadCommandInput,
): CompleteOutput {
  const key = requireKey(input.Key);
  const { name } = Bucket.require(shelf, input.Bucket);
  refuseUnkept("CompleteMultipartUpload", input);
  const context = { "s3:ObjectCreationOperation": "true" };
  permit(shelf, ask, { action: "PutObject", bucket: name, key, input, context });
  const again = completedBefore(shelf, input);
  if (again) return answer(shelf, again);

  const upload = Upload.require(shelf, name, key, input.UploadId);
  const parts = choose(shelf, upload, input.MultipartUpload?.Parts ?? []);
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  checkSize(sizeBytes, input.MpuObjectSize);
  const there = Version.latest(shelf, name, key);
  checkWrite(input, key, there);
  refuseOvertaken(input, upload, there);
  const checksum = summed(input, upload, parts);

  const version = commit(
    shelf,
    ask,
    name,
    {
      key,
      sizeBytes,
      etag: `${md5OfMd5s(parts)}-${parts.length}`,
      traits: { ...upload.traits, checksum, partsCount: parts.length, uploadId: upload.id },
      pieces: parts.map((part, index) => ({
        number: index + 1,
        file: part.file,
        sizeBytes: part.sizeBytes,
        checksum: upload.checksum ? part.checksum : undefined,
      })),
    },
    {
      conditions: input,
      reason: "CompleteMultipartUpload",
      borrowed: true,
      also: () => Upload.end(shelf, upload.id, new Set(parts.map((part) => part.file))),
    },
  );
  return answer(shelf, version);
}

function answer(shelf: Shelf, version: Version.Version): CompleteOutput {
  const path = version.key.split("/").map(encodeURIComponent).join("/");
  return {
    Location: `${shelf.cloud.origin}/${version.bucket}/${path}`,
    Bucket: version.bucket,
    Key: version.key,
    ETag: Answer.quoted(version.etag),
    ...members(version.traits.checksum),
    ...Answer.stored(shelf, version),
  };
}

/** A client that lost our answer asks again: it is told the same, as long as the object is there. */
function completedBefore(
  shelf: Shelf,
  input: CompleteMultipartUploadCommandInput,
): Version.Version | undefined {
  const latest = Version.latest(shelf, input.Bucket ?? "", input.Key ?? "");
  return input.UploadId && latest?.traits.uploadId === input.UploadId ? latest : undefined;
}

/** The parts in the order named, each as it was uploaded. */
function choose(shelf: Shelf, upload: Upload.Upload, named: CompletedPart[]): Upload.Part[] {
  if (named.length === 0) throw invalidRequest("You must specify at least one part");
  const stored = new Map(Upload.parts(shelf, upload.id).map((part) => [part.number, part]));
  let last = 0;
  return named.map((one, index) => {
    const number = one.PartNumber ?? 0;
    if (number <= last) {
      throw new Refusal(
        "InvalidPartOrder",
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
        { about: { UploadId: upload.id } },
      );
    }
    last = number;
    const part = stored.get(number);
    if (!part || part.md5 !== one.ETag?.replaceAll('"', "") || !sums(upload, part, one)) {
      throw invalidPart(upload, one);
    }
    if (part.sizeBytes < MIN_BYTES && index < named.length - 1) {
      throw new Refusal(
        "EntityTooSmall",
        "Your proposed upload is smaller than the minimum allowed size",
        {
          about: {
            ETag: part.md5,
            PartNumber: number,
            MinSizeAllowed: MIN_BYTES,
            ProposedSize: part.sizeBytes,
          },
        },
      );
    }
    return part;
  });
}

function sums(upload: Upload.Upload, part: Upload.Part, one: CompletedPart): boolean {
  const { algorithm, type } = upload.checksum ?? { algorithm: "CRC64NVME", type: "FULL_OBJECT" };
  const given = asked({
    ChecksumCRC32: one.ChecksumCRC32,
    ChecksumCRC32C: one.ChecksumCRC32C,
    ChecksumCRC64NVME: one.ChecksumCRC64NVME,
    ChecksumSHA1: one.ChecksumSHA1,
    ChecksumSHA256: one.ChecksumSHA256,
  });
  if (!given) {
    if (type === "FULL_OBJECT") return true;
    throw invalidRequest(
      `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`,
    );
  }
  if (given.algorithm !== algorithm) return upload.checksum === undefined;
  return given.value === part.checksum;
}

function invalidPart(upload: Upload.Upload, one: CompletedPart): Refusal {
  return new Refusal(
    "InvalidPart",
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    {
      about: {
        UploadId: upload.id,
        PartNumber: one.PartNumber ?? 0,
        ETag: one.ETag?.replaceAll('"', "") ?? "",
      },
    },
  );
}

function checkSize(sizeBytes: number, expected: number | undefined): void {
  if (expected === undefined || Number(expected) === sizeBytes) return;
  throw invalidRequest(
    `The provided 'x-amz-mp-object-size' header value ${expected} does not match what was computed: ${sizeBytes}`,
  );
}

/** With a condition, what was stored since this upload began is a conflict, not a match. */
function refuseOvertaken(
  input: CompleteMultipartUploadCommandInput,
  upload: Upload.Upload,
  there: Version.Version | undefined,
): void {
  if (input.IfMatch === undefined || !there || there.seq <= upload.seq) return;
  throw new Refusal(
    "ConditionalRequestConflict",
    "The conditional request cannot succeed due to a conflicting operation against this resource.",
    { httpStatus: 409, about: { Condition: "If-Match", Key: upload.key } },
  );
}

function summed(
  input: CompleteMultipartUploadCommandInput,
  upload: Upload.Upload,
  parts: readonly Upload.Part[],
): Checksum {
  const { algorithm, type } = upload.checksum ?? {
    algorithm: "CRC64NVME" as const,
    type: "FULL_OBJECT" as const,
  };
  if (input.ChecksumType !== undefined && input.ChecksumType !== type) {
    throw invalidRequest(
      `The upload was created using the ${type} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  const checksum = ofParts(
    algorithm,
    type,
    parts.map((part) => ({ value: part.checksum ?? "", sizeBytes: part.sizeBytes })),
  );
  const claimed = input[`Checksum${algorithm}`];
  if (
    claimed !== undefined &&
    claimed !== checksum.value &&
    claimed !== checksum.value.split("-")[0]
  ) {
    throw mismatch(algorithm);
  }
  return checksum;
}

function md5OfMd5s(parts: readonly Upload.Part[]): string {
  const all = createHash("md5");
  for (const part of parts) all.update(Buffer.from(part.md5, "hex"));
  return all.digest("hex");
}

/** Every part but the last. Source: Amazon S3 user guide, multipart limits. */
const MIN_BYTES = 5 * 1024 ** 2;
