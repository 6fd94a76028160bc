import { decimal, type Fault, list, record, type Shape, text, whole, word } from "./shape.ts";

const destination = text({
  max: 2048,
  like: /^s3:\/\/[^/]+\/.*$/su,
  means: "should be an address such as s3://bucket/folder/name",
});

const destinationSettings = record({
  S3Settings: record({
    StorageClass: word(["STANDARD"], storageClasses()),
    Encryption: record({
      EncryptionType: word(["SERVER_SIDE_ENCRYPTION_S3"], ["SERVER_SIDE_ENCRYPTION_KMS"]),
    }),
  }),
});

function storageClasses(): string[] {
  return [
    "DEEP_ARCHIVE",
    "GLACIER",
    "GLACIER_IR",
    "INTELLIGENT_TIERING",
    "ONEZONE_IA",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
  ];
}

const file = record(
  { Destination: destination, DestinationSettings: destinationSettings },
  { required: ["Destination"] },
);

/** What CMAF and DASH say alike. */
const fragmented = {
  Destination: destination,
  DestinationSettings: destinationSettings,
  BaseUrl: text({ max: 2048 }),
  FragmentLength: whole(1, 2_147_483_647),
  SegmentLength: whole(1, 2_147_483_647),
  SegmentControl: word(["SEGMENTED_FILES", "SINGLE_FILE"]),
  SegmentLengthControl: word(["EXACT", "GOP_MULTIPLE"], ["MATCH"]),
  MinFinalSegmentLength: decimal(0, 2_147_483_647),
  MinBufferTime: whole(0, 2_147_483_647),
  MpdProfile: word(["MAIN_PROFILE", "ON_DEMAND_PROFILE"]),
  MpdManifestBandwidthType: word(["AVERAGE", "MAX"]),
  DashManifestStyle: word(["BASIC"], ["COMPACT", "DISTINCT", "FULL"]),
  ImageBasedTrickPlay: word(
    ["NONE"],
    ["ADVANCED", "THUMBNAIL", "THUMBNAIL_AND_FULLFRAME", "VARIANTS"],
  ),
  PtsOffsetHandlingForBFrames: word(["MATCH_INITIAL_PTS"], ["ZERO_BASED"]),
  VideoCompositionOffsets: word(["UNSIGNED", "SIGNED"]),
  // the timeline is always precise here, whichever is asked
  WriteSegmentTimelineInRepresentation: word(["ENABLED", "DISABLED"]),
};

const hlsManifest = {
  ClientCache: word(["ENABLED", "DISABLED"]),
  CodecSpecification: word(["RFC_4281", "RFC_6381"]),
  ManifestCompression: word(["NONE"], ["GZIP"]),
  ManifestDurationFormat: word(["FLOATING_POINT", "INTEGER"]),
  StreamInfResolution: word(["INCLUDE", "EXCLUDE"]),
  TargetDurationCompatibilityMode: word(["LEGACY", "SPEC_COMPLIANT"]),
};

const cmaf = record(
  {
    ...fragmented,
    ...hlsManifest,
    WriteHlsManifest: word(["ENABLED", "DISABLED"]),
    WriteDashManifest: word(["ENABLED", "DISABLED"]),
  },
  { required: ["Destination"], also: onDemandNeedsSingleFile },
);

const dash = record(
  { ...fragmented, HbbtvCompliance: word(["NONE"], ["HBBTV_1_5"]) },
  { required: ["Destination"], also: onDemandNeedsSingleFile },
);

const hls = record(
  {
    ...hlsManifest,
    Destination: destination,
    DestinationSettings: destinationSettings,
    BaseUrl: text({ max: 2048 }),
    SegmentLength: whole(1, 2_147_483_647),
    MinSegmentLength: whole(0, 0), // AWS's default: nothing is joined
    SegmentControl: word(["SEGMENTED_FILES"], ["SINGLE_FILE"]),
    SegmentLengthControl: word(["EXACT", "GOP_MULTIPLE"], ["MATCH"]),
    OutputSelection: word(["MANIFESTS_AND_SEGMENTS", "SEGMENTS_ONLY"]),
    DirectoryStructure: word(["SINGLE_DIRECTORY"], ["SUBDIRECTORY_PER_STREAM"]),
    ProgramDateTime: word(["EXCLUDE"], ["INCLUDE"]),
    CaptionLanguageSetting: word(["OMIT"], ["INSERT", "NONE"]),
    TimedMetadataId3Frame: word(["NONE", "PRIV"], ["TDRL"]),
    ImageBasedTrickPlay: word(
      ["NONE"],
      ["ADVANCED", "THUMBNAIL", "THUMBNAIL_AND_FULLFRAME", "VARIANTS"],
    ),
  },
  { required: ["Destination"] },
);

function onDemandNeedsSingleFile(given: Record<string, unknown>, at: string, faults: Fault[]) {
  const single = given.SegmentControl === "SINGLE_FILE";
  if (given.MpdProfile === "ON_DEMAND_PROFILE" && !single) {
    faults.push({
      at: `${at}/mpdProfile`,
      text: "ON_DEMAND_PROFILE needs segmentControl SINGLE_FILE",
    });
  }
  const fragment = Number(given.FragmentLength ?? 2);
  const segment = Number(given.SegmentLength ?? 10);
  if (given.SegmentLength !== undefined && fragment > segment) {
    faults.push({ at: `${at}/fragmentLength`, text: "may not be longer than segmentLength" });
  }
}

/** Type and the settings object it needs; the containers its outputs may have. */
export const groupKinds = {
  CMAF_GROUP_SETTINGS: { member: "CmafGroupSettings", containers: ["CMFC"] },
  DASH_ISO_GROUP_SETTINGS: { member: "DashIsoGroupSettings", containers: ["MPD"] },
  HLS_GROUP_SETTINGS: { member: "HlsGroupSettings", containers: ["M3U8"] },
  FILE_GROUP_SETTINGS: { member: "FileGroupSettings", containers: ["MP4", "RAW"] },
} as const;

export const groupSettings: Shape = record(
  {
    Type: word(Object.keys(groupKinds), ["MS_SMOOTH_GROUP_SETTINGS"]),
    CmafGroupSettings: cmaf,
    DashIsoGroupSettings: dash,
    HlsGroupSettings: hls,
    FileGroupSettings: file,
    PerFrameMetrics: list(word([]), { max: 0 }),
  },
  {
    required: ["Type"],
    also(given, at, faults) {
      for (const [type, { member }] of Object.entries(groupKinds)) {
        const here = given[member] !== undefined && given[member] !== null;
        const pointer = `${at}/${member.charAt(0).toLowerCase()}${member.slice(1)}`;
        if (given.Type === type && !here) {
          faults.push({ at: pointer, text: `is required for type ${type}` });
        }
        if (given.Type !== type && here && String(given.Type) in groupKinds) {
          faults.push({ at: pointer, text: `does not go with type ${given.Type}` });
        }
      }
    },
  },
);
