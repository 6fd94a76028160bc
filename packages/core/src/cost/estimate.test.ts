import { beforeAll, describe, expect, it } from "vitest";
import * as Ladder from "../ladder/index.ts";
import { found, sound } from "../source/found.fixture.ts";
import { link } from "../testing/small-cloud.ts";
import * as Cost from "./cost.ts";
import { counted, expected, total } from "./count.ts";
import { estimated } from "./estimate.ts";
import * as Money from "./money.ts";

beforeAll(link);

const editor = { sub: "ed", groups: ["editor"] };
const film = { durationSeconds: 600, width: 1920, height: 1080 };
const of = (wish: object) => Cost.estimate(editor, Cost.Wish.parse(wish));

describe("minutes are billed", () => {
  const by = { minimumSeconds: 10, stepMinutes: 0.01 };
  it.each([
    { ms: 0, minutes: 0.17 },
    { ms: 3000, minutes: 0.17 },
    { ms: 10_000, minutes: 0.17 },
    { ms: 10_200, minutes: 0.17 },
    { ms: 10_201, minutes: 0.18 },
    { ms: 600_000, minutes: 10 },
    { ms: 600_001, minutes: 10.01 },
    { ms: 86_400_000, minutes: 1440 },
  ])("for $ms ms as $minutes", ({ ms, minutes }) => {
    expect(Money.billedMinutes(ms, by)).toBe(minutes);
  });
});

describe("an estimate", () => {
  it("is a line for each output of the job, and their sum", async () => {
    const estimate = await of({ source: film });
    expect(estimate.encoding.lines.map(({ output, rate }) => `${output} ${rate}`)).toEqual([
      "Stream_1080 P-AVC-HD-SHQ-30",
      "Stream_720 P-AVC-HD-SHQ-30",
      "Stream_480 P-AVC-SD-SHQ-30",
      "Stream_360 P-AVC-SD-SHQ-30",
      "Stream_240 P-AVC-SD-SHQ-30",
      "Stream_sound audio-only",
      "Download P-AVC-HD-SHQ-30",
      "Poster frame-capture",
      "Thumbnails frame-capture",
    ]);
    // ten minutes of three HD, three SD and one of sound
    expect(estimate.encoding.usd).toBeCloseTo(10 * (3 * 0.024 + 3 * 0.012 + 0.005), 9);
    const { encoding, orchestration, storage, totalUsd } = estimate;
    expect(totalUsd).toBeCloseTo((encoding.usd ?? 0) + orchestration.usd + storage.usd, 5);
    expect(orchestration.usd).toBeGreaterThan(0.0001);
    expect(orchestration.usd).toBeLessThan(0.02);
    expect(estimate).toMatchObject({ currency: "USD", confidence: "medium", asOf: "2020" });
    expect(estimate.notes.join(" ")).toMatch(/frame capture/);
    expect(Cost.Estimate.parse(estimate)).toEqual(estimate);
  });

  it("of three seconds is that of ten", async () => {
    const [three, ten] = await Promise.all(
      [3, 10].map((durationSeconds) => of({ source: { ...film, durationSeconds } })),
    );
    expect(three?.encoding.usd).toBe(ten?.encoding.usd);
    expect(three?.encoding.lines[0]?.minutes).toBe(0.17);
  });

  it.each([
    { what: "portrait", source: { ...film, width: 1080, height: 1920 }, times: 1 },
    { what: "silence", source: { ...film, audio: false }, times: 1 - 0.05 / 1.13 },
    { what: "29.97", source: { ...film, frameRate: 29.97 }, times: 1 },
    { what: "60 a second", source: { ...film, frameRate: 60 }, times: 1.85 / 1.13 },
    { what: "sound alone", source: { durationSeconds: 600 }, times: 0.1 / 1.13 },
    { what: "4K", source: { ...film, width: 3840, height: 2160 }, times: 1 },
    { what: "twice the time", source: { ...film, durationSeconds: 1200 }, times: 2 },
  ])("of $what costs $times times as much", async ({ source, times }) => {
    expect((await of({ source })).encoding.usd).toBeCloseTo(1.13 * times, 6);
  });

  it("of a rate that nobody knows is unknown, not zero", async () => {
    const own = {
      region: "r",
      currency: "USD",
      asOf: "2026",
      source: "own",
      confidence: "high",
      rates: { "audio-only": 0.005, "frame-capture": 0 },
      multipliers: {},
      minimumSeconds: 10,
      stepMinutes: 0.01,
    };
    const plan = Ladder.plan(found());
    const lines = expected(plan, found(), Cost.Prices.parse(own));
    const rungs = lines[0]?.slice(0, -1) ?? [];
    expect(rungs.every(({ confidence }) => confidence === "unknown")).toBe(true);
    expect(rungs.every((line) => !("usdPerMinute" in line))).toBe(true);
  });

  it.each([
    { durationSeconds: 0 },
    { durationSeconds: 10, width: 1920 },
    { durationSeconds: 10, audio: false },
    { durationSeconds: 90_000, width: 1920, height: 1080 },
    { durationSeconds: 10, width: 1920, height: 1080, frameRate: 0 },
    { durationSeconds: 10, colour: "red" },
  ])("of %j is refused", (source) => {
    expect(Cost.Wish.safeParse({ source }).success).toBe(false);
  });

  it("is for those who make films", async () => {
    const wish: Cost.Wish = { source: film };
    for (const groups of [[], ["viewer"]]) {
      await expect(Cost.estimate({ sub: "x", groups }, wish)).rejects.toMatchObject({
        code: "Forbidden",
      });
    }
  });

  it("of silence with only sound asked for says so", async () => {
    await expect(of({ profile: "audio", source: { ...film, audio: false } })).rejects.toMatchObject(
      {
        code: "SourceWithoutAudio",
      },
    );
  });
});

