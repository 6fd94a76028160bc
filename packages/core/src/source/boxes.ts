/** Reads part of a file; fewer bytes at its end. */
export type Read = (first: number, last: number) => Promise<Buffer>;

export interface Index {
  /** Whether the file has an index: without one nothing can be decoded. */
  found: boolean;
  encrypted: boolean;
}

/**
 * Walks an MP4's top boxes, a few bytes for each, until its index. The index may stand at the end.
 */
export async function findIndex(read: Read, sizeBytes: number): Promise<Index> {
  let at = 0;
  for (let walked = 0; walked < MOST_BOXES && at + 8 <= sizeBytes; walked += 1) {
    const head = await read(at, Math.min(at + 15, sizeBytes - 1));
    const box = boxAt(head, 0, sizeBytes - at);
    if (!box) break;
    if (box.type === "moov") {
      // an index cut off in the middle is none
      if (at + box.sizeBytes > sizeBytes) break;
      const bytes = await read(at, at + Math.min(box.sizeBytes, MOST_INDEX_BYTES) - 1);
      return { found: true, encrypted: isEncrypted(bytes) };
    }
    if (box.type === "moof") return { found: false, encrypted: false };
    at += box.sizeBytes;
  }
  return { found: false, encrypted: false };
}

/** More top boxes before the index than any recorder writes. */
const MOST_BOXES = 64;
/** Sample descriptions stand before the long tables, track by track. */
const MOST_INDEX_BYTES = 16 * 1024 * 1024;

interface Box {
  type: string;
  sizeBytes: number;
  headBytes: number;
}

/** A box's head; a size of 0 means "to the end". */
function boxAt(bytes: Buffer, at: number, restBytes: number): Box | undefined {
  if (at + 8 > bytes.length) return undefined;
  const type = bytes.toString("latin1", at + 4, at + 8);
  if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) return undefined;
  const short = bytes.readUInt32BE(at);
  if (short === 0) return { type, sizeBytes: restBytes, headBytes: 8 };
  if (short !== 1) return short < 8 ? undefined : { type, sizeBytes: short, headBytes: 8 };
  if (at + 16 > bytes.length) return undefined;
  const long = Number(bytes.readBigUInt64BE(at + 8));
  return long < 16 ? undefined : { type, sizeBytes: long, headBytes: 16 };
}

/** Whether a track is described as encrypted: `encv` and `enca` stand where the codec would. */
function isEncrypted(moov: Buffer): boolean {
  return entries(moov, ["moov", "trak", "mdia", "minf", "stbl", "stsd"]).some((stsd) =>
    children(stsd.subarray(8)).some(({ type }) => type === "encv" || type === "enca"),
  );
}

function entries(bytes: Buffer, path: string[]): Buffer[] {
  const [name, ...rest] = path;
  if (name === undefined) return [bytes];
  return children(bytes)
    .filter(({ type }) => type === name)
    .flatMap(({ body }) => entries(body, rest));
}

function children(bytes: Buffer): { type: string; body: Buffer }[] {
  const found: { type: string; body: Buffer }[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const box = boxAt(bytes, at, bytes.length - at);
    if (!box) break;
    found.push({ type: box.type, body: bytes.subarray(at + box.headBytes, at + box.sizeBytes) });
    at += box.sizeBytes;
  }
  return found;
}
