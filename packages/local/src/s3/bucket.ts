import { Refusal } from "../kernel/refusal.ts";
import { noSuchBucket } from "./refusals.ts";
import type { Shelf } from "./shelf.ts";

export interface Bucket {
  name: string;
  createdAtMs: number;
  /** Undefined until versioning is first set. */
  versioning: "Enabled" | "Suspended" | undefined;
}

export function find(shelf: Shelf, name: string): Bucket | undefined {
  const row = shelf.cloud.store.get<Row>("SELECT * FROM s3_buckets WHERE name = ?", name);
  return row && fromRow(row);
}

/** @throws Refusal `NoSuchBucket` */
export function require(shelf: Shelf, name: string | undefined): Bucket {
  const found = find(shelf, String(name ?? ""));
  if (!found) throw noSuchBucket(String(name ?? ""));
  return found;
}

export function list(shelf: Shelf, prefix: string, from: string, count: number): Bucket[] {
  return shelf.cloud.store
    .all<Row>(
      "SELECT * FROM s3_buckets WHERE name > ? AND substr(name, 1, ?) = ? ORDER BY name LIMIT ?",
      from,
      prefix.length,
      prefix,
      count,
    )
    .map(fromRow);
}

export function create(shelf: Shelf, name: string): Bucket {
  const createdAtMs = shelf.cloud.now();
  shelf.cloud.store.run(
    "INSERT INTO s3_buckets (name, created_ms, versioning) VALUES (?, ?, NULL)",
    name,
    createdAtMs,
  );
  return { name, createdAtMs, versioning: undefined };
}

export function setVersioning(shelf: Shelf, name: string, status: "Enabled" | "Suspended"): void {
  shelf.cloud.store.run("UPDATE s3_buckets SET versioning = ? WHERE name = ?", status, name);
}

/** Removes an empty bucket and all that was set on it. */
export function remove(shelf: Shelf, name: string): void {
  const { store } = shelf.cloud;
  store.transaction(() => {
    const held =
      store.get("SELECT 1 FROM s3_versions WHERE bucket = ? LIMIT 1", name) ??
      store.get("SELECT 1 FROM s3_uploads WHERE bucket = ? LIMIT 1", name);
    if (held) {
      const versions = store.get(
        "SELECT 1 FROM s3_versions WHERE bucket = ? AND version_id <> 'null' LIMIT 1",
        name,
      );
      throw new Refusal(
        "BucketNotEmpty",
        versions
          ? "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
          : "The bucket you tried to delete is not empty",
        { httpStatus: 409, about: { BucketName: name } },
      );
    }
    store.run("DELETE FROM s3_settings WHERE bucket = ?", name);
    store.run("DELETE FROM s3_buckets WHERE name = ?", name);
  });
}

/**
 * Source: Amazon S3 user guide, bucket naming rules.
 *
 * @throws Refusal `InvalidBucketName`
 */
export function requireName(name: string | undefined): string {
  const good =
    name !== undefined &&
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes("..") &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !RESERVED.test(name);
  if (!good) {
    throw new Refusal("InvalidBucketName", "The specified bucket is not valid.", {
      about: { BucketName: name ?? "" },
    });
  }
  return name;
}

const RESERVED = /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/;

interface Row extends Record<string, unknown> {
  name: string;
  created_ms: number;
  versioning: "Enabled" | "Suspended" | null;
}

function fromRow(row: Row): Bucket {
  return {
    name: row.name,
    createdAtMs: row.created_ms,
    versioning: row.versioning ?? undefined,
  };
}
