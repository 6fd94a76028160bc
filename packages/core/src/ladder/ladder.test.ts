import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { found, sound } from "../source/found.fixture.ts";
import * as Ladder from "./ladder.ts";

const sizes = (plan: Ladder.Plan) => plan.rungs.map((rung) => `${rung.widthPx}x${rung.heightPx}`);

describe("the ladder", () => {
  it.each([
    { w: 1920, h: 1080, rungs: ["1920x1080", "1280x720", "854x480", "640x360", "426x240"] },
    { w: 1080, h: 1920, rungs: ["1080x1920", "720x1280", "480x854", "360x640", "240x426"] },
    { w: 3840, h: 2160, rungs: ["1920x1080", "1280x720", "854x480", "640x360", "426x240"] },
    { w: 1280, h: 720, rungs: ["1280x720", "854x480", "640x360", "426x240"] },
    { w: 1024, h: 576, rungs: ["1024x576", "854x480", "640x360", "426x240"] },
    { w: 320, h: 180, rungs: ["320x180"] },
    { w: 321, h: 181, rungs: ["320x180"] },
    { w: 176, h: 144, rungs: ["176x144"] },
    { w: 480, h: 480, rungs: ["480x480", "360x360", "240x240"] },
    { w: 7680, h: 1080, rungs: ["4096x576", "3414x480", "2560x360", "1706x240"] },
  ])("of $w x $h is $rungs", ({ w, h, rungs }) => {
    expect(sizes(Ladder.plan(found({ widthPx: w, heightPx: h })))).toEqual(rungs);
  });

  it("never enlarges, keeps the shape, and goes down step by step, whatever the source", () => {
    const px = fc.integer({ min: 32, max: 8192 });
    const fps = fc.record({
      numerator: fc.integer({ min: 1, max: 300_000 }),
      denominator: fc.integer({ min: 1, max: 1001 }),
    });
    fc.assert(
      fc.property(px, px, fps, (widthPx, heightPx, frameRate) => {
        const { rungs } = Ladder.plan(found({ widthPx, heightPx, frameRate }));
        expect(rungs.length).toBeGreaterThan(0);
        for (const [at, rung] of rungs.entries()) {
          expect(rung.widthPx % 2 === 0 && rung.heightPx % 2 === 0).toBe(true);
          expect(rung.widthPx).toBeLessThanOrEqual(widthPx);
          expect(rung.heightPx).toBeLessThanOrEqual(heightPx);
          const drift = Math.abs(rung.widthPx / rung.heightPx / (widthPx / heightPx) - 1);
          expect(drift).toBeLessThan(3 / Math.min(rung.widthPx, rung.heightPx));
          expect(rung.maxKbps).toBeGreaterThanOrEqual(400);
          const above = rungs[at - 1];
          if (!above) continue;
          expect(rung.widthPx).toBeLessThan(above.widthPx);
          expect(rung.maxKbps).toBeLessThanOrEqual(above.maxKbps);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("of a film that is only sound is empty", () => {
    expect(Ladder.plan(sound())).toMatchObject({ rungs: [], audio: { kbps: 128 } });
    expect(Ladder.plan(sound())).not.toHaveProperty("pictures");
  });

  it("of a silent film has no sound", () => {
    const { audio: _, ...silent } = found();
    expect(Ladder.plan(silent)).not.toHaveProperty("audio");
  });
});

describe("the frame rate", () => {
  it.each([
    { fps: [24_000, 1001], full: undefined, low: undefined },
    { fps: [25, 1], full: undefined, low: undefined },
    { fps: [30, 1], full: undefined, low: undefined },
    { fps: [1, 1], full: undefined, low: undefined },
    { fps: [50, 1], full: undefined, low: [25, 1] },
    { fps: [60_000, 1001], full: undefined, low: [30_000, 1001] },
    { fps: [60, 1], full: undefined, low: [30, 1] },
    { fps: [120, 1], full: [60, 1], low: [30, 1] },
    { fps: [240, 1], full: [60, 1], low: [30, 1] },
    { fps: [100, 1], full: [50, 1], low: [25, 1] },
    { fps: [2135, 70], full: undefined, low: undefined }, // 30.5: near enough to 30
    { fps: [45, 1], full: [50, 1], low: [25, 1] },
  ])("$fps is kept as $full, and as $low where the picture is small", ({ fps, full, low }) => {
    const rate = (pair: number[] | undefined) =>
      pair && { numerator: pair[0], denominator: pair[1] };
    const [numerator = 0, denominator = 1] = fps;
    const cadence = Ladder.cadence({ numerator, denominator });
    expect(cadence.full).toEqual(rate(full));
    expect(cadence.low).toEqual(rate(low));
  });

  it("the best rung of a small fast film keeps its rate, the rungs below keep half", () => {
    const { rungs } = Ladder.plan(
      found({ widthPx: 640, heightPx: 360, frameRate: { numerator: 60, denominator: 1 } }),
    );
    expect(rungs.map((rung) => rung.frameRate)).toEqual([
      undefined,
      { numerator: 30, denominator: 1 },
    ]);
  });

  it("never exceeds 60 a second, and never the source's by more than rounding a variable rate", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 1001 }),
        (n, d) => {
          const source = { numerator: n, denominator: d };
          const { full = source, low = full } = Ladder.cadence(source);
          expect(Ladder.perSec(full)).toBeLessThanOrEqual(61);
          expect(Ladder.perSec(low)).toBeLessThanOrEqual(31);
        },
      ),
    );
  });
});

describe("pictures", () => {
  it.each([
    { seconds: 0.5, every: 1, poster: 0 },
    { seconds: 30, every: 1, poster: 3 },
    { seconds: 600, every: 6, poster: 10 },
    { seconds: 86_400, every: 864, poster: 10 },
  ])(
    "of $seconds s are taken every $every s, the poster at $poster s",
    ({ seconds, every, poster }) => {
      const { pictures } = Ladder.plan(found({}, { durationMs: seconds * 1000 }));
      expect(pictures).toMatchObject({
        thumbnails: { everySeconds: every },
        posterAtSeconds: poster,
      });
      expect(Math.ceil(seconds / every)).toBeLessThanOrEqual(pictures?.thumbnails?.atMost ?? 0);
    },
  );
});

describe("a profile", () => {
  const large = found({
    widthPx: 3840,
    heightPx: 2160,
    frameRate: { numerator: 60, denominator: 1 },
  });

  it.each([
    { profile: "standard", lines: [1080, 720, 480, 360, 240], tuning: "SINGLE_PASS_HQ" },
    { profile: "economy", lines: [720, 480, 240], tuning: "SINGLE_PASS" },
    { profile: "4k", lines: [2160, 1440, 1080, 720, 480, 360, 240], tuning: "SINGLE_PASS_HQ" },
    { profile: "audio", lines: [], tuning: "SINGLE_PASS_HQ" },
  ])("$profile makes $lines of a large film", ({ profile, lines, tuning }) => {
    const plan = Ladder.plan(large, profile);
    expect(plan).toMatchObject({ profile, tuning, audio: { kbps: 128 } });
    expect(plan.rungs.map((rung) => rung.heightPx)).toEqual(lines);
    expect(Ladder.profiles().find(({ name }) => name === profile)?.maxLines).toBe(lines[0] ?? 0);
  });

  it("economy is calm, the others are not", () => {
    const rates = (profile: string) => Ladder.plan(large, profile).rungs.map((r) => r.frameRate);
    expect(new Set(rates("economy").map((rate) => rate?.numerator))).toEqual(new Set([30]));
    expect(rates("4k")[0]).toBeUndefined();
  });

  it("of nobody's name is refused, and so is silence when only sound is asked for", () => {
    const { audio: _, ...silent } = found();
    expect(() => Ladder.plan(found(), "toString")).toThrow(/profile/);
    expect(() => Ladder.plan(silent, "audio")).toThrow(/sound/);
  });
});

describe("an option", () => {
  it.each([
    { asked: 4.2, of: 30, at: 4.2 },
    { asked: 0, of: 30, at: 0 },
    { asked: 90, of: 30, at: 29.5 },
    { asked: 5, of: 0.2, at: 0 },
    { asked: 1.23456, of: 30, at: 1.235 },
  ])("asks for the poster at $asked s of $of s: it is at $at s", ({ asked, of, at }) => {
    const source = found({}, { durationMs: of * 1000 });
    const { pictures } = Ladder.plan(source, "standard", { posterAtSeconds: asked });
    expect(pictures?.posterAtSeconds).toBe(at);
  });

  it.each([
    { posterAtSeconds: -1 },
    { posterAtSeconds: 1e9 },
    { posterAtSeconds: "2" },
    { download: "no" },
    { watermark: true },
  ])("that is %j is refused", (options) => {
    expect(Ladder.Options.safeParse(options).success).toBe(false);
  });
});
