import { spawnSync } from "node:child_process";
import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Job } from "@aws-sdk/client-mediaconvert";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { sampleJob } from "./sample-job.ts";
import { carried, fast, ffprobe, filmRoom, studio, tone, video } from "./testing.ts";

const films = filmRoom();
afterAll(films.close);
const open: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
const begin = (...options: Parameters<typeof studio>) => {
  const made = studio(...options);
  open.push(made.close);
  made.service.start?.();
  return made;
};
const ok = () =>
  films.film(
    "ok.mp4",
    `${video("320x180", "30000/1001", 3)} ${tone(3)} ${fast} -c:a aac -shortest`,
  );

describe("a whole job", () => {
  it("makes the files AWS would make, and tells the same story", async () => {
    const cloud = begin();
    copyFileSync(ok(), cloud.path("uploads", "u/a-7f3c/source"));
    const over = await cloud.finish(sampleJob("s3://uploads/u/a-7f3c/source"));

    expect(cloud.statuses()).toEqual(["PROGRESSING", "INPUT_INFORMATION", "COMPLETE"]);
    const numbered = (stem: string, extension: string) =>
      [1, 2, 3].map((n) => `${stem}_00000000${n}.${extension}`);
    expect(cloud.files("media")).toEqual(
      [
        "v/1/cmaf/main.m3u8",
        "v/1/cmaf/main.mpd",
        ...["180", "90"].flatMap((rung) => [
          `v/1/cmaf/main_${rung}.m3u8`,
          `v/1/cmaf/main_${rung}init.cmfv`,
          ...numbered(`v/1/cmaf/main_${rung}`, "cmfv"),
        ]),
        "v/1/cmaf/main_aac.m3u8",
        "v/1/cmaf/main_aacinit.cmfa",
        ...numbered("v/1/cmaf/main_aac", "cmfa"),
        "v/1/mp4/source_180.mp4",
        ...[0, 1, 2].map((n) => `v/1/thumb/t.000000${n}.jpg`),
      ].sort(),
    );
    expect(over).toMatchObject({
      accountId: "000000000000",
      queue: "arn:aws:mediaconvert:us-east-1:000000000000:queues/Default",
      userMetadata: { assetId: "a-7f3c", attempt: "1" },
      outputGroupDetails: [
        {
          type: "CMAF_GROUP",
          playlistFilePaths: ["s3://media/v/1/cmaf/main.mpd", "s3://media/v/1/cmaf/main.m3u8"],
          outputDetails: [
            {
              durationInMs: 3003,
              videoDetails: { widthInPx: 320, heightInPx: 180, qvbrAvgQuality: 7 },
            },
            { durationInMs: 3003, videoDetails: { widthInPx: 160, heightInPx: 90 } },
            { durationInMs: expect.closeTo(3020, -2) },
          ],
        },
        {
          type: "FILE_GROUP",
          outputDetails: [{ outputFilePaths: ["s3://media/v/1/mp4/source_180.mp4"] }],
        },
        {
          type: "FILE_GROUP",
          outputDetails: [
            { outputFilePaths: ["s3://media/v/1/thumb/t.0000002.jpg"], durationInMs: 3000 },
          ],
        },
      ],
    });
    expect(over).not.toHaveProperty("warnings");
    expect(readdirSync(join(cloud.dataDir, "mediaconvert", "work"))).toEqual([]);

    const { Job } = await cloud.call<{ Job: Job }>("GetJob", { Id: over.jobId });
    expect(Job).toMatchObject({ Status: "COMPLETE", JobPercentComplete: 100 });
    expect(Job.OutputGroupDetails?.[0]?.OutputDetails?.[0]).toEqual({
      DurationInMs: 3003,
      VideoDetails: { WidthInPx: 320, HeightInPx: 180 },
    });
  });

  it("keeps sound and pictures together: only the encoder's first frame lies before them", async () => {
    const cloud = begin();
    copyFileSync(ok(), cloud.path("uploads", "source"));
    await cloud.finish(sampleJob("s3://uploads/source"));
    for (const manifest of ["main.m3u8", "main.mpd"]) {
      const { streams } = ffprobe(join(cloud.shelf, "media/v/1/cmaf", manifest));
      const start = (type: string) =>
        Number(streams.find((stream) => stream.codec_type === type)?.start_time);
      expect(start("video") - start("audio")).toBeCloseTo(1024 / 48_000, 3);
    }
  });

  it("shows a flash when its beep is heard, in the stream and in the download", async () => {
    const cloud = begin();
    const flash =
      "-f lavfi -i color=black:s=320x180:r=30:d=3,drawbox=c=white:t=fill:enable='between(t,0.99,2)' " +
      "-f lavfi -i sine=f=1000:r=48000:d=3,volume=enable='lt(t,1)+gt(t,2)':volume=0";
    const source = films.film("flash.mp4", `${flash} ${fast} -c:a aac -b:a 192k`);
    copyFileSync(source, cloud.path("uploads", "x.mp4"));
    await cloud.finish(sampleJob("s3://uploads/x.mp4"));
    const apart = (path: string) => {
      const watched = watch(path);
      const at = (event: RegExp) => Number(event.exec(watched)?.[1]);
      return at(/black_end:([\d.]+)/) - at(/silence_end: ([\d.]+)/);
    };
    const before = apart(source);
    expect(Math.abs(before)).toBeLessThan(0.02);
    for (const made of ["cmaf/main.m3u8", "mp4/x_180.mp4"]) {
      const after = apart(join(cloud.shelf, "media/v/1", made));
      expect(Math.abs(after - before)).toBeLessThan(0.005);
    }
  });
});

/** What ffmpeg's detectors say of black pictures and silence. */
function watch(path: string): string {
  const open = path.endsWith(".m3u8") ? ["-allowed_extensions", "ALL"] : [];
  const detectors = ["-vf", "blackdetect=d=0.3:pix_th=0.2", "-af", "silencedetect=n=-30dB:d=0.3"];
  const args = [
    "-hide_banner",
    "-nostdin",
    "-copyts",
    ...open,
    "-i",
    path,
    ...detectors,
    "-f",
    "null",
    "-",
  ];
  return spawnSync(carried.ffmpeg, args, { encoding: "utf8" }).stderr;
}
