import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rewriteDash, rewriteHls } from "./rewrite.ts";

/** Stands for a signed address. */
const at = (file: string) => `https://edge.example/${file}?Policy=P&Signature=S~-_`;

const file = fc
  .tuple(
    fc.constantFrom("", "../", "a/"),
    fc.string({ unit: fc.constantFrom(..."abz019._-%$*"), minLength: 1, maxLength: 12 }),
    fc.constantFrom(".mp4", ".ts", ".m3u8"),
  )
  .map((parts) => parts.join(""));

/** What may stand in quotes: no quote and no line's end. */
const words = fc.string({ unit: fc.constantFrom(..."aZ0 ,=:/#'é\u2028$&"), maxLength: 12 });
const attribute = fc.oneof(
  fc.tuple(fc.constantFrom("NAME", "CODECS", "X-URI", "KEYFORMAT"), words, fc.constant(true)),
  fc.tuple(
    fc.constantFrom("BANDWIDTH", "TYPE", "IV"),
    fc.stringMatching(/^[A-Z0-9x.-]{1,9}$/),
    fc.constant(false),
  ),
);
const attributes = fc
  .array(attribute, { maxLength: 4 })
  .map((all) => all.map(([name, value, quoted]) => `${name}=${quoted ? `"${value}"` : value}`));

/** Pieces of a line: a text stays as it is, a file is to be replaced. */
type Piece = string | { file: string };

const uriTags = [
  "I-FRAME-STREAM-INF",
  "IMAGE-STREAM-INF",
  "KEY",
  "MAP",
  "MEDIA",
  "PART",
  "PRELOAD-HINT",
  "RENDITION-REPORT",
  "SESSION-DATA",
  "SESSION-KEY",
];

const line: fc.Arbitrary<Piece[]> = fc.oneof(
  file.map((file): Piece[] => [{ file }]),
  fc
    .tuple(fc.constantFrom(...uriTags), attributes, file, attributes)
    .map(([tag, before, file, after]): Piece[] => [
      `#EXT-X-${tag}:${before.map((one) => `${one},`).join("")}URI="`,
      { file },
      `"${after.map((one) => `,${one}`).join("")}`,
    ]),
  fc
    .tuple(fc.constantFrom("STREAM-INF", "DATERANGE", "START"), attributes)
    .map(([tag, all]): Piece[] => [`#EXT-X-${tag}:${all.join(",")}`]),
  fc
    .constantFrom(
      "#EXTM3U",
      "",
      "#EXT-X-ENDLIST",
      '#EXTINF:4.0,URI="a title.mp4"',
      "# a remark, main.m3u8",
      '#EXT-X-DEFINE:NAME="a",VALUE="b.mp4"',
    )
    .map((text): Piece[] => [text]),
);

const playlist = fc
  .array(fc.tuple(line, fc.constantFrom("\n", "\r\n")), { minLength: 1, maxLength: 20 })
  .map((lines) => lines.flatMap(([pieces, end]): Piece[] => [...pieces, end]));

const joined = (pieces: Piece[], show: (file: string) => string) =>
  pieces.map((piece) => (typeof piece === "string" ? piece : show(piece.file))).join("");

describe("an HLS playlist", () => {
  it("has an address for every file, and not a byte of it is another otherwise", () => {
    fc.assert(
      fc.property(playlist, (pieces) => {
        const plain = joined(pieces, (file) => file);
        expect(rewriteHls(plain, at)).toBe(joined(pieces, at));
      }),
      { numRuns: 500 },
    );
  });

  it("is left alone where nothing is to be said about a file", () => {
    fc.assert(
      fc.property(playlist, fc.string(), (pieces, more) => {
        const plain = joined(pieces, (file) => file) + more;
        expect(rewriteHls(plain, () => undefined)).toBe(plain);
      }),
    );
  });

  it("may begin with a byte order mark, and need not end with a line's end", () => {
    expect(rewriteHls("\uFEFF#EXTM3U\n#EXTINF:4,\na.mp4", at)).toBe(
      `\uFEFF#EXTM3U\n#EXTINF:4,\n${at("a.mp4")}`,
    );
  });
});

describe("a DASH manifest", () => {
  const escaped = (name: string) => at(name).replaceAll("&", "&amp;");

  it.each([
    {
      element: '<SegmentTemplate timescale="1" initialization="i.mp4" media="m_$Number%09d$.mp4"/>',
      files: ["i.mp4", "m_$Number%09d$.mp4"],
    },
    {
      element: "<SegmentURL mediaRange='0-9' media='s.mp4' index=\"x.mp4\">",
      files: ["s.mp4", "x.mp4"],
    },
    { element: '<Initialization sourceURL="i.mp4"/>', files: ["i.mp4"] },
    { element: '<BaseURL serviceLocation="a">film.mp4</BaseURL>', files: ["film.mp4"] },
  ])("has an address for the files of $element", ({ element, files }) => {
    let expected = element;
    for (const name of files) expected = expected.replace(name, () => escaped(name));
    const around = (middle: string) =>
      `<?xml version="1.0"?>\n<MPD xmlns="urn:x">\r\n${middle}</MPD>`;
    expect(rewriteDash(around(element), at)).toBe(around(expected));
  });

  it.each([
    '<Representation id="1" media="a.mp4"/>',
    '<!-- <SegmentTemplate media="a.mp4"/> -->',
    "<Title>BaseURL a.mp4</Title>",
    '<S t="0" d="96000" r="3"/>',
  ])("keeps %s", (element) => expect(rewriteDash(element, at)).toBe(element));

  it("is left alone where nothing is to be said about a file", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."<>BaseURL =\"'a/$&!-\n") }), (text) => {
        expect(rewriteDash(text, () => undefined)).toBe(text);
      }),
    );
  });
});
