import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextTryAtMs } from "./schedule.ts";

const HOUR_MS = 3600 * 1000;

describe("a delivery that fails", () => {
  it("is tried again after seconds, minutes and hours, for a day", () => {
    const waits: number[] = [];
    let nowMs = 0;
    for (let failed = 1; ; failed += 1) {
      const next = nextTryAtMs({ failed, firstAtMs: 0, nowMs }, undefined, 0.5);
      if (next === undefined) break;
      waits.push((next - nowMs) / 1000);
      nowMs = next;
    }
    expect(waits).toEqual([5, 60, 300, 1800, 7200, 18_000, 28_800, 28_800]);
    expect(nowMs / HOUR_MS).toBeGreaterThan(23);
    expect(nowMs / HOUR_MS).toBeLessThan(24);
  });

  it.each([
    { asked: "120", waits: 120 },
    { asked: "1", waits: 5 },
    { asked: "Tue, 01 Jan 2030 00:10:00 GMT", waits: 600 },
    { asked: "Mon, 31 Dec 2029 00:00:00 GMT", waits: 5 },
    { asked: "999999999", waits: 6 * 3600 },
    { asked: "Wed, 01 Jan 2092 00:00:00 GMT", waits: 6 * 3600 },
    { asked: "-5", waits: 5 },
    { asked: "soon", waits: 5 },
    { asked: "1e9", waits: 5 },
  ])("waits $waits seconds when it is asked to wait $asked", ({ asked, waits }) => {
    const nowMs = Date.UTC(2030, 0, 1);
    const next = nextTryAtMs({ failed: 1, firstAtMs: nowMs, nowMs }, asked, 0.5);
    expect(((next ?? 0) - nowMs) / 1000).toBe(waits);
  });

  it("never waits longer than a queue lets it, nor beyond its day", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.nat(48 * HOUR_MS),
        fc.option(fc.string(), { nil: undefined }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failed, nowMs, asked, chance) => {
          const next = nextTryAtMs({ failed, firstAtMs: 0, nowMs }, asked, chance);
          if (next === undefined) return;
          expect(next).toBeGreaterThan(nowMs);
          expect(next - nowMs).toBeLessThan(12 * HOUR_MS - 60_000);
          expect(next).toBeLessThanOrEqual(26 * HOUR_MS);
        },
      ),
    );
  });
});
