import { createHash } from "node:crypto";
import type {
  CreateJobCommandInput,
  H264Settings,
  Output,
  OutputGroup,
  VideoDescription,
} from "@aws-sdk/client-mediaconvert";
import type { VideoId } from "../id/id.ts";
import type { Pictures, Plan, Rung, Size } from "../ladder/ladder.ts";
import type { Rate } from "../source/found.ts";
import * as Names from "./names.ts";

export * from "./names.ts";

/** What a job is made for, and where it reads and writes. */
export interface Order {
  videoId: VideoId;
  attempt: number;
  plan: Plan;
  source: { bucket: string; key: string };
  deliveryBucket: string;
  queueArn: string;
  roleArn: string;
  app: { name: string; stage: string };
}

/** The whole job for one attempt. The same order gives the same job, to the byte. */
export function build(order: Order): CreateJobCommandInput {
  const { plan, app } = order;
  return {
    Role: order.roleArn,
    Queue: order.queueArn,
    ClientRequestToken: requestToken(order.videoId, order.attempt),
    StatusUpdateInterval: "SECONDS_10",
    UserMetadata: {
      app: app.name,
      stage: app.stage,
      videoId: order.videoId,
      attempt: String(order.attempt),
    },
    Settings: {
      TimecodeConfig: { Source: "ZEROBASED" },
      Inputs: [
        {
          FileInput: inputOf(order.source),
          TimecodeSource: "ZEROBASED",
          ...(plan.rungs.length > 0
            ? { VideoSelector: { Rotate: "AUTO" as const, ColorSpace: "FOLLOW" as const } }
            : {}),
          ...(plan.audio
            ? { AudioSelectors: { [SOUND]: { DefaultSelection: "DEFAULT" as const, Tracks: [1] } } }
            : {}),
        },
      ],
      OutputGroups: groups(
        plan,
        `s3://${order.deliveryBucket}/${Names.prefix(order.videoId, order.attempt)}`,
      ),
    },
  };
}

/** MediaConvert's address of a source. SearchJobs finds jobs by it. */
export function inputOf(source: { bucket: string; key: string }): string {
  return `s3://${source.bucket}/${source.key}`;
}

/** Makes a repeated CreateJob, within MediaConvert's one minute, answer the first job. */
export function requestToken(videoId: VideoId, attempt: number): string {
  return createHash("sha256").update(`${videoId}|${attempt}`).digest("hex").slice(0, 64);
}

const SOUND = "Audio Selector 1";
export const SEGMENT_SECONDS = 4;
const FRAGMENT_SECONDS = 2;
const GOP_SECONDS = 2;

/**
 * Everything a plan makes, in the job's order. What it costs is read from here too.
 *
 * @param base where to write, ending in a slash
 */
export function groups(plan: Plan, base: string): OutputGroup[] {
  return [
    {
      Name: "Stream",
      OutputGroupSettings: {
        Type: "CMAF_GROUP_SETTINGS",
        CmafGroupSettings: {
          Destination: `${base}${Names.STREAM}`,
          SegmentLength: SEGMENT_SECONDS,
          FragmentLength: FRAGMENT_SECONDS,
          SegmentControl: "SEGMENTED_FILES",
          WriteHlsManifest: "ENABLED",
          WriteDashManifest: "ENABLED",
        },
      },
      Outputs: [...plan.rungs.map((rung) => rendition(plan, rung)), ...sound(plan)],
    },
    ...(plan.download ? [fileGroup("Download", `${base}${Names.DOWNLOAD}`, download(plan))] : []),
    ...(plan.pictures ? captures(plan, plan.pictures, base) : []),
  ];
}

function rendition(plan: Plan, rung: Rung): Output {
  return {
    NameModifier: Names.modifier(rung),
    ContainerSettings: { Container: "CMFC" },
    VideoDescription: picture(plan, rung),
  };
}

function sound(plan: Plan): Output[] {
  if (!plan.audio) return [];
  const alone = plan.rungs.length === 0;
  return [
    {
      NameModifier: Names.SOUND,
      ContainerSettings: {
        Container: "CMFC",
        CmfcSettings: {
          AudioTrackType: alone
            ? "AUDIO_ONLY_VARIANT_STREAM"
            : "ALTERNATE_AUDIO_AUTO_SELECT_DEFAULT",
        },
      },
      AudioDescriptions: [aac(plan.audio)],
    },
  ];
}

/** The top rung with sound in one file; its picture is the stream's, so an encoder may share it. */
function download(plan: Plan): Output {
  const top = plan.rungs[0];
  return {
    ContainerSettings: {
      Container: "MP4",
      Mp4Settings: { MoovPlacement: "PROGRESSIVE_DOWNLOAD" },
    },
    ...(top ? { VideoDescription: picture(plan, top) } : { Extension: Names.SOUND_EXTENSION }),
    ...(plan.audio ? { AudioDescriptions: [aac(plan.audio)] } : {}),
  };
}

