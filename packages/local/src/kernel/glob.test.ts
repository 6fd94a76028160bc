import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matches } from "./glob.ts";

describe("wildcards", () => {
  it.each([
    ["*", "", true],
    ["", "", true],
    ["", "a", false],
    ["?", "", false],
    ["?", "a", true],
    ["?", "ä", true],
    ["?", "🎬", true],
    ["a*c", "abcbc", true],
    ["a*c", "abcb", false],
    ["a**c", "ac", true],
    ["*.m3u8", "a/b.m3u8", true],
    ["*.m3u8", "a/b.M3U8", false],
    ["a.c", "abc", false],
    ["(a|b)", "(a|b)", true],
    ["s3:Get*", "s3:GetObject", true],
  ])("%j fits %j: %s", (pattern, text, fits) => {
    expect(matches(pattern, text)).toBe(fits);
  });

  it("agrees with a regular expression on any pattern", () => {
    const letter = fc.constantFrom("a", "b", "*", "?");
    fc.assert(
      fc.property(
        fc.string({ unit: letter, maxLength: 8 }),
        fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 10 }),
        (pattern, text) => {
          const same = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
          expect(matches(pattern, text)).toBe(same.test(text));
        },
      ),
    );
  });

  it("stays quick on a pattern made to be slow", () => {
    const began = performance.now();
    expect(matches(`${"*a".repeat(200)}b`, "a".repeat(2000))).toBe(false);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
