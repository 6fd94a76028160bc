import { constants } from "node:fs";
import { copyFile, link, open, rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { Caller } from "../kernel/caller.ts";
import { find } from "./actions/get-object.ts";
import * as Bucket from "./bucket.ts";
import { commit } from "./commit.ts";
import { requestId } from "./id.ts";
import { requireKey } from "./key.ts";
import { permit } from "./permission.ts";
import { digest } from "./receive.ts";
import type { Ask, Shelf } from "./shelf.ts";
import * as Traits from "./traits.ts";
import * as Version from "./version.ts";

/** An object as its neighbours see it. */
export interface StoredObject {
  bucket: string;
  key: string;
  versionId: string | undefined;
  sizeBytes: number;
  /** With quotes, as in headers. */
  etag: string;
  storedAtMs: number;
  contentType: string;
  cacheControl: string | undefined;
  contentDisposition: string | undefined;
  contentEncoding: string | undefined;
  metadata: Readonly<Record<string, string>>;
}

export interface PutFile {
  contentType: string;
  cacheControl?: string;
  metadata?: Record<string, string>;
}

/**
 * The way in for neighbours in this process that move whole films: MediaConvert and the CDN.
 * Permissions are those of the caller; nothing is ever held in memory.
 */
export interface Objects {
  /** @throws Refusal `NoSuchKey`, `AccessDenied` ... as GetObject would */
  head(bucket: string, key: string, caller: Caller, versionId?: string): StoredObject;
  /**
   * @param range offsets of the first and the last byte, `end` included and not beyond the object
   */
  open(
    bucket: string,
    key: string,
    range: { start: number; end: number } | undefined,
    caller: Caller,
    versionId?: string,
  ): { object: StoredObject; body: Readable };
  /**
   * Puts an object's bytes into `file`, which must not exist. Where the disk can, that is a second
   * name for the stored file: treat it as read-only.
   */
  fetchTo(
    bucket: string,
    key: string,
    file: string,
    caller: Caller,
    versionId?: string,
  ): Promise<StoredObject>;
  /** Moves `file` into the store as an object, with its event; the file is gone from its place then. */
  putFile(
    bucket: string,
    key: string,
    file: string,
    about: PutFile,
    caller: Caller,
  ): Promise<StoredObject>;
}

export function openObjects(shelf: Shelf): Objects {
  const look = (bucket: string, key: string, caller: Caller, versionId?: string) =>
    find(shelf, askOf(caller), { Bucket: bucket, Key: key, VersionId: versionId }, "GET");
  return {
    head: (bucket, key, caller, versionId) => seen(look(bucket, key, caller, versionId)),
    open(bucket, key, range, caller, versionId) {
      const version = look(bucket, key, caller, versionId);
      const { start, end } = range ?? { start: 0, end: version.sizeBytes - 1 };
      const slices = Version.slices(Version.pieces(shelf, version), start, end);
      return { object: seen(version), body: shelf.bodies.read(slices) };
    },
    async fetchTo(bucket, key, file, caller, versionId) {
      const version = look(bucket, key, caller, versionId);
      await fetch(shelf, version, file);
      return seen(version);
    },
    async putFile(bucketName, wanted, file, about, caller) {
      const ask = askOf(caller);
      const key = requireKey(wanted);
      const { name } = Bucket.require(shelf, bucketName);
      const traits = Traits.parse("PutObject", {
        ContentType: about.contentType,
        CacheControl: about.cacheControl,
        Metadata: about.metadata,
      });
      const context = { "s3:ObjectCreationOperation": "true" };
      permit(shelf, ask, { action: "PutObject", bucket: name, key, context });
      const algorithm = "CRC64NVME";
      const written = await shelf.bodies.adopt(file, [algorithm]);
      const checksum = {
        algorithm,
        type: "FULL_OBJECT",
        value: digest(written, algorithm),
      } as const;
      const version = commit(
        shelf,
        ask,
        name,
        {
          key,
          sizeBytes: written.sizeBytes,
          etag: written.md5.toString("hex"),
          traits: { ...traits, checksum },
          pieces: [{ number: 1, file: written.file, sizeBytes: written.sizeBytes }],
        },
        { conditions: {}, reason: "PutObject" },
      );
      return seen(version);
    },
  };
}

/** Who asks from inside this process. */
export function askOf(caller: Caller): Ask {
  return { caller, requestId: requestId(), context: {} };
}

async function fetch(shelf: Shelf, version: Version.Version, file: string): Promise<void> {
  const pieces = Version.pieces(shelf, version);
  const release = shelf.bodies.hold(pieces.map((piece) => piece.file));
  try {
    const [only, ...others] = pieces;
    if (only && others.length === 0) {
      await again(shelf.bodies.path(only.file), file);
      return;
    }
    const handle = await open(file, "wx");
    try {
      const slices = Version.slices(pieces, 0, version.sizeBytes - 1);
      for await (const chunk of shelf.bodies.read(slices)) await handle.write(chunk as Buffer);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
  } finally {
    release();
  }
}

/** A hard link where both lie on one disk, else a copy that shares blocks where the disk can. */
async function again(stored: string, file: string): Promise<void> {
  try {
    await link(stored, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    await copyFile(stored, file, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  }
}

function seen(version: Version.Version): StoredObject {
  const { traits } = version;
  return {
    bucket: version.bucket,
    key: version.key,
    versionId: version.versionId === "null" ? undefined : version.versionId,
    sizeBytes: version.sizeBytes,
    etag: `"${version.etag}"`,
    storedAtMs: version.storedAtMs,
    contentType: traits.ContentType ?? "binary/octet-stream",
    cacheControl: traits.CacheControl,
    contentDisposition: traits.ContentDisposition,
    contentEncoding: traits.ContentEncoding,
    metadata: traits.Metadata,
  };
}