function aac(audio: NonNullable<Plan["audio"]>) {
  return {
    AudioSourceName: SOUND,
    CodecSettings: {
      Codec: "AAC" as const,
      AacSettings: {
        Bitrate: audio.kbps * 1000,
        CodingMode: "CODING_MODE_2_0" as const,
        SampleRate: audio.sampleRateHz,
      },
    },
  };
}

function picture(plan: Plan, rung: Rung): VideoDescription {
  return {
    Width: rung.widthPx,
    Height: rung.heightPx,
    // the size was computed from the source's shape: nothing is distorted, padded or enlarged
    ScalingBehavior: "STRETCH_TO_OUTPUT",
    ...preparation(plan),
    CodecSettings: {
      Codec: "H_264",
      H264Settings: {
        ...bitRate(plan, rung),
        GopSize: GOP_SECONDS,
        GopSizeUnits: "SECONDS",
        SceneChangeDetect: "DISABLED",
        QualityTuningLevel: plan.tuning,
        InterlaceMode: "PROGRESSIVE",
        ...(rung.frameRate
          ? {
              FramerateControl: "SPECIFIED",
              FramerateNumerator: rung.frameRate.numerator,
              FramerateDenominator: rung.frameRate.denominator,
              FramerateConversionAlgorithm: "DUPLICATE_DROP",
            }
          : { FramerateControl: "INITIALIZE_FROM_SOURCE" }),
        ...(plan.squarePixels
          ? { ParControl: "SPECIFIED", ParNumerator: 1, ParDenominator: 1 }
          : {}),
      },
    },
  };
}

/** The basic tier has no quality-defined rate: there the average is fixed, below the ceiling. */
function bitRate(plan: Plan, rung: Rung): H264Settings {
  const MaxBitrate = rung.maxKbps * 1000;
  switch (plan.tuning) {
    case "SINGLE_PASS":
      return {
        RateControlMode: "VBR",
        Bitrate: Math.round(MaxBitrate * AVERAGE_OF_CEILING),
        MaxBitrate,
      };
    case "SINGLE_PASS_HQ":
      return {
        RateControlMode: "QVBR",
        MaxBitrate,
        QvbrSettings: { QvbrQualityLevel: rung.quality },
      };
  }
}

const AVERAGE_OF_CEILING = 0.6;

function preparation(plan: Plan): Pick<VideoDescription, "VideoPreprocessors"> {
  if (!plan.deinterlace && !plan.toneMap) return {};
  return {
    VideoPreprocessors: {
      ...(plan.deinterlace
        ? { Deinterlacer: { Mode: "DEINTERLACE", Algorithm: "INTERPOLATE", Control: "NORMAL" } }
        : {}),
      ...(plan.toneMap
        ? {
            ColorCorrector: {
              ColorSpaceConversion: "FORCE_709",
              HdrToSdrToneMapper: "PRESERVE_DETAILS",
            },
          }
        : {}),
    },
  };
}

function captures(plan: Plan, pictures: Pictures, base: string): OutputGroup[] {
  const { posterPx, posterAtSeconds, thumbnails } = pictures;
  const later = posterAtSeconds > 0;
  const poster = capture(plan, posterPx, later ? posterAtSeconds : 1, later ? 2 : 1);
  return [
    fileGroup("Poster", `${base}${Names.POSTER}`, poster),
    ...(thumbnails
      ? [
          fileGroup(
            "Thumbnails",
            `${base}${Names.THUMBNAILS}`,
            capture(plan, thumbnails.sizePx, thumbnails.everySeconds, thumbnails.atMost),
          ),
        ]
      : []),
  ];
}

function capture(plan: Plan, size: Size, everySeconds: number, atMost: number): Output {
  const pace = paceOf(everySeconds);
  return {
    ContainerSettings: { Container: "RAW" },
    VideoDescription: {
      Width: size.widthPx,
      Height: size.heightPx,
      ScalingBehavior: "STRETCH_TO_OUTPUT",
      ...preparation(plan),
      CodecSettings: {
        Codec: "FRAME_CAPTURE",
        FrameCaptureSettings: {
          FramerateNumerator: pace.numerator,
          FramerateDenominator: pace.denominator,
          MaxCaptures: atMost,
          Quality: 80,
        },
      },
    },
  };
}

/** One picture every so many seconds, to the millisecond. */
function paceOf(everySeconds: number): Rate {
  if (Number.isInteger(everySeconds)) return { numerator: 1, denominator: everySeconds };
  return { numerator: 1000, denominator: Math.round(everySeconds * 1000) };
}

function fileGroup(name: string, destination: string, output: Output): OutputGroup {
  return {
    Name: name,
    OutputGroupSettings: {
      Type: "FILE_GROUP_SETTINGS",
      FileGroupSettings: { Destination: destination },
    },
    Outputs: [output],
  };
}
