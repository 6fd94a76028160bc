import * as fc from "fast-check";
import { expect, it } from "vitest";
import { readWildcard } from "./wildcard.ts";

/** What the pattern means, said as a regular expression. */
function asRegExp(pattern: string): RegExp {
  const source = pattern.replace(/\\(.)|\*|[^*\\]/gsu, (piece, escaped: string | undefined) =>
    piece === "*" ? ".*" : (escaped ?? piece).replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"),
  );
  return new RegExp(`^${source}$`, "s");
}

it("fits exactly what the same regular expression fits", () => {
  const piece = fc.constantFrom("a", "b", "/", ".", "\\*", "\\\\");
  const pattern = fc
    .array(fc.oneof(piece, fc.constant("*")), { maxLength: 12 })
    .map((pieces) => pieces.join("").replace(/(?<!\\)\*+/g, "*"))
    .filter((text) => !/(?<!\\)(\\\\)*\*\*/.test(text));
  const text = fc.string({ unit: fc.constantFrom("a", "b", "/", ".", "*", "\\"), maxLength: 14 });
  fc.assert(
    fc.property(pattern, text, (wanted, value) => {
      expect(readWildcard(wanted).test(value)).toBe(asRegExp(wanted).test(value));
    }),
    { numRuns: 2000 },
  );
});

it("many stars on a long text cost little", () => {
  const began = performance.now();
  expect(readWildcard("*a*a*a*a*a*b").test("a".repeat(20_000))).toBe(false);
  expect(performance.now() - began).toBeLessThan(1000);
});
