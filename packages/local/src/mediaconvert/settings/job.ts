import type { CreateJobCommandInput } from "@aws-sdk/client-mediaconvert";
import { Refusal } from "../../kernel/refusal.ts";
import { audioSelector } from "./audio.ts";
import { inner, outputGroups } from "./output.ts";
import { type Fault, list, map, record, type Shape, text, whole, word } from "./shape.ts";

/**
 * Holds a CreateJob request against what AWS takes and what this machine honours.
 *
 * @throws Refusal `BadRequestException` that names every fault by JSON pointer
 */
export function checkJob(request: unknown): asserts request is CreateJobCommandInput {
  const faults: Fault[] = [];
  job(request, "", faults);
  if (faults.length === 0) return;
  const said = faults.slice(0, MOST_FAULTS).map(({ at, text }) => `${at || "/"}: ${text}`);
  if (faults.length > MOST_FAULTS) said.push(`and ${faults.length - MOST_FAULTS} more`);
  throw new Refusal("BadRequestException", said.join("; "));
}

const MOST_FAULTS = 10;

const timecode = text({
  max: 11,
  like: /^\d\d:\d\d:\d\d[:;]\d\d$/,
  means: "should be HH:MM:SS:FF",
});

const input = record(
  {
    FileInput: text({
      max: 2048,
      like: /^s3:\/\/[^/]+\/.+$/su,
      means: "should be an address such as s3://bucket/key; http is not implemented on the laptop",
    }),
    AudioSelectors: map(audioSelector, 20),
    VideoSelector: record({
      Rotate: word(["DEGREE_0", "DEGREES_90", "DEGREES_180", "DEGREES_270", "AUTO"]),
      ColorSpace: word(
        ["FOLLOW", "REC_601", "REC_709", "HDR10", "HLG_2020"],
        ["P3D65_HDR", "P3D65_SDR", "P3DCI"],
      ),
      ColorSpaceUsage: word(["FORCE", "FALLBACK"]),
      SampleRange: word(["FOLLOW"], ["FULL_RANGE", "LIMITED_RANGE"]),
      AlphaBehavior: word(["DISCARD"], ["REMAP_TO_LUMA"]),
      EmbeddedTimecodeOverride: word(["NONE"], ["USE_MDPM"]),
      PadVideo: word(["DISABLED"], ["BLACK"]),
      SelectorType: word(["AUTO"], ["STREAM"]),
    }),
    InputClippings: list(
      record(
        { StartTimecode: timecode, EndTimecode: timecode },
        {
          also(given, at, faults) {
            if (given.StartTimecode === undefined && given.EndTimecode === undefined) {
              faults.push({ at, text: "should have a start or an end" });
            }
          },
        },
      ),
      { max: 100 },
    ),
    TimecodeSource: word(["EMBEDDED", "ZEROBASED", "SPECIFIEDSTART"]),
    TimecodeStart: timecode,
    FilterEnable: word(["AUTO", "DISABLE"], ["FORCE"]),
    FilterStrength: whole(0, 5),
    DeblockFilter: word(["DISABLED"], ["ENABLED"]),
    DenoiseFilter: word(["DISABLED"], ["ENABLED"]),
    PsiControl: word(["USE_PSI", "IGNORE_PSI"]),
    InputScanType: word(["AUTO"], ["PSF"]),
  },
  { required: ["FileInput"] },
);

const settings: Shape = record(
  {
    Inputs: (value, at, faults) => {
      list(input, { min: 1, max: 150 })(value, at, faults);
      if (Array.isArray(value) && value.length > 1) {
        faults.push({ at: `${at}/1`, text: "stitching inputs is not implemented on the laptop" });
      }
    },
    OutputGroups: outputGroups,
    TimecodeConfig: record({
      Source: word(["EMBEDDED", "ZEROBASED", "SPECIFIEDSTART"]),
      Start: timecode,
      Anchor: timecode,
      TimestampOffset: text({ max: 10, like: /^\d{4}-\d\d-\d\d$/ }),
    }),
    AdAvailOffset: whole(-1000, 1000),
    FollowSource: whole(1, 1),
  },
  {
    required: ["Inputs", "OutputGroups"],
    also(given, at, faults) {
      const groups: unknown[] = Array.isArray(given.OutputGroups) ? given.OutputGroups : [];
      const codecs = groups.flatMap((group) => {
        const outputs = inner(group, "Outputs");
        return (Array.isArray(outputs) ? outputs : []).map((output) =>
          inner(inner(inner(output, "VideoDescription"), "CodecSettings"), "Codec"),
        );
      });
      if (codecs.length > 0 && codecs.every((codec) => codec === "FRAME_CAPTURE")) {
        faults.push({ at: `${at}/outputGroups`, text: "may not consist of frame capture only" });
      }
    },
  },
);

const metadataText = /^[\p{L}\p{N} _.:/=+\-@]*$/u;

const userMetadata: Shape = (value, at, faults) => {
  map(
    text({ max: 256, like: metadataText, means: "may hold letters, digits, space and _.:/=+-@" }),
    10,
  )(value, at, faults);
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    if (key.length > 128 || !metadataText.test(key) || key.startsWith("aws:")) {
      faults.push({ at, text: `the key ${JSON.stringify(key.slice(0, 130))} is not allowed` });
    }
  }
};

const intervals = [10, 12, 15, 20, 30, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600];

const job: Shape = record(
  {
    Role: text({
      max: 2048,
      like: /^arn:[\w-]+:iam::\d{12}:role\/.+$/,
      means: "should be the ARN of a role",
    }),
    // pointers into settings start there, as AWS writes them
    Settings: (value, _at, faults) => settings(value, "", faults),
    Queue: text({ max: 2048 }),
    ClientRequestToken: text({ max: 64, like: /^[\x20-\x7e]*$/, means: "should be ASCII" }),
    Priority: whole(-50, 50),
    StatusUpdateInterval: word(intervals.map((seconds) => `SECONDS_${seconds}`)),
    AccelerationSettings: record(
      { Mode: word(["DISABLED", "PREFERRED"], ["ENABLED"]) },
      { required: ["Mode"] },
    ),
    BillingTagsSource: word(["JOB", "QUEUE"], ["PRESET", "JOB_TEMPLATE"]),
    SimulateReservedQueue: word(["DISABLED"], ["ENABLED"]),
    UserMetadata: userMetadata,
    Tags: map(text({ max: 256 }), 50),
    HopDestinations: (value, at, faults) => {
      if (!Array.isArray(value) || value.length > 0) {
        faults.push({ at, text: "hopping between queues is not implemented on the laptop" });
      }
    },
  },
  { required: ["Role", "Settings"] },
);
