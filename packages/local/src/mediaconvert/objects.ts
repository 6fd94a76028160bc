import type { Caller } from "../kernel/caller.ts";

/** The part of S3 a job needs: whole objects as files, with the caller's permissions checked. */
export interface Objects {
  /** @throws Refusal `NoSuchKey`, `NoSuchBucket`, `AccessDenied` */
  head(bucket: string, key: string, caller: Caller): ObjectFacts;
  /** Puts a whole object into `file`, which must not exist; it may be read only. */
  fetchTo(bucket: string, key: string, file: string, caller: Caller): Promise<unknown>;
  /** Moves a whole file into the store as an object, over one that is there. */
  putFile(
    bucket: string,
    key: string,
    file: string,
    about: { contentType: string; cacheControl?: string },
    caller: Caller,
  ): Promise<unknown>;
}

export interface ObjectFacts {
  sizeBytes: number;
  /** with quotes */
  etag: string;
  storedAtMs: number;
  contentType: string;
}

export interface S3Address {
  bucket: string;
  key: string;
}

/** `s3://bucket/key`; the key may hold anything, `%` and `?` included. */
export function parseS3(url: string): S3Address | undefined {
  const found = /^s3:\/\/([^/]+)\/(.*)$/su.exec(url);
  return found ? { bucket: found[1] ?? "", key: found[2] ?? "" } : undefined;
}
