import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  S3Client,
} from "@aws-sdk/client-s3";
import { once } from "./once.ts";

export interface Place {
  bucket: string;
  key: string;
  versionId?: string | undefined;
}

export interface Stored {
  sizeBytes: number;
  etag: string;
  versionId?: string;
  contentType?: string;
  /** What the uploader said about it, keys in lower case, as UTF-8. */
  metadata: Record<string, string>;
  storedAtMs: number;
}

/** What S3 knows about an object, or undefined when it is not there. */
export async function measure(place: Place): Promise<Stored | undefined> {
  try {
    const head = await s3().send(new HeadObjectCommand(addressed(place)));
    return {
      sizeBytes: head.ContentLength ?? 0,
      etag: head.ETag ?? "",
      ...(head.VersionId && head.VersionId !== "null" ? { versionId: head.VersionId } : {}),
      ...(head.ContentType ? { contentType: head.ContentType } : {}),
      metadata: Object.fromEntries(
        Object.entries(head.Metadata ?? {}).map(([name, value]) => [name, decoded(value)]),
      ),
      storedAtMs: head.LastModified?.getTime() ?? 0,
    };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/**
 * Bytes of an object, `first` and `last` included; fewer when it ends earlier.
 *
 * @returns undefined when the object is not there
 */
export async function bytes(
  place: Place,
  first: number,
  last: number,
): Promise<Buffer | undefined> {
  try {
    const found = await s3().send(
      new GetObjectCommand({ ...addressed(place), Range: `bytes=${first}-${last}` }),
    );
    return Buffer.from((await found.Body?.transformToByteArray()) ?? []);
  } catch (error) {
    if (isGone(error)) return undefined;
    if (error instanceof Error && error.name === "InvalidRange") return Buffer.alloc(0);
    throw error;
  }
}

/** A small text object, such as a playlist; undefined when it is not there. */
export async function text(place: Place): Promise<string | undefined> {
  try {
    const found = await s3().send(new GetObjectCommand(addressed(place)));
    return await found.Body?.transformToString("utf-8");
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Every key below a prefix with its size, the prefix left out. */
export async function list(bucket: string, prefix: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  let from: string | undefined;
  do {
    const page = await s3().send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ...(from ? { ContinuationToken: from } : {}),
      }),
    );
    for (const entry of page.Contents ?? []) {
      if (entry.Key) sizes.set(entry.Key.slice(prefix.length), entry.Size ?? 0);
    }
    from = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (from);
  return sizes;
}

function isGone(error: unknown): boolean {
  if (error instanceof NotFound || error instanceof NoSuchKey) return true;
  return error instanceof Error && error.name === "NoSuchVersion";
}

function addressed(place: Place) {
  return {
    Bucket: place.bucket,
    Key: place.key,
    ...(place.versionId ? { VersionId: place.versionId } : {}),
  };
}

/** S3 writes metadata beyond ASCII as RFC 2047 words: `=?UTF-8?B?...?=` or `=?UTF-8?Q?...?=`. */
export function decoded(value: string): string {
  return value.replace(
    /=\?UTF-8\?([BQ])\?([^?]*)\?=(?:\s+(?==\?))?/gi,
    (_, way: string, body: string) =>
      way.toUpperCase() === "B"
        ? Buffer.from(body, "base64").toString("utf8")
        : Buffer.from(
            body
              .replaceAll("_", " ")
              .replace(/=([0-9A-F]{2})/gi, (_hex, hex: string) =>
                String.fromCharCode(Number.parseInt(hex, 16)),
              ),
            "latin1",
          ).toString("utf8"),
  );
}

const s3 = once(() => new S3Client({}));
