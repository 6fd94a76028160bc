import { NoSuchUpload, S3Client, UploadPartCommand } from "@aws-sdk/client-s3";
import type { Place } from "./objects.ts";
import { once } from "./once.ts";

/**
 * Sends one part ourselves, with the checksum of its bytes.
 *
 * @returns whether S3 took it; false when it knows no such upload any more
 */
export async function sendPart(
  place: Place,
  multipartId: string,
  number: number,
  body: Buffer,
): Promise<boolean> {
  try {
    await s3().send(
      new UploadPartCommand({
        Bucket: place.bucket,
        Key: place.key,
        UploadId: multipartId,
        PartNumber: number,
        Body: body,
        ContentLength: body.length,
        ChecksumAlgorithm: "CRC32",
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof NoSuchUpload) return false;
    if (error instanceof Error && error.name === "NoSuchUpload") return false;
    throw error;
  }
}

const s3 = once(() => new S3Client({}));
