import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { Container } from "@aws-sdk/client-mediaconvert";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fast, ffmpeg, filmRoom, studio, tone, video } from "../testing.ts";

const films = filmRoom();
let cloud: ReturnType<typeof studio>;
beforeAll(() => {
  cloud = studio();
});
afterAll(async () => {
  await cloud.close();
  films.close();
});

const small = "160x90";
const plain = () => films.film("plain.mp4", `${video(small, "30", 1)} ${tone(1)} ${fast} -c:a aac`);
const copyOf = (name: string, args: string) => {
  const path = join(films.folder, name);
  ffmpeg(["-i", plain(), ...args.split(" "), path]);
  return path;
};

async function probe(path: string): Promise<Container> {
  copyFileSync(path, cloud.path("uploads", "film"));
  const { ProbeResults } = await cloud.call<{ ProbeResults: Array<{ Container: Container }> }>(
    "Probe",
    { InputFiles: [{ FileUrl: "s3://uploads/film" }] },
  );
  return ProbeResults[0]?.Container ?? {};
}

describe("Probe", () => {
  it("says how a phone was held, in clockwise degrees", async () => {
    // this build writes the matrix the other way round than the tag says
    const found = await probe(copyOf("phone.mov", "-c copy -metadata:s:v:0 rotate=270"));
    expect(found).toMatchObject({
      Format: "quicktime",
      Tracks: [{ VideoProperties: { Rotation: 90, Width: 160, Height: 90 } }, {}],
    });
  });

  it("reads a drop-frame timecode, and numbers its track", async () => {
    const path = films.film(
      "tc.mov",
      `${video(small, "30000/1001", 1)} ${fast} -timecode 01:00:00;00`,
    );
    expect(await probe(path)).toMatchObject({
      StartTimecode: "01:00:00;00",
      Tracks: [
        {
          TrackType: "video",
          VideoProperties: { FrameRate: { Numerator: 30_000, Denominator: 1001 } },
        },
        { Index: 2, TrackType: "data" },
      ],
    });
  });

  it("tells fields and the shape of pixels", async () => {
    const path = films.film(
      "inter.ts",
      `${video("720x576", "50", 0.5)} -vf tinterlace=mode=interleave_top,fieldorder=tff -c:v mpeg2video -b:v 4M -pix_fmt yuv420p -flags +ildct+ilme -aspect 16:9 -f mpegts`,
    );
    expect(await probe(path)).toMatchObject({
      Format: "mpegts",
      Tracks: [
        {
          Codec: "MPEG2",
          VideoProperties: {
            SampleAspectRatio: { Numerator: 64, Denominator: 45 },
            DisplayAspectRatio: { Numerator: 16, Denominator: 9 },
            CodecMetadata: {
              ScanType: "Interlaced",
              FieldOrder: "TopFieldFirst",
              ChromaSubsampling: "4:2:0",
            },
          },
        },
      ],
    });
  });

  it("tells wide light by AWS's words", async () => {
    const path = films.film(
      "hdr.mp4",
      `${video(small, "30", 0.2)} -c:v libx265 -preset ultrafast -tag:v hvc1 -pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -x265-params log-level=0:hdr10=1:repeat-headers=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:max-cll=1000,400:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)`,
    );
    expect(await probe(path)).toMatchObject({
      Tracks: [
        {
          Codec: "HEVC",
          VideoProperties: {
            BitDepth: 10,
            ColorPrimaries: "ITU_2020",
            TransferCharacteristics: "SMPTE_2084",
            MatrixCoefficients: "ITU_2020_NCL",
            HdrMetadata: {
              ContentLightLevel: { MaxContentLightLevel: 1000, MaxFrameAverageLightLevel: 400 },
              MasteringDisplayColorVolume: { GreenPrimaryX: 13_250, MaxLuminance: 10_000_000 },
            },
            CodecMetadata: { Profile: "Main 10" },
          },
        },
      ],
    });
  });

  it("does not take the cover of a record for a film", async () => {
    const cover = join(films.folder, "cover.png");
    ffmpeg([...`${video("64x64", "1", 1)} -frames:v 1`.split(" "), cover]);
    const path = films.film(
      "cover.mp3",
      `${tone(1)} -i ${cover} -map 0 -map 1 -c:a libmp3lame -c:v copy -disposition:v attached_pic -id3v2_version 3`,
    );
    const found = await probe(path);
    expect(found).toMatchObject({
      Format: "mp3",
      Tracks: [{ Index: 1, TrackType: "audio", Codec: "MP3" }],
    });
    expect(found.Tracks).toHaveLength(1);
  });
});
