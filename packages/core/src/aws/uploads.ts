import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  NoSuchUpload,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { Place } from "./objects.ts";
import { once } from "./once.ts";

/** Where bytes may be sent by whoever holds it. A secret. */
export interface Address {
  url: string;
  /** To be sent exactly so. The length is signed too; senders set it by what they send. */
  headers: Record<string, string>;
}

export interface Part {
  number: number;
  sizeBytes: number;
  etag: string;
  crc32?: string;
}

/** From when an address is good, and for how long. */
export interface Validity {
  atMs: number;
  seconds: number;
}

/** An address for one whole object: of this length and type, and only while nothing is there. */
export async function put(
  place: Place,
  object: { sizeBytes: number; type: string },
  good: Validity,
): Promise<Address> {
  const url = await getSignedUrl(
    s3(),
    new PutObjectCommand({
      Bucket: place.bucket,
      Key: place.key,
      ContentLength: object.sizeBytes,
      ContentType: object.type,
      IfNoneMatch: "*",
    }),
    {
      ...signing(good),
      signableHeaders: new Set(["host", "content-type", "content-length", "if-none-match"]),
    },
  );
  return { url, headers: { "content-type": object.type, "if-none-match": "*" } };
}

/**
 * Begins an upload in parts.
 *
 * @param checked S3 then wants every part with its CRC-32, and keeps the whole's
 */
export async function begin(place: Place, type: string, checked: boolean): Promise<string> {
  const { UploadId } = await s3().send(
    new CreateMultipartUploadCommand({
      Bucket: place.bucket,
      Key: place.key,
      ContentType: type,
      ...(checked ? { ChecksumAlgorithm: "CRC32" as const } : {}),
    }),
  );
  if (!UploadId) throw new Error("CreateMultipartUpload answered without an upload");
  return UploadId;
}

/** An address for one part, of this length and checksum. */
export async function part(
  place: Place,
  multipartId: string,
  one: { number: number; sizeBytes: number; crc32?: string | undefined },
  good: Validity,
): Promise<Address> {
  const url = await getSignedUrl(
    s3(),
    new UploadPartCommand({
      Bucket: place.bucket,
      Key: place.key,
      UploadId: multipartId,
      PartNumber: one.number,
      ContentLength: one.sizeBytes,
      ...(one.crc32 ? { ChecksumCRC32: one.crc32 } : {}),
    }),
    { ...signing(good), unhoistableHeaders: new Set([CRC32]) },
  );
  return { url, headers: one.crc32 ? { [CRC32]: one.crc32 } : {} };
}

const CRC32 = "x-amz-checksum-crc32";

function signing({ atMs, seconds }: Validity) {
  return { expiresIn: seconds, signingDate: new Date(atMs) };
}

/** The parts that are there, by number; undefined when S3 knows no such upload any more. */
export async function arrived(place: Place, multipartId: string): Promise<Part[] | undefined> {
  const parts: Part[] = [];
  let after: string | undefined;
  try {
    do {
      const page = await s3().send(
        new ListPartsCommand({
          Bucket: place.bucket,
          Key: place.key,
          UploadId: multipartId,
          ...(after ? { PartNumberMarker: after } : {}),
        }),
      );
      for (const each of page.Parts ?? []) {
        parts.push({
          number: each.PartNumber ?? 0,
          sizeBytes: each.Size ?? 0,
          etag: each.ETag ?? "",
          ...(each.ChecksumCRC32 ? { crc32: each.ChecksumCRC32 } : {}),
        });
      }
      after = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (after);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  return parts;
}

/**
 * Makes the object of its parts, unless one is there.
 *
 * @returns `gone` when S3 knows no such upload: it was completed or aborted before; `taken` when an
 * object is there; `other parts` when they are not as they were listed
 */
export async function complete(
  place: Place,
  multipartId: string,
  parts: Part[],
): Promise<"done" | "gone" | "taken" | "other parts"> {
  try {
    await s3().send(
      new CompleteMultipartUploadCommand({
        Bucket: place.bucket,
        Key: place.key,
        UploadId: multipartId,
        IfNoneMatch: "*",
        MultipartUpload: {
          Parts: parts.map((each) => ({
            PartNumber: each.number,
            ETag: each.etag,
            ...(each.crc32 ? { ChecksumCRC32: each.crc32 } : {}),
          })),
        },
      }),
    );
    return "done";
  } catch (error) {
    if (isGone(error)) return "gone";
    const name = error instanceof Error ? error.name : "";
    if (name === "PreconditionFailed") return "taken";
    if (["InvalidPart", "EntityTooSmall", "InvalidPartOrder"].includes(name)) return "other parts";
    throw error;
  }
}

/** Forgets an upload and its parts. One that is over needs no forgetting. */
export async function abort(place: Place, multipartId: string): Promise<void> {
  try {
    await s3().send(
      new AbortMultipartUploadCommand({
        Bucket: place.bucket,
        Key: place.key,
        UploadId: multipartId,
      }),
    );
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof NoSuchUpload || (error instanceof Error && error.name === "NoSuchUpload");
}

/** A checksum of our own would be that of no bytes, and every sender's bytes would miss it. */
const s3 = once(() => new S3Client({ requestChecksumCalculation: "WHEN_REQUIRED" }));
