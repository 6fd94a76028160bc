import { decimal, record, type Shape, whole, word } from "./shape.ts";

const onOff = ["DISABLED", "ENABLED"];

const qvbr = record({
  QvbrQualityLevel: whole(1, 10),
  QvbrQualityLevelFineTune: decimal(0, 1),
});

/** Source of ranges and words: API model 2017-08-29, see reference of the service. */
const h264 = record(
  {
    RateControlMode: word(["QVBR", "VBR", "CBR"]),
    Bitrate: whole(1000, 1_152_000_000),
    MaxBitrate: whole(1000, 1_152_000_000),
    HrdBufferSize: whole(0, 1_152_000_000),
    QvbrSettings: qvbr,
    QualityTuningLevel: word(["SINGLE_PASS", "SINGLE_PASS_HQ", "MULTI_PASS_HQ"]),
    GopSize: decimal(0),
    GopSizeUnits: word(["AUTO", "FRAMES", "SECONDS"]),
    GopClosedCadence: whole(0, 1),
    GopBReference: word(onOff),
    MinIInterval: whole(0, 30),
    SceneChangeDetect: word(["DISABLED", "ENABLED", "TRANSITION_DETECTION"]),
    CodecProfile: word(["BASELINE", "MAIN", "HIGH"], ["HIGH_10BIT", "HIGH_422", "HIGH_422_10BIT"]),
    CodecLevel: word(["AUTO", ...Object.keys(levels())]),
    EntropyEncoding: word(["CABAC", "CAVLC"]),
    NumberReferenceFrames: whole(1, 6),
    NumberBFramesBetweenReferenceFrames: whole(0, 7),
    DynamicSubGop: word(["ADAPTIVE", "STATIC"]),
    Slices: whole(1, 32),
    FramerateControl: word(["INITIALIZE_FROM_SOURCE", "SPECIFIED"]),
    FramerateConversionAlgorithm: word(
      ["DUPLICATE_DROP"],
      ["INTERPOLATE", "FRAMEFORMER", "MAINTAIN_FRAME_COUNT"],
    ),
    FramerateNumerator: whole(1, 2_147_483_647),
    FramerateDenominator: whole(1, 2_147_483_647),
    InterlaceMode: word(
      ["PROGRESSIVE"],
      ["TOP_FIELD", "BOTTOM_FIELD", "FOLLOW_TOP_FIELD", "FOLLOW_BOTTOM_FIELD"],
    ),
    ParControl: word(["INITIALIZE_FROM_SOURCE", "SPECIFIED"]),
    ParNumerator: whole(1, 1),
    ParDenominator: whole(1, 1),
    AdaptiveQuantization: word(["AUTO", "OFF", "LOW", "MEDIUM", "HIGH", "HIGHER", "MAX"]),
    Telecine: word(["NONE"], ["SOFT", "HARD"]),
    SlowPal: word(["DISABLED"], ["ENABLED"]),
    Syntax: word(["DEFAULT"], ["RP2027"]),
    RepeatPps: word(["DISABLED"], ["ENABLED"]),
    UnregisteredSeiTimecode: word(["DISABLED"], ["ENABLED"]),
    WriteMp4PackagingType: word(["AVC1"], ["AVC3"]),
  },
  {
    also(given, at, faults) {
      const mode = given.RateControlMode ?? "VBR";
      const need = (name: string, pointer: string) => {
        if (given[name] === undefined) {
          faults.push({ at: `${at}/${pointer}`, text: `is required for rate control ${mode}` });
        }
      };
      if (mode === "QVBR") need("MaxBitrate", "maxBitrate");
      else need("Bitrate", "bitrate");
      if (mode === "QVBR" && given.Bitrate !== undefined) {
        faults.push({ at: `${at}/bitrate`, text: "may not be given for rate control QVBR" });
      }
      if (mode !== "QVBR" && given.QvbrSettings !== undefined) {
        faults.push({
          at: `${at}/qvbrSettings`,
          text: `may not be given for rate control ${mode}`,
        });
      }
      if (mode === "CBR" && given.MaxBitrate !== undefined) {
        faults.push({ at: `${at}/maxBitrate`, text: "may not be given for rate control CBR" });
      }
      if (Number(given.MaxBitrate) < Number(given.Bitrate)) {
        faults.push({ at: `${at}/maxBitrate`, text: "should be at least bitrate" });
      }
      if (given.FramerateControl === "SPECIFIED") {
        for (const name of ["Numerator", "Denominator"]) {
          if (given[`Framerate${name}`] === undefined) {
            faults.push({ at: `${at}/framerate${name}`, text: "is required when SPECIFIED" });
          }
        }
      }
    },
  },
);

