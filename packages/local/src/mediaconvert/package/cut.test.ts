import { describe, expect, it } from "vitest";
import { cutAudio, cutVideo } from "./cut.ts";
import { ratesOf } from "./hls.ts";
import type { SampleTrack } from "./samples.ts";

function track(kind: "video" | "audio", count: number, key: (n: number) => boolean): SampleTrack {
  const duration = kind === "video" ? 1001 : 1024;
  return {
    kind,
    timescale: kind === "video" ? 30_000 : 48_000,
    width: 0,
    height: 0,
    stsd: Buffer.alloc(0),
    count,
    offsets: new Float64Array(count),
    sizes: new Uint32Array(count).fill(100),
    durations: new Uint32Array(count).fill(duration),
    shifts: new Int32Array(count),
    sync: Uint8Array.from({ length: count }, (_, n) => (key(n) ? 1 : 0)),
    decode: Float64Array.from({ length: count }, (_, n) => n * duration),
  };
}
const lengths = { segmentSeconds: 4.004, fragmentSeconds: 2, minFinalSeconds: 0 };

describe("segments", () => {
  it("of pictures begin at key frames, all rungs alike, and hold whole fragments", () => {
    const regular = cutVideo(
      track("video", 300, (n) => n % 60 === 0),
      lengths,
    );
    const lively = cutVideo(
      track("video", 300, (n) => n % 60 === 0 || n % 71 === 0),
      lengths,
    );
    expect(regular.map(({ first, end }) => [first, end])).toEqual([
      [0, 120],
      [120, 240],
      [240, 300],
    ]);
    expect(lively.map(({ first }) => first)).toEqual(regular.map(({ first }) => first));
    expect(regular[0]?.fragments).toEqual([
      { first: 0, end: 60 },
      { first: 60, end: 120 },
    ]);
  });

  it("of sound follow the pictures, and go on after their end", () => {
    const cuts = cutAudio(
      track("audio", 47 * 20, () => true),
      [0, 4.004, 8.008],
      lengths,
    );
    const starts = cuts.map(({ startSeconds }) => startSeconds);
    for (const [index, due] of [0, 4.004, 8.008, 12.012, 16.016, 20.02].entries()) {
      expect(Math.abs((starts[index] ?? -1) - due)).toBeLessThan(0.011);
    }
    expect(cuts.at(-1)?.end).toBe(47 * 20);
  });

  it("that would end too short are joined to the one before", () => {
    const cuts = cutVideo(
      track("video", 250, (n) => n % 60 === 0),
      { ...lengths, minFinalSeconds: 1 },
    );
    expect(cuts.map(({ first, end }) => [first, end])).toEqual([
      [0, 120],
      [120, 250],
    ]);
  });

  it("of one picture and of none are no trouble", () => {
    expect(
      cutVideo(
        track("video", 1, () => true),
        lengths,
      ),
    ).toHaveLength(1);
    expect(
      cutAudio(
        track("audio", 0, () => true),
        [],
        lengths,
      ),
    ).toEqual([]);
    expect(ratesOf([])).toEqual({ peak: 0, average: 0 });
  });
});
