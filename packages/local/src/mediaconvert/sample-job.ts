import type { CreateJobRequest, Output } from "@aws-sdk/client-mediaconvert";

/** A request as a video platform sends it: one CMAF group, one MP4, pictures. For tests. */
export function sampleJob(
  input: string,
  change: { rungs?: number[]; audio?: boolean; outputs?: Output[] } = {},
): CreateJobRequest {
  return {
    Role: "arn:aws:iam::000000000000:role/vod-transcode",
    UserMetadata: { assetId: "a-7f3c", attempt: "1" },
    StatusUpdateInterval: "SECONDS_10",
    Settings: {
      TimecodeConfig: { Source: "ZEROBASED" },
      Inputs: [
        {
          FileInput: input,
          TimecodeSource: "ZEROBASED",
          VideoSelector: { Rotate: "AUTO", ColorSpace: "FOLLOW" },
          AudioSelectors: { "Audio Selector 1": { DefaultSelection: "DEFAULT" } },
        },
      ],
      OutputGroups: [
        {
          Name: "CMAF",
          OutputGroupSettings: {
            Type: "CMAF_GROUP_SETTINGS",
            CmafGroupSettings: {
              Destination: "s3://media/v/1/cmaf/main",
              SegmentLength: 1,
              FragmentLength: 1,
            },
          },
          Outputs: [
            ...(change.rungs ?? [180, 90]).map(
              (height): Output => ({
                NameModifier: `_${height}`,
                ContainerSettings: { Container: "CMFC" },
                VideoDescription: film({ Height: height }),
              }),
            ),
            ...(change.audio === false ? [] : [sound("CMFC")]),
          ],
        },
        {
          Name: "MP4",
          OutputGroupSettings: {
            Type: "FILE_GROUP_SETTINGS",
            FileGroupSettings: { Destination: "s3://media/v/1/mp4/" },
          },
          Outputs: [
            {
              NameModifier: "_180",
              ContainerSettings: { Container: "MP4" },
              VideoDescription: film({ Height: 180 }),
              ...(change.audio === false
                ? {}
                : { AudioDescriptions: sound("MP4").AudioDescriptions ?? [] }),
            },
          ],
        },
        {
          Name: "Pictures",
          OutputGroupSettings: {
            Type: "FILE_GROUP_SETTINGS",
            FileGroupSettings: { Destination: "s3://media/v/1/thumb/t" },
          },
          Outputs: [
            {
              ContainerSettings: { Container: "RAW" },
              VideoDescription: {
                Width: 160,
                Height: 90,
                CodecSettings: {
                  Codec: "FRAME_CAPTURE",
                  FrameCaptureSettings: {
                    FramerateNumerator: 1,
                    FramerateDenominator: 1,
                    MaxCaptures: 500,
                    Quality: 80,
                  },
                },
              },
            },
          ],
        },
      ],
    },
  };
}

/** Pictures as H.264 at a quality. */
export function film(size: { Width?: number; Height?: number; ScalingBehavior?: "FIT" | "FILL" }) {
  return {
    ScalingBehavior: "FIT_NO_UPSCALE" as const,
    ...size,
    CodecSettings: {
      Codec: "H_264" as const,
      H264Settings: {
        RateControlMode: "QVBR" as const,
        MaxBitrate: 1_000_000,
        QvbrSettings: { QvbrQualityLevel: 7 },
        GopSize: 1,
        GopSizeUnits: "SECONDS" as const,
        SceneChangeDetect: "DISABLED" as const,
        QualityTuningLevel: "SINGLE_PASS_HQ" as const,
      },
    },
  };
}

/** Sound as AAC, stereo. */
export function sound(container: "CMFC" | "MP4" | "MPD" | "M3U8", modifier = "_aac"): Output {
  return {
    NameModifier: modifier,
    ContainerSettings: { Container: container },
    AudioDescriptions: [
      {
        AudioSourceName: "Audio Selector 1",
        CodecSettings: {
          Codec: "AAC",
          AacSettings: { Bitrate: 96_000, CodingMode: "CODING_MODE_2_0", SampleRate: 48_000 },
        },
      },
    ],
  };
}
