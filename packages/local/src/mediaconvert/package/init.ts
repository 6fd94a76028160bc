import { box, fullBox, u16, u32 } from "./boxes.ts";
import type { SampleTrack } from "./samples.ts";

/** The part every fragment of a track needs first: what it is, and no samples. */
export function initSegment(track: SampleTrack, language: string): Buffer {
  const isVideo = track.kind === "video";
  const ftyp = box(
    "ftyp",
    Buffer.from(isVideo ? "cmfc" : "cmfc", "latin1"),
    u32(0),
    Buffer.from(`iso6cmfc${isVideo ? "cmf2avc1" : "cmf2mp42"}`, "latin1"),
  );
  const mvhd = fullBox(
    "mvhd",
    0,
    0,
    u32(0, 0, track.timescale, 0, 0x00010000),
    u16(0x0100, 0),
    u32(0, 0),
    matrix,
    Buffer.alloc(24),
    u32(2),
  );
  const tkhd = fullBox(
    "tkhd",
    0,
    3,
    u32(0, 0, 1, 0, 0, 0, 0),
    u16(0, 0, isVideo ? 0 : 0x0100, 0),
    matrix,
    u32((track.width << 16) >>> 0, (track.height << 16) >>> 0),
  );
  const mdhd = fullBox("mdhd", 0, 0, u32(0, 0, track.timescale, 0), u16(packed(language), 0));
  const hdlr = fullBox(
    "hdlr",
    0,
    0,
    u32(0),
    Buffer.from(isVideo ? "vide" : "soun", "latin1"),
    Buffer.alloc(12),
    Buffer.from(isVideo ? "VideoHandler\0" : "SoundHandler\0", "latin1"),
  );
  const header = isVideo
    ? fullBox("vmhd", 0, 1, u16(0, 0, 0, 0))
    : fullBox("smhd", 0, 0, u16(0, 0));
  const dinf = box("dinf", fullBox("dref", 0, 0, u32(1), fullBox("url ", 0, 1)));
  const stbl = box(
    "stbl",
    box("stsd", track.stsd),
    fullBox("stts", 0, 0, u32(0)),
    fullBox("stsc", 0, 0, u32(0)),
    fullBox("stsz", 0, 0, u32(0, 0)),
    fullBox("stco", 0, 0, u32(0)),
  );
  const mdia = box("mdia", mdhd, hdlr, box("minf", header, dinf, stbl));
  const trex = fullBox("trex", 0, 0, u32(1, 1, 0, 0, 0));
  return Buffer.concat([ftyp, box("moov", mvhd, box("trak", tkhd, mdia), box("mvex", trex))]);
}

/** ISO 639-2 in five bits a letter. */
function packed(language: string): number {
  const letters = /^[a-z]{3}$/.test(language) ? language : "und";
  return [...letters].reduce((sum, letter) => (sum << 5) | (letter.charCodeAt(0) - 0x60), 0);
}

/** Upright: outputs never carry a rotation. */
const matrix = u32(0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000);
