import * as Encoder from "../aws/encoder.ts";
import * as Objects from "../aws/objects.ts";
import * as Config from "../config/index.ts";
import { type Source, type Words, wordsOf } from "../intake/intake.ts";
import * as Job from "../job/index.ts";
import { Problem } from "../problem/index.ts";
import { findIndex } from "./boxes.ts";
import type { Found } from "./found.ts";
import { HEAD_BYTES, kindOf } from "./kind.ts";
import { understand } from "./probed.ts";

export type { Found, Rate } from "./found.ts";

/**
 * Looks inside a source, from the outside in: its size, its first bytes, its index, then the
 * encoder's own probe. Nothing that points elsewhere ever reaches a demuxer.
 *
 * @throws Problem one of the `Source...` codes, or `EncoderBusy`
 */
export async function inspect(source: Source): Promise<{ found: Found; words: Words }> {
  const stored = await Objects.measure(source);
  if (!stored) throw new Problem("SourceMissing");
  if (stored.sizeBytes === 0) throw new Problem("SourceEmpty");
  if (stored.sizeBytes > Config.intake().maxBytes) {
    throw new Problem("SourceTooLarge", { sizeBytes: stored.sizeBytes });
  }
  await judge(source, stored.sizeBytes);
  const found = understand(await Encoder.probe(Job.inputOf(source)), stored.sizeBytes);
  return { found, words: wordsOf(stored.metadata) };
}

/** Whether the object can be read at all, in the version that was meant. */
export async function isThere(source: Source): Promise<boolean> {
  return (await Objects.measure(source)) !== undefined;
}

/** Whether the object is still the one an attempt began with. One that is gone was not replaced. */
export async function isUnchanged(source: Source): Promise<boolean> {
  const stored = await Objects.measure({ bucket: source.bucket, key: source.key });
  if (!stored) return true;
  if (source.versionId && stored.versionId) return source.versionId === stored.versionId;
  return !source.etag || stored.etag.replaceAll('"', "") === source.etag;
}

async function judge(source: Source, sizeBytes: number): Promise<void> {
  const read = async (first: number, last: number) => {
    const bytes = await Objects.bytes(source, first, last);
    if (!bytes) throw new Problem("SourceMissing");
    return bytes;
  };
  const kind = kindOf(await read(0, Math.min(HEAD_BYTES, sizeBytes) - 1));
  switch (kind.is) {
    case "media":
      return;
    case "playlist":
      throw new Problem("SourceIsPlaylist");
    case "unsupported":
      throw new Problem("SourceUnsupported");
    case "not media":
      throw new Problem("SourceNotMedia");
    case "mp4": {
      const index = await findIndex(read, sizeBytes);
      if (!index.found) throw new Problem("SourceIndexMissing");
      if (index.encrypted) throw new Problem("SourceEncrypted");
    }
  }
}
