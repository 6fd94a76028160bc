import { describe, expect, it } from "vitest";
import { counted, cpuSecondsIn } from "./ffmpeg.ts";

describe("what ffmpeg says it used", () => {
  it("is user and system time together, whatever stands around it", () => {
    const said = [
      "video:4096kB audio:480kB subtitle:0kB other streams:0kB",
      "[libx264 @ 0x55] kb/s:1228.80",
      "bench: utime=31.250s stime=0.750s rtime=17.031s",
      "bench: maxrss=571392kB",
    ].join("\n");
    expect(cpuSecondsIn(said)).toBe(32);
  });

  it.each([
    { said: "Conversion failed!" },
    { said: "bench:   1234 user    5 sys    7 real decode_video 0.0" },
    { said: "title: bench: utime=1.0s stime=1.0s" },
  ])("is not guessed from $said", ({ said }) => {
    expect(() => cpuSecondsIn(said)).toThrow(/did not say/);
  });

  it("is asked for, and not silenced", () => {
    expect(counted(["-loglevel", "error", "-i", "error"])).toEqual([
      ...["-benchmark", "-loglevel", "info", "-i", "error"],
    ]);
  });
});
