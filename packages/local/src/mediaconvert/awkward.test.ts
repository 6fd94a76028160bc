import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleJob } from "./sample-job.ts";
import { fast, ffmpeg, ffprobe, filmRoom, studio, tone, video } from "./testing.ts";

const films = filmRoom();
let cloud: ReturnType<typeof studio>;
beforeAll(() => {
  cloud = studio({ lenient: true });
  cloud.service.start?.();
});
afterAll(async () => {
  await cloud.close();
  films.close();
});

const plain = (name: string, seconds = 2) =>
  films.film(
    name,
    `${video("320x180", "30", seconds)} ${tone(seconds)} ${fast} -c:a aac -shortest`,
  );
const copyOf = (name: string, from: string, args: string) => {
  const path = join(films.folder, name);
  if (!existsSync(path)) ffmpeg(["-i", from, ...args.split(" "), path]);
  return path;
};
const bytesOf = (name: string, from: string, change: (bytes: Buffer) => Buffer) => {
  const path = join(films.folder, name);
  writeFileSync(path, change(readFileSync(from)));
  return path;
};

interface Case {
  of: string;
  make: () => string;
  size?: string;
  /** undefined where a single picture tells none */
  rate?: string | undefined;
  seconds?: number;
  warns?: number[];
}

/** What comes out of the stream's top rung; 320x180 at the source's rate where nothing is said. */
const cases: Case[] = [
  { of: "index at the end", make: () => plain("end.mp4") },
  {
    of: "fragments",
    make: () =>
      copyOf(
        "frag.mp4",
        plain("end.mp4"),
        "-c copy -movflags frag_keyframe+empty_moov+default_base_moof",
      ),
  },
  {
    of: "a phone held upright",
    make: () => copyOf("phone.mov", plain("end.mp4"), "-c copy -metadata:s:v:0 rotate=90"),
    size: "102x180",
  },
  {
    of: "odd sides and full colour",
    make: () =>
      films.film(
        "odd.mp4",
        `${video("320x180", "30", 1)} -vf scale=321:181 -c:v libx264 -preset ultrafast -pix_fmt yuv444p`,
      ),
    size: "320x180",
    seconds: 1,
  },
  {
    of: "HEVC in Matroska",
    make: () =>
      films.film(
        "hevc.mkv",
        `${video("320x180", "30", 1)} ${tone(1)} -c:v libx265 -preset ultrafast -x265-params log-level=0 -pix_fmt yuv420p -c:a libvorbis`,
      ),
    seconds: 1,
  },
  {
    of: "a wide range of light",
    make: () =>
      films.film(
        "hdr.mp4",
        `${video("320x180", "30", 1)} -c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -x265-params log-level=0:hdr10=1:repeat-headers=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc`,
      ),
    seconds: 1,
  },
  {
    of: "a variable rate",
    make: () =>
      films.film(
        "vfr.mp4",
        `${video("320x180", "60", 2)} -vf select='not(mod(n\\,3))+lt(mod(n\\,50)\\,10)' -vsync vfr ${fast}`,
      ),
    rate: "50/1",
  },
  {
    of: "240 pictures a second",
    make: () => films.film("fast.mp4", `${video("320x180", "240", 1)} ${fast}`),
    rate: "60/1",
    seconds: 1,
  },
  {
    of: "one picture a second",
    make: () => films.film("slow.mp4", `${video("320x180", "1", 3)} ${fast}`),
    rate: "1/1",
    seconds: 3,
  },
  {
    of: "23.976 pictures a second",
    make: () =>
      films.film("ntsc.mp4", `${video("320x180", "24000/1001", 2)} ${tone(2)} ${fast} -c:a aac`),
    rate: "24000/1001",
  },
  {
    of: "one picture",
    make: () => films.film("one.mp4", `${video("320x180", "30", 1)} -frames:v 1 ${fast}`),
    rate: undefined,
    seconds: 0.033,
  },
  { of: "no sound", make: () => films.film("mute.mp4", `${video("320x180", "30", 2)} ${fast}`) },
  {
    of: "more sound than pictures",
    make: () => films.film("long.mp4", `${video("320x180", "30", 1)} ${tone(3)} ${fast} -c:a aac`),
    seconds: 1,
  },
  {
    of: "pictures that begin late",
    make: () =>
      copyOf(
        "late.mp4",
        plain("end.mp4"),
        `-itsoffset 0.5 -i ${plain("end.mp4")} -map 1:v -map 0:a -c copy`,
      ),
    seconds: 2.5,
  },
  {
    of: "a transport stream that begins at 10 s",
    make: () => copyOf("offset.ts", plain("end.mp4"), "-c copy -output_ts_offset 10 -f mpegts"),
  },
  {
    of: "interlaced pictures with wide pixels",
    make: () =>
      films.film(
        "inter.ts",
        `${video("720x576", "50", 1)} ${tone(1)} -vf tinterlace=mode=interleave_top,fieldorder=tff -c:v mpeg2video -b:v 4M -pix_fmt yuv420p -flags +ildct+ilme -aspect 16:9 -c:a mp2 -f mpegts`,
      ),
    rate: "25/1",
    seconds: 1,
  },
  {
    of: "AVI with MPEG-4 and MP3",
    make: () =>
      films.film(
        "xvid.avi",
        `${video("320x180", "25", 2)} ${tone(2)} -c:v mpeg4 -vtag xvid -c:a libmp3lame`,
      ),
    rate: "25/1",
  },
  {
    of: "FLV",
    make: () =>
      films.film(
        "old.flv",
        `${video("320x180", "30", 2)} ${tone(2)} ${fast} -c:a libmp3lame -ar 44100`,
      ),
  },
  {
    of: "WebM named .mp4",
    make: () =>
      films.film(
        "w.webm",
        `${video("320x180", "30", 1)} ${tone(1)} -c:v libvpx -cpu-used 8 -deadline realtime -c:a libopus`,
      ),
    seconds: 1,
  },
  {
    of: "two tracks of sound",
    make: () =>
      films.film(
        "two.mp4",
        `${video("320x180", "30", 1)} ${tone(1)} ${tone(1)} -map 0 -map 1 -map 2 ${fast} -c:a aac`,
      ),
    seconds: 1,
  },
  {
    of: "six channels",
    make: () =>
      films.film(
        "six.mp4",
        `${video("320x180", "30", 1)} ${tone(1)} -af pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0 ${fast} -c:a ac3`,
      ),
    seconds: 1,
  },
  {
    of: "GIF",
    make: () => films.film("anim.gif", video("320x180", "10", 1)),
    rate: "10/1",
    seconds: 1,
  },
  {
    of: "damage in the middle",
    make: () =>
      bytesOf(
        "damaged.mp4",
        films.film("start.mp4", `${video("320x180", "30", 2)} ${fast} -movflags +faststart`),
        (bytes) =>
          Buffer.concat([
            bytes.subarray(0, 30_000),
            Buffer.alloc(3000, 0x5a),
            bytes.subarray(33_000),
          ]),
      ),
    warns: [230_008],
  },
  {
    of: "an end that is missing",
    make: () =>
      bytesOf(
        "cut.mp4",
        films.film("start.mp4", `${video("320x180", "30", 2)} ${fast} -movflags +faststart`),
        (bytes) => bytes.subarray(0, Math.floor(bytes.length * 0.68)),
      ),
    seconds: 1.3,
    warns: [220_000],
  },
];

