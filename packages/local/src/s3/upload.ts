import type { Checksum } from "./checksum.ts";
import { uploadId } from "./id.ts";
import { noSuchUpload } from "./refusals.ts";
import type { Shelf } from "./shelf.ts";
import type { Traits } from "./version.ts";

/** An upload in parts that has begun and is not completed. */
export interface Upload {
  /** Orders uploads that began in the same millisecond. */
  row: number;
  id: string;
  bucket: string;
  key: string;
  begunAtMs: number;
  /** The versions counter when it began: what was stored later has a larger `seq`. */
  seq: number;
  traits: Traits;
  /** Named by whoever began it; else the object gets a CRC64NVME of ours. */
  checksum: Pick<Checksum, "algorithm" | "type"> | undefined;
}

export interface Part {
  number: number;
  file: string;
  sizeBytes: number;
  /** Hexadecimal. */
  md5: string;
  checksum: string | undefined;
  storedAtMs: number;
}

export function begin(
  shelf: Shelf,
  bucket: string,
  key: string,
  traits: Traits,
  checksum: Upload["checksum"],
): Upload {
  const { store } = shelf.cloud;
  const id = uploadId();
  const begunAtMs = shelf.cloud.now();
  const seq =
    store.get<{ seq: number | null }>("SELECT max(seq) AS seq FROM s3_versions")?.seq ?? 0;
  const row = store.run(
    "INSERT INTO s3_uploads (id, bucket, key, begun_ms, seq, traits) VALUES (?, ?, ?, ?, ?, ?)",
    id,
    bucket,
    key,
    begunAtMs,
    seq,
    JSON.stringify({ traits, checksum }),
  ).id;
  return { row, id, bucket, key, begunAtMs, seq, traits, checksum };
}

/** @throws Refusal `NoSuchUpload` */
export function require(shelf: Shelf, bucket: string, key: string, id: string | undefined): Upload {
  const found = find(shelf, id ?? "");
  if (!found || found.bucket !== bucket || found.key !== key) throw noSuchUpload(id ?? "");
  return found;
}

export function find(shelf: Shelf, id: string): Upload | undefined {
  const row = shelf.cloud.store.get<Row>(`${SELECT} WHERE id = ?`, id);
  return row && fromRow(row);
}

/** Uploads in order of key, then of beginning; `after` is one that was told already. */
export function list(
  shelf: Shelf,
  bucket: string,
  from: { key: string; inclusive: boolean; after?: Upload | undefined },
  count: number,
): Upload[] {
  const order = "ORDER BY key, begun_ms, rowid LIMIT ?";
  const { store } = shelf.cloud;
  if (!from.after) {
    const where = `WHERE bucket = ? AND key ${from.inclusive ? ">=" : ">"} ?`;
    return store.all<Row>(`${SELECT} ${where} ${order}`, bucket, from.key, count).map(fromRow);
  }
  return store
    .all<Row>(
      `${SELECT} WHERE bucket = ? AND key >= ? AND (key > ? OR (begun_ms, rowid) > (?, ?)) ${order}`,
      bucket,
      from.key,
      from.key,
      from.after.begunAtMs,
      from.after.row,
      count,
    )
    .map(fromRow);
}

export function begunBefore(shelf: Shelf, bucket: string, ms: number): Upload[] {
  return shelf.cloud.store
    .all<Row>(`${SELECT} WHERE bucket = ? AND begun_ms < ?`, bucket, ms)
    .map(fromRow);
}

export function parts(shelf: Shelf, id: string): Part[] {
  return shelf.cloud.store
    .all<{
      number: number;
      file: string;
      size: number;
      md5: string;
      checksum: string | null;
      stored_ms: number;
    }>("SELECT * FROM s3_parts WHERE upload = ? ORDER BY number", id)
    .map((row) => ({
      number: row.number,
      file: row.file,
      sizeBytes: row.size,
      md5: row.md5,
      checksum: row.checksum ?? undefined,
      storedAtMs: row.stored_ms,
    }));
}

/** Keeps a part; one of the same number is replaced. The upload must still be there. */
export function keep(shelf: Shelf, upload: Upload, part: Part): void {
  const { store } = shelf.cloud;
  try {
    store.transaction(() => {
      require(shelf, upload.bucket, upload.key, upload.id);
      const old = store.get<{ file: string }>(
        "SELECT file FROM s3_parts WHERE upload = ? AND number = ?",
        upload.id,
        part.number,
      );
      store.run(
        "INSERT OR REPLACE INTO s3_parts (upload, number, file, size, md5, checksum, stored_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
        upload.id,
        part.number,
        part.file,
        part.sizeBytes,
        part.md5,
        part.checksum ?? null,
        part.storedAtMs,
      );
      if (old) store.afterCommit(() => shelf.bodies.discard([old.file]));
    });
  } catch (error) {
    shelf.bodies.discard([part.file]);
    throw error;
  }
}

/** Ends an upload: parts that were not `used` go. Call it in the transaction that settles it. */
export function end(shelf: Shelf, id: string, used: ReadonlySet<string> = new Set()): void {
  const { store } = shelf.cloud;
  const left = parts(shelf, id)
    .map((part) => part.file)
    .filter((file) => !used.has(file));
  store.run("DELETE FROM s3_parts WHERE upload = ?", id);
  store.run("DELETE FROM s3_uploads WHERE id = ?", id);
  store.afterCommit(() => shelf.bodies.discard(left));
}

const SELECT = "SELECT rowid AS place, * FROM s3_uploads";

interface Row extends Record<string, unknown> {
  place: number;
  id: string;
  bucket: string;
  key: string;
  begun_ms: number;
  seq: number;
  traits: string;
}

function fromRow(row: Row): Upload {
  const { traits, checksum } = JSON.parse(row.traits) as Pick<Upload, "traits" | "checksum">;
  return {
    row: row.place,
    id: row.id,
    bucket: row.bucket,
    key: row.key,
    begunAtMs: row.begun_ms,
    seq: row.seq,
    traits,
    checksum,
  };
}
