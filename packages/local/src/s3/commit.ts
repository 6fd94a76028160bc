import * as Bucket from "./bucket.ts";
import * as Event from "./event.ts";
import { checkWrite, type WriteConditions } from "./precondition.ts";
import type { Ask, Shelf } from "./shelf.ts";
import * as Version from "./version.ts";

/**
 * Makes an object out of bytes that are on disk: row, event and whatever else must be true with
 * them, in one transaction. The condition is decided inside, so of many writers one wins. Without
 * the commit the bytes are discarded, unless they are `borrowed` from an upload that goes on.
 */
export function commit(
  shelf: Shelf,
  ask: Ask,
  bucketName: string,
  made: Version.New,
  write: {
    conditions: WriteConditions;
    reason: Event.CreationReason;
    /** Done first, in the same transaction. */
    also?: () => void;
    borrowed?: boolean;
  },
): Version.Version {
  try {
    return shelf.cloud.store.transaction(() => {
      const bucket = Bucket.require(shelf, bucketName);
      checkWrite(write.conditions, made.key, Version.latest(shelf, bucketName, made.key));
      write.also?.();
      const version = Version.put(shelf, bucket, made);
      Event.created(shelf, ask, version, write.reason);
      return version;
    });
  } catch (error) {
    if (!write.borrowed) shelf.bodies.discard(made.pieces.map((piece) => piece.file));
    throw error;
  }
}
