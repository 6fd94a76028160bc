import type { SQLInputValue } from "node:sqlite";
import type { Tag } from "@aws-sdk/client-s3";
import type { Bucket } from "./bucket.ts";
import type { Checksum } from "./checksum.ts";
import { isVersionId, versionId as newVersionId } from "./id.ts";
import type { Slice } from "./reading.ts";
import { invalidArgument } from "./refusals.ts";
import type { Shelf } from "./shelf.ts";

/** One version of an object, or a delete marker in its place. */
export interface Version {
  seq: number;
  bucket: string;
  key: string;
  /** `null`, the text, where the bucket keeps no versions. */
  versionId: string;
  latest: boolean;
  marker: boolean;
  sizeBytes: number;
  /** Without quotes. */
  etag: string;
  storedAtMs: number;
  traits: Traits;
}

/** What travels with the bytes, named as in the SDK. */
export interface Traits {
  CacheControl?: string | undefined;
  ContentDisposition?: string | undefined;
  ContentEncoding?: string | undefined;
  ContentLanguage?: string | undefined;
  ContentType?: string | undefined;
  Expires?: string | undefined;
  WebsiteRedirectLocation?: string | undefined;
  StorageClass?: string | undefined;
  Metadata: Record<string, string>;
  tags: Tag[];
  checksum?: Checksum | undefined;
  /** Only for an object that came in parts. */
  partsCount?: number | undefined;
  /** The upload it came by, to know a completion that is asked for twice. */
  uploadId?: string | undefined;
}

/** A stretch of an object that is one file: the whole, or what was one part. */
export interface Piece {
  number: number;
  file: string;
  sizeBytes: number;
  checksum?: string | undefined;
}

export interface New {
  key: string;
  sizeBytes: number;
  etag: string;
  traits: Traits;
  pieces: readonly Piece[];
}

export function latest(shelf: Shelf, bucket: string, key: string): Version | undefined {
  return first(shelf, "bucket = ? AND key = ? AND latest = 1", bucket, key);
}

/** @throws Refusal `InvalidArgument` for an id that was never given */
export function byId(shelf: Shelf, bucket: string, key: string, id: string): Version | undefined {
  if (!isVersionId(id)) throw invalidArgument("Invalid version id specified", "versionId", id);
  return first(shelf, "bucket = ? AND key = ? AND version_id = ?", bucket, key, id);
}

export function pieces(shelf: Shelf, version: Version): Piece[] {
  return shelf.cloud.store
    .all<{ number: number; file: string; size: number; checksum: string | null }>(
      "SELECT number, file, size, checksum FROM s3_pieces WHERE version = ? ORDER BY number",
      version.seq,
    )
    .map((row) => ({
      number: row.number,
      file: row.file,
      sizeBytes: row.size,
      checksum: row.checksum ?? undefined,
    }));
}

/** Where the bytes from `first` to `last` (included) of an object lie. */
export function slices(all: readonly Piece[], first: number, last: number): Slice[] {
  const found: Slice[] = [];
  let begin = 0;
  for (const piece of all) {
    const end = begin + piece.sizeBytes - 1;
    if (end >= first && begin <= last) {
      found.push({
        file: piece.file,
        first: Math.max(0, first - begin),
        last: Math.min(end, last) - begin,
      });
    }
    begin = end + 1;
  }
  return found;
}

/** Stores a version on top. Call it in a transaction; what it replaces is gone after the commit. */
export function put(shelf: Shelf, bucket: Bucket, made: New): Version {
  return insert(shelf, bucket, made, false);
}

/** Puts a delete marker on top. */
export function mark(shelf: Shelf, bucket: Bucket, key: string): Version {
  const traits = { Metadata: {}, tags: [] };
  return insert(shelf, bucket, { key, sizeBytes: 0, etag: "", traits, pieces: [] }, true);
}

/** Removes one version for good, with its files; the next older one becomes the latest. */
export function remove(shelf: Shelf, version: Version): void {
  const { store } = shelf.cloud;
  const files = pieces(shelf, version).map((piece) => piece.file);
  store.run("DELETE FROM s3_pieces WHERE version = ?", version.seq);
  store.run("DELETE FROM s3_versions WHERE seq = ?", version.seq);
  if (version.latest) {
    store.run(
      "UPDATE s3_versions SET latest = 1 WHERE seq = (SELECT max(seq) FROM s3_versions WHERE bucket = ? AND key = ?)",
      version.bucket,
      version.key,
    );
  }
  store.afterCommit(() => shelf.bodies.discard(files));
}

export function setTags(shelf: Shelf, version: Version, tags: Tag[]): void {
  shelf.cloud.store.run(
    "UPDATE s3_versions SET traits = ? WHERE seq = ?",
    JSON.stringify({ ...version.traits, tags }),
    version.seq,
  );
}

export function select(shelf: Shelf, where: string, ...values: SQLInputValue[]): Version[] {
  return shelf.cloud.store
    .all<Row>(`SELECT * FROM s3_versions WHERE ${where}`, ...values)
    .map(fromRow);
}

function first(shelf: Shelf, where: string, ...values: SQLInputValue[]): Version | undefined {
  const row = shelf.cloud.store.get<Row>(`SELECT * FROM s3_versions WHERE ${where}`, ...values);
  return row && fromRow(row);
}

function insert(shelf: Shelf, bucket: Bucket, made: New, marker: boolean): Version {
  const { store } = shelf.cloud;
  const id = bucket.versioning === "Enabled" ? newVersionId() : "null";
  const replaced = id === "null" ? byId(shelf, bucket.name, made.key, "null") : undefined;
  if (replaced) remove(shelf, replaced);
  store.run(
    "UPDATE s3_versions SET latest = 0 WHERE bucket = ? AND key = ? AND latest = 1",
    bucket.name,
    made.key,
  );
  const storedAtMs = shelf.cloud.now();
  const seq = store.run(
    "INSERT INTO s3_versions (bucket, key, version_id, latest, marker, size, etag, stored_ms, traits) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?)",
    bucket.name,
    made.key,
    id,
    marker ? 1 : 0,
    made.sizeBytes,
    made.etag,
    storedAtMs,
    JSON.stringify(made.traits),
  ).id;
  for (const piece of made.pieces) {
    store.run(
      "INSERT INTO s3_pieces (version, number, file, size, checksum) VALUES (?, ?, ?, ?, ?)",
      seq,
      piece.number,
      piece.file,
      piece.sizeBytes,
      piece.checksum ?? null,
    );
  }
  return {
    seq,
    bucket: bucket.name,
    key: made.key,
    versionId: id,
    latest: true,
    marker,
    sizeBytes: made.sizeBytes,
    etag: made.etag,
    storedAtMs,
    traits: made.traits,
  };
}

interface Row extends Record<string, unknown> {
  seq: number;
  bucket: string;
  key: string;
  version_id: string;
  latest: number;
  marker: number;
  size: number;
  etag: string;
  stored_ms: number;
  traits: string;
}

function fromRow(row: Row): Version {
  return {
    seq: row.seq,
    bucket: row.bucket,
    key: row.key,
    versionId: row.version_id,
    latest: row.latest === 1,
    marker: row.marker === 1,
    sizeBytes: row.size,
    etag: row.etag,
    storedAtMs: row.stored_ms,
    traits: JSON.parse(row.traits) as Traits,
  };
}
