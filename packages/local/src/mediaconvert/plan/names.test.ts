import { describe, expect, it } from "vitest";
import { destinationOf, modifierOf } from "./names.ts";

const input = { bucket: "example-uploads", key: "u/clip.mov" };
const at = Date.UTC(2026, 0, 2, 10, 2, 11);

describe("names of what a job makes", () => {
  it.each([
    { to: "s3://example-media/a/", folder: "a/", base: "clip" },
    { to: "s3://example-media/a/final", folder: "a/", base: "final" },
    { to: "s3://example-media/", folder: "", base: "clip" },
    { to: "s3://example-media/$d$/$fn$-x", folder: "20260102/", base: "clip-x" },
    { to: "s3://example-media/$$5", folder: "", base: "$5" },
  ])("below $to", ({ to, folder, base }) => {
    expect(destinationOf(to, input, at)).toEqual({ bucket: "example-media", folder, base });
  });

  it("take the whole last part of a key that has no extension", () => {
    const key = { bucket: "b", key: "u/a-7f3c/source" };
    expect(destinationOf("s3://m/x/", key, at).base).toBe("source");
  });

  it.each([
    { modifier: "_$w$x$h$", name: "_1280x720" },
    { modifier: "_$h%05$p$f$", name: "_00720p29" },
    { modifier: "_$rv$k", name: "_3000k" },
    { modifier: "_$dt$", name: "_20260102T100211" },
    { modifier: "_$unknown$", name: "_$unknown$" },
  ])("with $modifier", ({ modifier, name }) => {
    const facts = { width: 1280, height: 720, videoKbps: 3000, rate: { num: 30_000, den: 1001 } };
    expect(modifierOf(modifier, input, at, facts)).toBe(name);
  });
});
