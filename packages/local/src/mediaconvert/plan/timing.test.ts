import { describe, expect, it } from "vitest";
import type { VideoTrack } from "../probe/media.ts";
import { cadence, frameOf, outputRate, spans } from "./timing.ts";

const ntsc = { num: 30_000, den: 1001 };

describe("frames per second of an output", () => {
  it.each([
    { source: "24000/1001", variable: false, rate: "24000/1001" },
    { source: "61/2", variable: true, rate: "50/1" },
    { source: "60/1", variable: true, rate: "60/1" },
    { source: "3/1", variable: true, rate: "5/1" },
    { source: "240/1", variable: false, rate: "60/1" },
  ])("follow $source (variable: $variable) as $rate", ({ source, variable, rate }) => {
    const [num = 0, den = 1] = source.split("/").map(Number);
    const track = { frameRate: { num, den }, variableRate: variable } as VideoTrack;
    const found = outputRate({}, track);
    expect(`${found.num}/${found.den}`).toBe(rate);
  });
});

describe("key frames", () => {
  it.each([
    { gop: 2, units: "SECONDS", segment: 4, exact: false, frames: 60, forced: 120 },
    { gop: 3, units: "SECONDS", segment: 4, exact: false, frames: 90, forced: 180 },
    { gop: 3, units: "SECONDS", segment: 4, exact: true, frames: 90, forced: 120 },
    { gop: 45, units: "FRAMES", segment: 3, exact: false, frames: 45, forced: 90 },
    { gop: undefined, units: "AUTO", segment: 6, exact: false, frames: 60, forced: 180 },
    { gop: 10, units: "SECONDS", segment: 4, exact: true, frames: 120, forced: 120 },
  ])("of $gop $units in segments of $segment s (exact: $exact)", (row) => {
    const found = cadence(
      {
        ...(row.gop === undefined ? {} : { GopSize: row.gop }),
        GopSizeUnits: row.units as "AUTO",
        SceneChangeDetect: "DISABLED",
      },
      ntsc,
      { seconds: row.segment, exact: row.exact },
    );
    expect(found).toEqual({ gop: row.frames, forced: row.forced, fixed: true });
  });
});

describe("parts of a source", () => {
  const source = { seconds: 10, rate: { num: 30, den: 1 }, origin: 0 };

  it("begin with their first frame and end with their last", () => {
    expect(
      spans(
        [
          { StartTimecode: "00:00:00:10", EndTimecode: "00:00:00:19" },
          { StartTimecode: "00:00:09:00" },
        ],
        source,
      ),
    ).toEqual([
      { start: 10 / 30, end: 20 / 30 },
      { start: 9, end: 10 },
    ]);
  });

  it.each([
    { clip: { StartTimecode: "00:01:00:00" }, why: "begins after the end" },
    { clip: { StartTimecode: "00:00:02:00", EndTimecode: "00:00:01:00" }, why: "runs backwards" },
  ])("that lie outside are 1060: $why", ({ clip }) => {
    expect(() => spans([clip], source)).toThrow(expect.objectContaining({ code: 1060 }));
  });

  it("overlapping are refused", () => {
    const twice = { StartTimecode: "00:00:00:10", EndTimecode: "00:00:00:19" };
    expect(() => spans([twice, twice], source)).toThrow(expect.objectContaining({ code: 1060 }));
  });

  it.each([
    { timecode: "00:00:59;29", frame: 1799 },
    { timecode: "00:01:00;02", frame: 1800 },
    { timecode: "00:10:00;00", frame: 17_982 },
    { timecode: "01:00:00;00", frame: 107_892 },
    { timecode: "00:01:00:00", frame: 1800 },
  ])("count $timecode as frame $frame", ({ timecode, frame }) => {
    expect(frameOf(timecode, 30_000 / 1001)).toBe(frame);
  });
});
