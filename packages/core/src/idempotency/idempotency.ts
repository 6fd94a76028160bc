import { createHash } from "node:crypto";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import type { UploadId, VideoId } from "../id/id.ts";
import { Problem } from "../problem/index.ts";

/** A request that its sender may send again: by the key they gave it, and by what it asks. */
export interface Request {
  row: Table.Key;
  /** Of what is asked; the same key with another one is refused. */
  print: string;
}

/** What the first request led to. */
export interface Result {
  videoId: VideoId;
  uploadId: UploadId;
}

/** Keys are each owner's own: the same key of somebody else is another row. */
export function request(ownerId: string, key: string, asks: object): Request {
  return {
    row: { PK: `OWNER#${ownerId}`, SK: `IDEM#${hash(key)}` },
    print: hash(JSON.stringify(sorted(asks))),
  };
}

/**
 * What the same request led to before.
 *
 * @throws Problem `IdempotencyKeyReused` when the key came with another request
 */
export async function recall({ row, print }: Request): Promise<Result | undefined> {
  const known = await Table.read(row);
  if (!known || Number(known.expiresAtS) <= nowS()) return undefined;
  if (known.print !== print) throw new Problem("IdempotencyKeyReused");
  return { videoId: known.videoId as VideoId, uploadId: known.uploadId as UploadId };
}

/** Remembers what a request leads to, for a day; part of the write that does it. */
export function remember({ row, print }: Request, result: Result): Table.Step {
  return {
    key: row,
    update: "SET print = :print, videoId = :video, uploadId = :upload, expiresAtS = :until",
    // what has expired may lie there for days more
    condition: "attribute_not_exists(PK) OR expiresAtS <= :now",
    values: {
      ":print": print,
      ":video": result.videoId,
      ":upload": result.uploadId,
      ":until": nowS() + DAY_S,
      ":now": nowS(),
    },
  };
}

/** Forgets the request that opened a film. Its key may stand for another film by now. */
export async function forget(ownerId: string, SK: string, videoId: VideoId): Promise<void> {
  const row = { PK: `OWNER#${ownerId}`, SK };
  if ((await Table.read(row))?.videoId === videoId) await Table.remove(row);
}

const DAY_S = 24 * 3600;

function nowS(): number {
  return Math.floor(Clock.now() / 1000);
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The same fields in another order ask the same. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}
