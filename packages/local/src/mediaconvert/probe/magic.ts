import { closeSync, openSync, readSync } from "node:fs";

/** What a file is by its first bytes: decided before any decoder sees it. */
export type Magic =
  | "mp4"
  | "matroska"
  | "mpegts"
  | "mpegps"
  | "avi"
  | "wave"
  | "flv"
  | "ogg"
  | "flac"
  | "mp3"
  | "aac"
  | "ac3"
  | "mxf"
  | "asf"
  | "gif";

/** Undefined for text, playlists, manifests, scripts, pictures, archives, and nothing at all. */
export function magicOf(head: Buffer): Magic | undefined {
  const latin = (start: number, end: number) => head.toString("latin1", start, end);
  if (boxTypes.has(latin(4, 8)) && head.length >= 8) return "mp4";
  if (latin(0, 4) === "\x1a\x45\xdf\xa3") return "matroska";
  if (latin(0, 4) === "RIFF" && latin(8, 12) === "AVI ") return "avi";
  if ((latin(0, 4) === "RIFF" || latin(0, 4) === "RF64") && latin(8, 12) === "WAVE") return "wave";
  if (latin(0, 3) === "FLV") return "flv";
  if (latin(0, 4) === "OggS") return "ogg";
  if (latin(0, 4) === "fLaC") return "flac";
  if (latin(0, 6) === "GIF87a" || latin(0, 6) === "GIF89a") return "gif";
  if (latin(0, 4) === "\x06\x0e\x2b\x34") return "mxf";
  if (latin(0, 4) === "\x30\x26\xb2\x75") return "asf";
  if (latin(0, 4) === "\x00\x00\x01\xba") return "mpegps";
  if (latin(0, 2) === "\x0b\x77") return "ac3";
  if (latin(0, 3) === "ID3") return "mp3";
  if (isTransport(head)) return "mpegts";
  return audioSync(head);
}

/** The first bytes of a file, as many as {@link magicOf} needs. */
export function headOf(file: string): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  const descriptor = openSync(file, "r");
  try {
    return head.subarray(0, readSync(descriptor, head, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** Sync bytes at every packet, also with the four leading bytes of M2TS. */
function isTransport(head: Buffer): boolean {
  return [
    [188, 0],
    [192, 4],
    [204, 0],
  ].some(([packet = 188, first = 0]) => {
    const seen = Math.floor((head.length - first + packet - 1) / packet);
    if (head.length < first + packet) return false;
    for (let index = 0; index < Math.min(seen, 5); index += 1) {
      if (head[first + index * packet] !== 0x47) return false;
    }
    return true;
  });
}

/** A frame of MPEG audio or ADTS, without a tag before it. */
function audioSync(head: Buffer): Magic | undefined {
  const [first = 0, second = 0] = head;
  if (first !== 0xff || (second & 0xe0) !== 0xe0 || head.length < 4) return undefined;
  if ((second & 0xf6) === 0xf0) return "aac";
  const layer = (second >> 1) & 3;
  const version = (second >> 3) & 3;
  const rate = (head[2] ?? 0) >> 4;
  return layer !== 0 && version !== 1 && rate !== 15 ? "mp3" : undefined;
}

/** What an ISO file may begin with; old QuickTime has no `ftyp`. */
const boxTypes = new Set(["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot", "styp", "uuid"]);

const HEAD_BYTES = 2048;
