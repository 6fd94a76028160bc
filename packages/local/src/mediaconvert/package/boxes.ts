import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** One box of an ISO base media file, with its body still in the file or buffer. */
export interface Box {
  type: string;
  /** where its body begins and ends */
  start: number;
  end: number;
}

/** The boxes of a buffer's part. A broken size ends the list. */
export function* boxes(bytes: Buffer, start = 0, end = bytes.length): Generator<Box> {
  let at = start;
  while (at + 8 <= end) {
    let size = bytes.readUInt32BE(at);
    const type = bytes.toString("latin1", at + 4, at + 8);
    let header = 8;
    if (size === 1 && at + 16 <= end) {
      size = Number(bytes.readBigUInt64BE(at + 8));
      header = 16;
    } else if (size === 0) size = end - at;
    if (size < header || at + size > end) return;
    yield { type, start: at + header, end: at + size };
    at += size;
  }
}

/** The first box along a path, such as `moov/trak`. */
export function find(bytes: Buffer, path: string, start = 0, end = bytes.length): Box | undefined {
  let place: Box | undefined = { type: "", start, end };
  for (const type of path.split("/")) {
    if (!place) return undefined;
    place = [...boxes(bytes, place.start, place.end)].find((box) => box.type === type);
  }
  return place;
}

/** The body of a box, without copying. */
export function body(bytes: Buffer, box: Box): Buffer {
  return bytes.subarray(box.start, box.end);
}

/** Top-level boxes of a file, by reading headers alone. */
export function topBoxes(file: string): Array<Box & { offset: number }> {
  const descriptor = openSync(file, "r");
  try {
    const size = fstatSync(descriptor).size;
    const head = Buffer.alloc(16);
    const found: Array<Box & { offset: number }> = [];
    for (let offset = 0; offset + 8 <= size && found.length < MOST_BOXES; ) {
      const got = readSync(descriptor, head, 0, 16, offset);
      if (got < 8) break;
      let length = head.readUInt32BE(0);
      let header = 8;
      if (length === 1 && got === 16) {
        length = Number(head.readBigUInt64BE(8));
        header = 16;
      } else if (length === 0) length = size - offset;
      if (length < header) break;
      const type = head.toString("latin1", 4, 8);
      found.push({ type, offset, start: offset + header, end: Math.min(offset + length, size) });
      offset += length;
    }
    return found;
  } finally {
    closeSync(descriptor);
  }
}

/** Reads one whole box body, if it is not larger than an index can sensibly be. */
export function readBody(file: string, box: Box, limitBytes = MOST_INDEX_BYTES): Buffer {
  const length = box.end - box.start;
  if (length > limitBytes) throw new RangeError(`box ${box.type} has ${length} bytes`);
  const bytes = Buffer.alloc(length);
  const descriptor = openSync(file, "r");
  try {
    let done = 0;
    while (done < length) {
      const got = readSync(descriptor, bytes, done, length - done, box.start + done);
      if (got === 0) break;
      done += got;
    }
    return bytes.subarray(0, done);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes a box around its parts. */
export function box(type: string, ...parts: Array<Buffer | number[]>): Buffer {
  const bodies = parts.map((part) => (Array.isArray(part) ? Buffer.from(part) : part));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + bodies.reduce((sum, part) => sum + part.length, 0), 0);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, ...bodies]);
}

/** Writes a box with a version and flags in front. */
export function fullBox(
  type: string,
  version: number,
  flags: number,
  ...parts: Array<Buffer | number[]>
): Buffer {
  return box(type, u32(((version << 24) | flags) >>> 0), ...parts);
}

export function u16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
}

export function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

export function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value), 0);
  return bytes;
}

const MOST_BOXES = 100_000;
const MOST_INDEX_BYTES = 512 * 1024 * 1024;