describe("an output that lasts as long as its track", () => {
  it.each([
    { picture: 12_000, sound: 18_000, minutes: [0.2, 0.31, 0.2] },
    { picture: 18_000, sound: 12_000, minutes: [0.3, 0.21, 0.3] },
  ])("is expected so: $picture ms of picture, $sound of sound", ({ picture, sound, minutes }) => {
    const about = { codec: "AAC", channels: 2, tracks: 1, durationMs: sound };
    const source = found(
      { widthPx: 320, heightPx: 240, durationMs: picture },
      { durationMs: 18_000, audio: about },
    );
    const lines = expected(Ladder.plan(source), source).flat();
    expect(lines.slice(0, 3).map((line) => line.minutes)).toEqual(minutes);
  });
});

describe("what was made", () => {
  it("is billed output by output, and what was not told as expected", () => {
    const source = found({}, { durationMs: 64_000 }); // whole frames of sound
    const plan = Ladder.plan(source, "economy");
    const lines = expected(plan, source);
    const by = { minimumSeconds: 10, stepMinutes: 0.01 };
    const made = lines.map((group) => group.map(() => ({ durationMs: 32_000 })));
    expect(total(lines)).toBe(Money.priceOf(1.07, 0.05));
    expect(total(counted(lines, made, by))).toBe(Money.priceOf(0.54, 0.05));
    expect(counted(lines, [], by)).toEqual(lines);
  });
});

describe("a choice changes the price:", () => {
  const source = found({}, { durationMs: 600_000 });
  const usd = (profile?: string, options?: Ladder.Options, of = source) =>
    estimated(of, { profile, options }).encoding.usd ?? Number.NaN;

  it("every profile has its own", () => {
    const large = found({ widthPx: 3840, heightPx: 2160 }, { durationMs: 600_000 });
    const prices = Ladder.profiles().map(({ name }) => usd(name, {}, large));
    expect(new Set(prices).size).toBe(Ladder.profiles().length);
    expect(usd("economy")).toBeLessThan(usd("standard") / 2);
    expect(usd("audio")).toBeCloseTo(0.1, 6);
    expect(usd("4k", {}, large)).toBeGreaterThan(usd("standard", {}, large));
  });

  it("no download saves the largest output", () => {
    expect(usd("standard", { download: false })).toBeCloseTo(usd() - 0.24, 6);
    expect(usd("standard", { download: false }, sound())).toBeCloseTo(
      usd("standard", {}, sound()) / 2,
      6,
    );
  });

  it("no thumbnails is a line less", () => {
    const lines = estimated(source, { options: { thumbnails: false } }).encoding.lines;
    expect(lines.map(({ output }) => output)).not.toContain("Thumbnails");
  });
});
