import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { magicOf } from "./magic.ts";
import { frameRate } from "./rate.ts";

describe("what a file is by its first bytes", () => {
  it.each([
    { head: "\0\0\0\x20ftypisom", is: "mp4" },
    { head: "\0\0\0\x08wide\0\0\0\0mdat", is: "mp4" },
    { head: "\x1a\x45\xdf\xa3....", is: "matroska" },
    { head: "RIFF....AVI LIST", is: "avi" },
    { head: "RIFF....WAVEfmt ", is: "wave" },
    { head: "RIFF....WEBPVP8 ", is: undefined },
    { head: "FLV\x01\x05", is: "flv" },
    { head: "ID3\x04", is: "mp3" },
    { head: "\xff\xfb\x90\x64", is: "mp3" },
    { head: "\xff\xf1\x50\x80", is: "aac" },
    { head: "\xff\xd8\xff\xe0", is: undefined },
    { head: "\x89PNG\r\n", is: undefined },
    { head: "GIF89a", is: "gif" },
    { head: `G${"x".repeat(187)}G${"x".repeat(187)}G`, is: "mpegts" },
    { head: `G${"x".repeat(187)}x${"x".repeat(187)}`, is: undefined },
    { head: "\0\0\x01\xba", is: "mpegps" },
    { head: "#EXTM3U\n", is: undefined },
    { head: "<MPD>", is: undefined },
    { head: "ffconcat version 1.0", is: undefined },
    { head: "", is: undefined },
  ])("$head", ({ head, is }) => {
    expect(magicOf(Buffer.from(head, "latin1"))).toBe(is);
  });

  it("is answered for any bytes at all", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        magicOf(Buffer.from(bytes));
      }),
    );
  });
});

describe("frames per second", () => {
  const times = (count: number, at: (n: number) => number) =>
    Array.from({ length: count }, (_, n) => at(n));

  it.each([
    {
      what: "exact times",
      shown: times(90, (n) => (n * 1001) / 30),
      rate: "30000/1001",
      variable: false,
    },
    {
      what: "whole milliseconds",
      shown: times(90, (n) => Math.round((n * 1000) / 24)),
      rate: "24/1",
      variable: false,
    },
    { what: "decode order", shown: [0, 120, 40, 80, 240, 160, 200], rate: "25/1", variable: false },
    {
      what: "a phone's pauses",
      shown: times(90, (n) => n * 33 + (n > 40 ? 400 : 0)),
      rate: "61/2",
      variable: true,
    },
    { what: "too little", shown: [0], rate: "61/2", variable: false },
  ])("of $what", ({ shown, rate, variable }) => {
    const found = frameRate(shown, { num: 61, den: 2 }, { num: 60, den: 1 });
    expect({ rate: `${found.rate.num}/${found.rate.den}`, variable: found.variable }).toEqual({
      rate,
      variable,
    });
  });

  it("in a container of constant rates is what was measured, also where fields are counted", () => {
    const fields = frameRate([0, 40, 200], { num: 25, den: 1 }, { num: 50, den: 1 }, false);
    expect(fields).toEqual({ rate: { num: 25, den: 1 }, variable: false });
  });
});
