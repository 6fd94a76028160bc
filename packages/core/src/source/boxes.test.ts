import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findIndex } from "./boxes.ts";

function box(type: string, ...inside: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(inside.map((part) => Buffer.from(part)));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, body]);
}

function longBox(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(1);
  head.write(type, 4, "latin1");
  head.writeBigUInt64BE(BigInt(16 + body.length), 8);
  return Buffer.concat([head, body]);
}

const ftyp = box("ftyp", "isom");
const media = box("mdat", Buffer.alloc(5000));
const index = (entry: string) =>
  box(
    "moov",
    box("mvhd", Buffer.alloc(100)),
    box(
      "trak",
      box(
        "mdia",
        box("minf", box("stbl", box("stsd", Buffer.alloc(8), box(entry, Buffer.alloc(70))))),
      ),
    ),
  );

async function look(file: Buffer) {
  const reads: number[] = [];
  const found = await findIndex((first, last) => {
    reads.push(last - first + 1);
    return Promise.resolve(file.subarray(first, last + 1));
  }, file.length);
  return { ...found, readBytes: reads.reduce((sum, read) => sum + read, 0) };
}

describe("an MP4's index", () => {
  it.each([
    { where: "at the start", file: Buffer.concat([ftyp, index("avc1"), media]) },
    { where: "at the end", file: Buffer.concat([ftyp, box("free"), media, index("avc1")]) },
    {
      where: "after a long box",
      file: Buffer.concat([ftyp, longBox("mdat", Buffer.alloc(5000)), index("avc1")]),
    },
    { where: "before fragments", file: Buffer.concat([ftyp, index("avc1"), box("moof"), media]) },
  ])("is found $where, without reading the film", async ({ file }) => {
    const found = await look(file);
    expect(found).toMatchObject({ found: true, encrypted: false });
    expect(found.readBytes).toBeLessThan(600);
  });

  it.each([
    {
      why: "the file was cut off before it",
      file: Buffer.concat([ftyp, media, index("avc1")]).subarray(0, 3000),
    },
    {
      why: "the file was cut off in it",
      file: Buffer.concat([ftyp, media, index("avc1")]).subarray(0, -20),
    },
    { why: "there are only fragments", file: Buffer.concat([ftyp, box("moof"), media]) },
    { why: "the boxes lead nowhere", file: Buffer.concat([ftyp, Buffer.alloc(100)]) },
  ])("is missing when $why", async ({ file }) => {
    expect(await look(file)).toMatchObject({ found: false });
  });

  it.each(["encv", "enca"])("says that a track is encrypted: %s", async (entry) => {
    expect(await look(Buffer.concat([ftyp, index(entry)]))).toMatchObject({ encrypted: true });
  });

  it("mentions of encryption elsewhere are no encryption", async () => {
    const moov = box("moov", box("udta", "encv enca encv"));
    expect(await look(Buffer.concat([ftyp, moov]))).toMatchObject({
      found: true,
      encrypted: false,
    });
  });

  it("is looked for to an end in any bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (noise) => {
        const found = await look(Buffer.concat([ftyp, Buffer.from(noise)]));
        expect(typeof found.found).toBe("boolean");
      }),
    );
  });
});
