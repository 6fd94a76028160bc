import { box, fullBox, u32, u64 } from "./boxes.ts";
import type { Range } from "./cut.ts";
import type { SampleTrack } from "./samples.ts";

/** How decode and composition times are written. */
export interface Timeline {
  /** added to every decode time, in the track's timescale; makes the first one 0 or more */
  base: number;
  /** taken from every composition offset: 0 for unsigned ones */
  unshift: number;
}

/** `moof` and the head of `mdat`; the samples' bytes follow. */
export function fragmentHead(
  track: SampleTrack,
  range: Range,
  sequence: number,
  timeline: Timeline,
  dataBytes: number,
): Buffer {
  const isVideo = track.kind === "video";
  const fields = isVideo ? 4 : 2;
  const count = range.end - range.first;
  const table = Buffer.alloc(count * fields * 4);
  for (let index = 0, at = 0; index < count; index += 1) {
    const sample = range.first + index;
    at = table.writeUInt32BE(track.durations[sample] ?? 0, at);
    at = table.writeUInt32BE(track.sizes[sample] ?? 0, at);
    if (!isVideo) continue;
    at = table.writeUInt32BE(track.sync[sample] ? KEY : NOT_KEY, at);
    at = table.writeInt32BE((track.shifts[sample] ?? 0) - timeline.unshift, at);
  }
  const decodeTime = (track.decode[range.first] ?? 0) + timeline.base;
  const build = (dataOffset: number) => {
    const flags = DATA_OFFSET | DURATIONS | SIZES | (isVideo ? FLAGS | SHIFTS : 0);
    const trun = fullBox(
      "trun",
      timeline.unshift === 0 ? 0 : 1,
      flags,
      u32(count, dataOffset),
      table,
    );
    const tfhd = isVideo
      ? fullBox("tfhd", 0, BASE_IS_MOOF, u32(1))
      : fullBox("tfhd", 0, BASE_IS_MOOF | DEFAULT_FLAGS, u32(1, KEY));
    const traf = box("traf", tfhd, fullBox("tfdt", 1, 0, u64(decodeTime)), trun);
    return box("moof", fullBox("mfhd", 0, 0, u32(sequence)), traf);
  };
  const moof = build(build(0).length + 8);
  return Buffer.concat([moof, u32(dataBytes + 8), Buffer.from("mdat", "latin1")]);
}

/** Says that a file is a media segment. */
export function styp(): Buffer {
  return box("styp", Buffer.from("msdh\0\0\0\0msdhmsixcmfs", "latin1"));
}

/** The index of a single file: one reference a segment. */
export function sidx(
  timescale: number,
  earliest: number,
  segments: ReadonlyArray<{ bytes: number; duration: number }>,
): Buffer {
  const references = segments.flatMap(({ bytes, duration }) => [bytes, duration, 0x90000000]);
  return fullBox(
    "sidx",
    1,
    0,
    u32(1, timescale),
    u64(earliest),
    u64(0),
    u32(segments.length), // two reserved bytes, then the count
    u32(...references),
  );
}

const DATA_OFFSET = 0x1;
const DURATIONS = 0x100;
const SIZES = 0x200;
const FLAGS = 0x400;
const SHIFTS = 0x800;
const BASE_IS_MOOF = 0x20000;
const DEFAULT_FLAGS = 0x20;
const KEY = 0x02000000;
const NOT_KEY = 0x01010000;
