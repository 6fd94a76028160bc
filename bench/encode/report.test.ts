import { expect, it } from "vitest";
import type { Media } from "../../packages/local/src/mediaconvert/probe/media.ts";
import { compared, leastOf, type Measured, shortOf } from "./report.ts";

const rung = { name: "320x180", seconds: 30, kbps: 250 };
const measured: Measured = {
  job: { name: "job", cpuSeconds: 11, pieces: [rung, { name: "30 pictures" }] },
  packaging: { name: "packaging", cpuSeconds: 1, pieces: [] },
  alone: [{ name: "320x180", cpuSeconds: 10, pieces: [rung] }],
  own: [
    { name: "Stream 320x180", cpuSeconds: 14, pieces: [rung] },
    { name: "Poster 2 pictures", cpuSeconds: 6, pieces: [{ name: "2 pictures" }] },
  ],
};
const media: Media = {
  format: "mp4",
  tracks: [],
  durationMs: 30_000,
  sizeBytes: 3_750_000,
  startTimecode: undefined,
};

it("the ratios are of the whole job, packaging included, to each sum", () => {
  const said = compared(measured, media);
  expect(said).toMatch(/1000 kbit\/s/);
  expect(said).toMatch(/^the job +12\.0$/m);
  expect(said).toMatch(/against \(a\) 1\.20, against \(b\) 0\.60/);
});

it("a track that ends early is named, pictures are not asked for their length", () => {
  expect(shortOf(measured, 30.4)).toEqual([]);
  const half = { ...rung, seconds: 15 };
  expect(shortOf({ ...measured, alone: [{ ...measured.job, pieces: [half] }] }, 30)).toEqual([
    "job: 320x180 of 15.0 s",
  ]);
});

it("of several rounds the least of each is told", () => {
  const busy = { ...measured, job: { ...measured.job, cpuSeconds: 17 } };
  const slow = { ...measured, alone: [{ ...measured.job, cpuSeconds: 13 }] };
  expect(leastOf([busy, slow])).toEqual(measured);
});