describe("a job makes a stream of awkward films", () => {
  it.each(cases)("of $of", async ({ make, size = "320x180", seconds = 2, warns, ...more }) => {
    const rate = "rate" in more ? more.rate : "30/1";
    copyFileSync(make(), cloud.path("uploads", "film.mp4"));
    const over = await cloud.finish(sampleJob("s3://uploads/film.mp4", { rungs: [180] }));
    expect(over).toMatchObject({ status: "COMPLETE" });
    if (warns) expect(over).toMatchObject({ warnings: warns.map((code) => ({ code, count: 1 })) });
    else expect(over).not.toHaveProperty("warnings");
    const stream = ffprobe(join(cloud.shelf, "media/v/1/cmaf/main_180.m3u8")).streams[0] ?? {};
    expect(`${stream.width}x${stream.height}`).toBe(size);
    if (rate) expect(stream.r_frame_rate).toBe(rate);
    expect(stream.pix_fmt).toBe("yuv420p");
    expect(stream.field_order ?? "progressive").toBe("progressive");
    const [group] = over.outputGroupDetails as Array<{
      outputDetails: Array<{ durationInMs: number }>;
    }>;
    expect(Math.abs((group?.outputDetails[0]?.durationInMs ?? 0) / 1000 - seconds)).toBeLessThan(
      0.25,
    );
    const file = ffprobe(join(cloud.shelf, "media/v/1/mp4/film_180.mp4"));
    expect(JSON.stringify(file)).not.toContain("rotation");
  });
});
