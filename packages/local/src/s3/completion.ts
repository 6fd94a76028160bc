import type { CompletedPart } from "@aws-sdk/client-s3";
import { Refusal } from "../kernel/refusal.ts";
import { asked } from "./checksum.ts";
import { invalidRequest } from "./refusals.ts";
import type { Shelf } from "./shelf.ts";
import * as Upload from "./upload.ts";

/** The parts in the order named, each as it was uploaded. */
export function choose(shelf: Shelf, upload: Upload.Upload, named: CompletedPart[]): Upload.Part[] {
  if (named.length === 0) throw invalidRequest("You must specify at least one part");
  const stored = new Map(Upload.parts(shelf, upload.id).map((part) => [part.number, part]));
  if (named.some((one, index) => (one.PartNumber ?? 0) <= (named[index - 1]?.PartNumber ?? 0))) {
    throw new Refusal(
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
      { about: { UploadId: upload.id } },
    );
  }
  return named.map((one, index) => {
    const number = one.PartNumber ?? 0;
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
  if (given.algorithm === algorithm) return given.value === part.checksum;
  if (!upload.checksum) return true; // the client's own sum was checked when the part came
  throw new Refusal(
    "BadDigest",
    `The ${given.algorithm.toLowerCase()} you specified for part ${part.number} did not match what we received.`,
  );
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

/** Every part but the last. Source: Amazon S3 user guide, multipart limits. */
const MIN_BYTES = 5 * 1024 ** 2;