/** Words of CodecLevel and what an encoder calls them. */
export function levels(): Record<string, string> {
  const known = "1 1_1 1_2 1_3 2 2_1 2_2 3 3_1 3_2 4 4_1 4_2 5 5_1 5_2".split(" ");
  return Object.fromEntries(known.map((level) => [`LEVEL_${level}`, level.replace("_", ".")]));
}

const frameCapture = record({
  FramerateNumerator: whole(1, 2_147_483_647),
  FramerateDenominator: whole(1, 2_147_483_647),
  MaxCaptures: whole(1, 10_000_000),
  Quality: whole(1, 100),
});

const otherCodecs = [
  "AV1",
  "AVC_INTRA",
  "GIF",
  "H_265",
  "MPEG2",
  "PASSTHROUGH",
  "PRORES",
  "UNCOMPRESSED",
  "VC3",
  "VP8",
  "VP9",
  "XAVC",
];

const codecSettings = record(
  {
    Codec: word(["H_264", "FRAME_CAPTURE"], otherCodecs),
    H264Settings: h264,
    FrameCaptureSettings: frameCapture,
  },
  {
    required: ["Codec"],
    also(given, at, faults) {
      if (given.Codec === "H_264" && given.H264Settings === undefined) {
        faults.push({ at: `${at}/h264Settings`, text: "is required for codec H_264" });
      }
    },
  },
);

const preprocessors = record({
  Deinterlacer: record({
    Algorithm: word(
      ["INTERPOLATE"],
      ["BLEND", "BLEND_TICKER", "INTERPOLATE_TICKER", "LINEAR_INTERPOLATION"],
    ),
    Control: word(["NORMAL", "FORCE_ALL_FRAMES"]),
    Mode: word(["DEINTERLACE", "ADAPTIVE"], ["INVERSE_TELECINE"]),
  }),
  ColorCorrector: record({
    ColorSpaceConversion: word(
      ["NONE", "FORCE_709"],
      [
        "FORCE_601",
        "FORCE_HDR10",
        "FORCE_HLG_2020",
        "FORCE_P3D65_HDR",
        "FORCE_P3D65_SDR",
        "FORCE_P3DCI",
      ],
    ),
    HdrToSdrToneMapper: word(["PRESERVE_DETAILS", "VIBRANT"]),
  }),
});

export const videoDescription: Shape = record(
  {
    CodecSettings: codecSettings,
    Width: whole(32, 8192),
    Height: whole(32, 8192),
    ScalingBehavior: word(
      ["DEFAULT", "FIT", "FIT_NO_UPSCALE", "FILL", "STRETCH_TO_OUTPUT"],
      ["SMART_CROP"],
    ),
    AntiAlias: word(["ENABLED", "DISABLED"]),
    Sharpness: whole(50, 50), // AWS's default: as it is
    ColorMetadata: word(["INSERT"], ["IGNORE"]),
    AfdSignaling: word(["NONE"], ["AUTO", "FIXED"]),
    RespondToAfd: word(["NONE"], ["PASSTHROUGH", "RESPOND"]),
    DropFrameTimecode: word(onOff),
    TimecodeInsertion: word(["DISABLED"], ["PIC_TIMING_SEI"]),
    TimecodeTrack: word(["DISABLED"], ["ENABLED"]),
    VideoPreprocessors: preprocessors,
  },
  { required: ["CodecSettings"] },
);
