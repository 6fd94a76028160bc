import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  NoSuchUpload,
  S3Client,
} from "@aws-sdk/client-s3";
import { once } from "./once.ts";

interface Doomed {
  Key: string;
  VersionId?: string;
}

/** Which keys: those below a prefix, or one alone. */
export type Keys = { bucket: string } & ({ prefix: string } | { key: string });

/**
 * Removes one version of an object: without a version, the object as it is now. What is gone needs
 * no removing.
 */
export async function remove(place: {
  bucket: string;
  key: string;
  versionId?: string | undefined;
}): Promise<void> {
  await s3().send(
    new DeleteObjectCommand({
      Bucket: place.bucket,
      Key: place.key,
      ...(place.versionId ? { VersionId: place.versionId } : {}),
    }),
  );
}

/**
 * Removes objects of a bucket without versions, at most `pages` times a thousand.
 *
 * @returns whether nothing is left
 */
export async function clear(bucket: string, prefix: string, pages: number): Promise<boolean> {
  for (let page = 0; page < pages; page += 1) {
    const found = await s3().send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
    await removeAll(
      bucket,
      (found.Contents ?? []).flatMap(({ Key }) => (Key ? [{ Key }] : [])),
    );
    if (!found.IsTruncated) return true;
  }
  return false;
}

/**
 * Removes every version of objects, and the marks that older removals left, at most `pages` times a
 * thousand.
 *
 * @returns whether nothing is left
 */
export async function clearVersions(keys: Keys, pages: number): Promise<boolean> {
  const { bucket } = keys;
  const prefix = "prefix" in keys ? keys.prefix : keys.key;
  let from: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (let page = 0; page < pages; page += 1) {
    const found = await s3().send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...from }),
    );
    const listed = [...(found.Versions ?? []), ...(found.DeleteMarkers ?? [])];
    const doomed = listed.flatMap(({ Key, VersionId }) =>
      Key && VersionId && ("prefix" in keys || Key === keys.key) ? [{ Key, VersionId }] : [],
    );
    await removeAll(bucket, doomed);
    // a name that only begins like the one key sorts behind it
    if (!found.IsTruncated || doomed.length < listed.length) return true;
    from = {
      ...(found.NextKeyMarker ? { KeyMarker: found.NextKeyMarker } : {}),
      ...(found.NextVersionIdMarker ? { VersionIdMarker: found.NextVersionIdMarker } : {}),
    };
  }
  return false;
}

/** Ends every upload by parts below a prefix: its parts are gone, and none can follow. */
export async function abortUploads(bucket: string, prefix: string): Promise<void> {
  let from: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (;;) {
    const found = await s3().send(
      new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...from }),
    );
    for (const { Key, UploadId } of found.Uploads ?? []) {
      if (Key && UploadId) await abortUpload(bucket, Key, UploadId);
    }
    if (!found.IsTruncated || !found.NextKeyMarker) return;
    from = {
      KeyMarker: found.NextKeyMarker,
      ...(found.NextUploadIdMarker ? { UploadIdMarker: found.NextUploadIdMarker } : {}),
    };
  }
}

async function abortUpload(bucket: string, key: string, uploadId: string): Promise<void> {
  try {
    await s3().send(
      new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId }),
    );
  } catch (error) {
    if (!(error instanceof NoSuchUpload)) throw error;
  }
}

async function removeAll(bucket: string, doomed: Doomed[]): Promise<void> {
  if (doomed.length === 0) return;
  const answer = await s3().send(
    new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: doomed, Quiet: true } }),
  );
  const [refused] = answer.Errors ?? [];
  if (refused) throw Object.assign(new Error(refused.Message), { name: refused.Code ?? "Refused" });
}

const s3 = once(() => new S3Client({}));
