import { describe, expect, it } from "vitest";
import { kindOf } from "./kind.ts";

const bytes = (...values: (number | string)[]) =>
  Buffer.concat([
    ...values.map((value) =>
      typeof value === "string" ? Buffer.from(value, "latin1") : Buffer.from([value]),
    ),
    Buffer.alloc(600),
  ]);

function packets(size: number, at: number): Buffer {
  const head = Buffer.alloc(size * 4, 0xff);
  for (let index = 0; index < 4; index += 1) head[index * size + at] = 0x47;
  return head;
}

/** Frames of MPEG-1 layer III, 128 kbit/s at 44.1 kHz: 417 bytes each. */
function mp3(): Buffer {
  const head = Buffer.alloc(1000);
  for (const at of [0, 417]) head.set([0xff, 0xfb, 0x90, 0x00], at);
  return head;
}

describe("a file", () => {
  it.each([
    { what: "an MP4", head: bytes(0, 0, 0, 0x18, "ftypisom"), is: "mp4" },
    { what: "a QuickTime film without a brand", head: bytes(0, 0, 0, 8, "wide"), is: "mp4" },
    { what: "a photo from a phone", head: bytes(0, 0, 0, 0x18, "ftypheic"), is: "not media" },
    { what: "Matroska", head: bytes(0x1a, 0x45, 0xdf, 0xa3), is: "media" },
    { what: "an AVI", head: bytes("RIFF", 0, 0, 0, 0, "AVI "), is: "media" },
    { what: "a WAVE", head: bytes("RIFF", 0, 0, 0, 0, "WAVE"), is: "media" },
    { what: "a RIFF picture", head: bytes("RIFF", 0, 0, 0, 0, "WEBP"), is: "not media" },
    { what: "FLV", head: bytes("FLV", 1), is: "media" },
    { what: "a transport stream", head: packets(188, 0), is: "media" },
    { what: "a transport stream with time stamps", head: packets(192, 4), is: "media" },
    { what: "a single 0x47", head: bytes("G"), is: "not media" },
    { what: "MP3 with a tag", head: bytes("ID3", 4), is: "media" },
    { what: "MP3 without a tag", head: mp3(), is: "media" },
    { what: "one lone sync word", head: bytes(0xff, 0xfb, 0x90, 0x00), is: "not media" },
    { what: "a bare H.264 stream", head: bytes(0, 0, 0, 1, 0x67), is: "unsupported" },
    { what: "an animated picture", head: bytes("GIF89a"), is: "unsupported" },
    { what: "text", head: Buffer.from("this is not a video"), is: "not media" },
    { what: "a ZIP", head: bytes("PK", 3, 4), is: "not media" },
    { what: "a photo", head: bytes(0xff, 0xd8, 0xff, 0xe0), is: "not media" },
    { what: "nothing", head: Buffer.alloc(0), is: "not media" },
  ])("that is $what is $is", ({ head, is }) => {
    expect(kindOf(head)).toEqual({ is });
  });

  it.each([
    "#EXTM3U\n#EXT-X-TARGETDURATION:4\n",
    "\uFEFF#EXTM3U\n",
    " \r\n#EXTM3U",
    "ffconcat version 1.0\nfile 'sibling.ts'\n",
    "file 'other.mp4'\n",
    '<?xml version="1.0"?><MPD></MPD>',
    "<MPD xmlns=''>",
    "<SmoothStreamingMedia>",
    "[playlist]\nFile1=http://x\n",
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n",
  ])("that points elsewhere (%j) is a playlist, in any encoding", (text) => {
    expect(kindOf(Buffer.from(text))).toEqual({ is: "playlist" });
    const wide = Buffer.from(`\uFEFF${text}`, "utf16le");
    expect(kindOf(wide)).toEqual({ is: "playlist" });
    expect(kindOf(wide.swap16())).toEqual({ is: "playlist" });
  });
});
