/** What a file is by its first bytes, whatever its name says. */
export type Kind = { is: "mp4" | "media" } | { is: "playlist" | "unsupported" | "not media" };

/** How many bytes the judgement needs. */
export const HEAD_BYTES = 4096;

/**
 * Judges a file by its beginning. Only formats that hold their media themselves pass: a playlist
 * could make a demuxer open other files and addresses.
 */
export function kindOf(head: Buffer): Kind {
  if (isPlaylist(head)) return { is: "playlist" };
  if (MP4_BOXES.has(head.toString("latin1", 4, 8))) {
    return { is: PICTURE_BRANDS.has(head.toString("latin1", 8, 12)) ? "not media" : "mp4" };
  }
  if (SIGNATURES.some((signature) => signature.matches(head))) return { is: "media" };
  if (isTransportStream(head) || isMpegAudio(head)) return { is: "media" };
  if (RAW.some((start) => head.subarray(0, start.length).equals(start))) {
    return { is: "unsupported" };
  }
  return { is: "not media" };
}

/** Boxes an MP4 or QuickTime file may begin with. */
const MP4_BOXES = new Set(["ftyp", "moov", "mdat", "free", "skip", "wide", "pnot", "styp"]);

/** Photos come in the same boxes as films. */
const PICTURE_BRANDS = new Set(["heic", "heix", "heim", "heis", "mif1", "avif"]);

interface Signature {
  matches(head: Buffer): boolean;
}

function begins(...bytes: number[]): Signature {
  const start = Buffer.from(bytes);
  return { matches: (head) => head.subarray(0, start.length).equals(start) };
}

function riff(...forms: string[]): Signature {
  return {
    matches: (head) =>
      ["RIFF", "RF64"].includes(head.toString("latin1", 0, 4)) &&
      forms.includes(head.toString("latin1", 8, 12)),
  };
}

const SIGNATURES: Signature[] = [
  begins(0x1a, 0x45, 0xdf, 0xa3), // EBML: Matroska, WebM
  riff("AVI ", "WAVE"),
  begins(0x46, 0x4c, 0x56, 0x01), // FLV
  begins(0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01), // MXF
  begins(0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11), // ASF, WMV
  begins(0x00, 0x00, 0x01, 0xba), // MPEG program stream
  begins(0x4f, 0x67, 0x67, 0x53, 0x00), // Ogg
  begins(0x66, 0x4c, 0x61, 0x43), // FLAC
  begins(0x49, 0x44, 0x33), // ID3, then MP3
  begins(0x0b, 0x77), // AC-3, E-AC-3
];

/** Real media, but bare streams and pictures are not taken. */
const RAW = [
  Buffer.from([0x00, 0x00, 0x00, 0x01]),
  Buffer.from([0x00, 0x00, 0x01]),
  Buffer.from("GIF8"),
];

function isPlaylist(head: Buffer): boolean {
  const text = textOf(head)
    .replace(/^\uFEFF/, "")
    .trimStart();
  return (
    /^(#EXT|ffconcat\b|\[playlist\]|\[reference\]|v=0\r?\n|file\s+['"\w/.])/i.test(text) ||
    /^<(\?xml|!--|!doctype|mpd\b|smoothstreamingmedia\b|smil\b|asx\b|playlist\b)/i.test(text)
  );
}

/** UTF-16 has its own way to hide the same words. */
function textOf(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return head.subarray(2).toString("utf16le");
  if (head[0] === 0xfe && head[1] === 0xff) {
    const even = head.subarray(2, head.length - (head.length % 2));
    return Buffer.from(even).swap16().toString("utf16le");
  }
  return head.toString("utf8");
}

/** Sync bytes at each packet: 188 bytes apart, or 192 with a time stamp before each. */
function isTransportStream(head: Buffer): boolean {
  return [
    { packet: 188, at: 0 },
    { packet: 192, at: 4 },
    { packet: 204, at: 0 },
  ].some(({ packet, at }) => {
    const there = [0, 1, 2, 3].filter((index) => at + index * packet < head.length);
    return there.length >= 2 && there.every((index) => head[at + index * packet] === 0x47);
  });
}

/** Two frames of MPEG audio or ADTS in a row; a single sync word proves little. */
function isMpegAudio(head: Buffer): boolean {
  const length = frameBytes(head, 0);
  return length !== undefined && (length >= head.length || frameBytes(head, length) !== undefined);
}

function frameBytes(head: Buffer, at: number): number | undefined {
  const [a, b, c, d, e, f] = head.subarray(at, at + 6);
  if (a !== 0xff || b === undefined || c === undefined || (b & 0xe0) !== 0xe0) return undefined;
  if ((b & 0xf6) === 0xf0) {
    if (d === undefined || e === undefined || f === undefined) return undefined;
    const bytes = ((d & 0x03) << 11) | (e << 3) | (f >> 5); // ADTS
    return bytes > 6 ? bytes : undefined;
  }
  const version = (b >> 3) & 3;
  const layer = (b >> 1) & 3;
  const rate = (c >> 4) & 15;
  const sampling = (c >> 2) & 3;
  if (
    version === 1 ||
    (layer !== 1 && layer !== 2) ||
    rate === 0 ||
    rate === 15 ||
    sampling === 3
  ) {
    return undefined;
  }
  const first = version === 3;
  const kbps = (first ? (layer === 2 ? LAYER2 : LAYER3) : LOW_RATE)[rate] ?? 0;
  const hz = ([44_100, 48_000, 32_000][sampling] ?? 0) / (first ? 1 : version === 2 ? 2 : 4);
  const samples = first || layer === 2 ? 144 : 72;
  return Math.floor((samples * kbps * 1000) / hz) + ((c >> 1) & 1);
}

/** Bit rates by index. Source: ISO/IEC 11172-3 and 13818-3. */
const LAYER2 = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
const LAYER3 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const LOW_RATE = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
