import { existsSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recordingAt } from "../kernel/recordings.testing.ts";
import { Refusal } from "../kernel/refusal.ts";
import { testPattern } from "./test-event-pattern.ts";

const VECTORS = recordingAt("events/patterns.jsonl");

interface Vector {
  id: string;
  pattern?: object;
  patternText?: string;
  event?: object;
  eventText?: string;
  expected: "match" | "no-match" | "invalid";
  error?: { code: string; message: string };
}

// The recordings of AWS lie beside the repository and are not part of it.
describe.skipIf(!existsSync(VECTORS))("what AWS answered to TestEventPattern", () => {
  const rows = existsSync(VECTORS)
    ? readFileSync(VECTORS, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Vector)
    : [];

  it.each(rows)("$id", ({ pattern, patternText, event, eventText, expected, error }) => {
    const ask = () =>
      testPattern(patternText ?? JSON.stringify(pattern), eventText ?? JSON.stringify(event));
    if (!error) {
      expect(ask() ? "match" : "no-match").toBe(expected);
      return;
    }
    const refusal = refusalOf(ask);
    expect(refusal.code).toBe(error.code);
    // What a JSON parser says about text that is not JSON is its own business.
    if (!/Unrecognized token|Unexpected character/.test(error.message)) {
      expect(refusal.message).toBe(error.message);
    }
  });
});

describe("beyond the recordings", () => {
  it.each([
    [{ detail: { a: { b: [1] } } }, { a: [{ b: 1 }, { b: 2 }] }, true],
    [{ detail: { a: { b: [1], c: [2] } } }, { a: [{ b: 1 }, { c: 2 }] }, false],
    [{ detail: { a: { b: [1], c: [2] } } }, { a: [{ b: 1, c: 2 }] }, true],
    [{ detail: { a: { b: [{ exists: false }] } } }, { a: [{ c: 1 }, { b: 1 }] }, false],
    [{ detail: { a: [{ exists: true }] } }, { a: { b: 1 } }, false],
    [{ detail: { a: [{ exists: false }] } }, { a: {} }, true],
    [{ detail: { a: [{ wildcard: "x\\*y" }] } }, { a: "x*y" }, true],
    [{ detail: { a: [{ wildcard: "x\\*y" }] } }, { a: "xzy" }, false],
    [{ detail: { a: [{ wildcard: "x\\\\*" }] } }, { a: "x\\z" }, true],
    [{ detail: { a: [{ "anything-but": { prefix: ["x", "y"] } }] } }, { a: "z" }, true],
    [{ detail: { a: [{ prefix: { "equals-ignore-case": "UP" } }] } }, { a: "uploads/" }, true],
    [{ detail: { a: [{ cidr: "10.0.0.0/8" }] } }, { a: "::ffff:10.0.0.1" }, false],
    [{ detail: { $or: [{ a: [1] }, { b: [2] }], c: [3] } }, { b: 2, c: 3 }, true],
    [{ detail: { $or: [{ a: [1] }, { b: [2] }], c: [3] } }, { a: 1, b: 2 }, false],
    [{ detail: { $or: [1, 2] } }, { $or: 2 }, true],
  ])("%j of %j is %j", (pattern, detail, expected) => {
    expect(testPattern(JSON.stringify(pattern), eventWith(detail))).toBe(expected);
  });

  it.each([
    [{ a: [{ wildcard: "a**" }] }, "Consecutive wildcard characters at pos 2"],
    [{ a: [{ numeric: ["=", 6e9] }] }, "Value must be between"],
    [{ a: [{ numeric: ["<", 1, ">", 0] }] }, "Bad numeric range operator: >"],
    [{ a: [{ exists: "yes" }] }, "exists match pattern must be either true or false."],
    [{ a: [{ toString: 1 }] }, "Unrecognized match type toString"],
    [{ a: [{ prefix: "a", suffix: "b" }] }, "Only one key allowed in match expression"],
    [{ a: {} }, "Empty objects are not allowed"],
    [{ a: [[1]] }, "Match value must be String, number, true, false, or null"],
  ])("%j is refused", (pattern, sentence) => {
    const refusal = refusalOf(() => testPattern(JSON.stringify(pattern), eventWith({})));
    expect(refusal.code).toBe("InvalidEventPatternException");
    expect(refusal.message).toContain(sentence);
  });

  it("long arrays beside each other cost no more than their length", () => {
    const numbers = Array.from({ length: 2000 }, (_, index) => index);
    const event = eventWith({ a: numbers, b: numbers, c: numbers, d: numbers });
    const any = [{ numeric: [">=", 0] }];
    const began = performance.now();
    expect(
      testPattern(JSON.stringify({ detail: { a: any, b: any, c: any, d: [-1] } }), event),
    ).toBe(false);
    expect(testPattern(JSON.stringify({ detail: { a: any, b: any, c: any, d: any } }), event)).toBe(
      true,
    );
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it("four patterns that share two stars are too complex, two are not", () => {
    const ask = (...endings: string[]) =>
      testPattern(
        JSON.stringify({ detail: { key: endings.map((end) => ({ wildcard: `*/raw/*.${end}` })) } }),
        eventWith({ key: "a/raw/b.tif" }),
      );
    expect(ask("bif", "tif")).toBe(true);
    expect(() => ask("bif", "tif", "tiff", "svs")).toThrow("too complex");
  });

  it("an event always matches the pattern made of its own leaves", () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const detail = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,4}$/),
      fc.oneof(scalar, fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), scalar, { minKeys: 1 })),
      { minKeys: 1 },
    );
    const patternOf = (value: unknown): unknown =>
      typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, patternOf(part)]))
        : [value];
    fc.assert(
      fc.property(detail, (made) => {
        const pattern = JSON.stringify({ detail: patternOf(made) });
        expect(testPattern(pattern, eventWith(made))).toBe(true);
      }),
    );
  });
});

function eventWith(detail: object): string {
  return JSON.stringify({
    id: "1",
    account: "000000000000",
    source: "test",
    time: "2026-11-22T09:41:07Z",
    region: "us-east-1",
    resources: [],
    "detail-type": "Test",
    detail,
  });
}

function refusalOf(ask: () => unknown): Refusal {
  try {
    ask();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("it was not refused");
}
