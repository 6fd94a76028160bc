import { audioDescription } from "./audio.ts";
import { groupKinds, groupSettings } from "./groups.ts";
import { type Fault, list, record, type Shape, text, whole, word } from "./shape.ts";
import { videoDescription } from "./video.ts";

const audioTrackType = word([
  "ALTERNATE_AUDIO_AUTO_SELECT_DEFAULT",
  "ALTERNATE_AUDIO_AUTO_SELECT",
  "ALTERNATE_AUDIO_NOT_AUTO_SELECT",
  "AUDIO_ONLY_VARIANT_STREAM",
]);

const renditionNames = {
  AudioGroupId: text({ max: 256, like: /^[^"\r\n]*$/, means: "may not hold quotes or line ends" }),
  AudioRenditionSets: text({ max: 1024, like: /^[^"\r\n]*$/, means: "may not hold quotes" }),
  DescriptiveVideoServiceFlag: word(["DONT_FLAG", "FLAG"]),
};

const audioDuration = word(["DEFAULT_CODEC_DURATION", "MATCH_VIDEO_DURATION"]);

const containerSettings = record(
  {
    Container: word(
      ["CMFC", "MPD", "M3U8", "MP4", "RAW"],
      ["F4V", "GIF", "ISMV", "M2TS", "MOV", "MXF", "OGG", "WEBM", "Y4M"],
    ),
    CmfcSettings: record({
      ...renditionNames,
      AudioDuration: audioDuration,
      AudioTrackType: audioTrackType,
      IFrameOnlyManifest: word(["EXCLUDE"], ["INCLUDE"]),
      Scte35Esam: word(["NONE"], ["INSERT"]),
      Scte35Source: word(["NONE"], ["PASSTHROUGH"]),
      KlvMetadata: word(["NONE"], ["PASSTHROUGH"]),
      TimedMetadata: word(["NONE"], ["PASSTHROUGH"]),
    }),
    MpdSettings: record({
      AudioDuration: audioDuration,
      Scte35Esam: word(["NONE"], ["INSERT"]),
      Scte35Source: word(["NONE"], ["PASSTHROUGH"]),
      KlvMetadata: word(["NONE"], ["PASSTHROUGH"]),
      TimedMetadata: word(["NONE"], ["PASSTHROUGH"]),
    }),
    Mp4Settings: record({
      AudioDuration: audioDuration,
      MoovPlacement: word(["PROGRESSIVE_DOWNLOAD", "NORMAL"]),
      CslgAtom: word(["EXCLUDE", "INCLUDE"]),
      FreeSpaceBox: word(["EXCLUDE", "INCLUDE"]),
      CttsVersion: whole(0, 1),
    }),
    M3u8Settings: record({
      AudioDuration: word(["DEFAULT_CODEC_DURATION"], ["MATCH_VIDEO_DURATION"]),
      Scte35Source: word(["NONE"], ["ESAM", "PASSTHROUGH"]),
      TimedMetadata: word(["NONE"], ["PASSTHROUGH"]),
      NielsenId3: word(["NONE"], ["INSERT"]),
      PcrControl: word(["PCR_EVERY_PES_PACKET"], ["CONFIGURED_PCR_PERIOD"]),
    }),
  },
  { required: ["Container"] },
);

const output = record(
  {
    NameModifier: text({ min: 1, max: 256 }),
    Extension: text({ max: 256, like: /^[A-Za-z0-9]+$/, means: "should be letters and digits" }),
    ContainerSettings: containerSettings,
    VideoDescription: videoDescription,
    AudioDescriptions: list(audioDescription),
    CaptionDescriptions: (value, at, faults) => {
      if (!Array.isArray(value) || value.length > 0) {
        faults.push({ at, text: "captions are not implemented on the laptop" });
      }
    },
    OutputSettings: record({
      HlsSettings: record({
        ...renditionNames,
        AudioTrackType: audioTrackType,
        AudioOnlyContainer: word(["M2TS", "AUTOMATIC"]),
        IFrameOnlyManifest: word(["EXCLUDE"], ["INCLUDE", "INCLUDE_AS_TS"]),
        SegmentModifier: text({ max: 256 }),
      }),
    }),
  },
  { required: ["ContainerSettings"], also: goesTogether },
);

/** Containers and codecs that AWS does not put together. */
function goesTogether(given: Record<string, unknown>, at: string, faults: Fault[]): void {
  const container = inner(given.ContainerSettings, "Container");
  const video = inner(inner(given.VideoDescription, "CodecSettings"), "Codec");
  const audio = Array.isArray(given.AudioDescriptions) ? given.AudioDescriptions.length : 0;
  if (video === undefined && audio === 0) {
    faults.push({ at, text: "should have video or audio" });
  }
  if (container === "RAW" && video !== "FRAME_CAPTURE") {
    faults.push({
      at: `${at}/containerSettings/container`,
      text: "RAW is implemented on the laptop for FRAME_CAPTURE only",
    });
  }
  if (video === "FRAME_CAPTURE" && container !== "RAW") {
    faults.push({
      at: `${at}/containerSettings/container`,
      text: "should be RAW for FRAME_CAPTURE",
    });
  }
  if (video === "FRAME_CAPTURE" && audio > 0) {
    faults.push({ at: `${at}/audioDescriptions`, text: "may not go with FRAME_CAPTURE" });
  }
  const own = inner(inner(given.OutputSettings, "HlsSettings"), "AudioOnlyContainer");
  if (container === "M3U8" && video === undefined && own !== "M2TS") {
    faults.push({
      at: `${at}/outputSettings/hlsSettings/audioOnlyContainer`,
      text: "should be M2TS: packed audio is not implemented on the laptop",
    });
  }
  if ((container === "CMFC" || container === "MPD") && audio + (video ? 1 : 0) > 1) {
    faults.push({
      at: `${at}/audioDescriptions`,
      text: `an output of container ${container} has one kind of track: give audio an output of its own`,
    });
  }
}

const group = record(
  {
    Name: text({ max: 2048 }),
    CustomName: text({ max: 12, like: /^[\w ]*$/ }),
    OutputGroupSettings: groupSettings,
    Outputs: list(output, { min: 1 }),
  },
  { required: ["OutputGroupSettings", "Outputs"], also: fitsItsGroup },
);

function fitsItsGroup(given: Record<string, unknown>, at: string, faults: Fault[]): void {
  const type = String(inner(given.OutputGroupSettings, "Type"));
  const kind = Object.hasOwn(groupKinds, type)
    ? groupKinds[type as keyof typeof groupKinds]
    : undefined;
  const outputs: unknown[] = Array.isArray(given.Outputs) ? given.Outputs : [];
  const taken = new Set<string>();
  for (const [index, one] of outputs.entries()) {
    const container = inner(inner(one, "ContainerSettings"), "Container");
    if (kind && typeof container === "string" && !kind.containers.some((c) => c === container)) {
      faults.push({
        at: `${at}/outputs/${index}/containerSettings/container`,
        text: `should be ${kind.containers.join(" or ")} in a group of type ${type}`,
      });
    }
    const modifier = inner(one, "NameModifier");
    const pointer = `${at}/outputs/${index}/nameModifier`;
    if (modifier === undefined && (outputs.length > 1 || type === "HLS_GROUP_SETTINGS")) {
      faults.push({ at: pointer, text: "is required when a group has more than one output" });
    }
    const name = `${modifier ?? ""} ${container} ${inner(one, "Extension") ?? ""}`;
    if (taken.has(name))
      faults.push({ at: pointer, text: "is taken by another output of the group" });
    taken.add(name);
    if (type !== "FILE_GROUP_SETTINGS" && inner(one, "Extension") !== undefined) {
      faults.push({ at: `${at}/outputs/${index}/extension`, text: "goes with file groups only" });
    }
  }
}

export const outputGroups: Shape = list(group, { min: 1 });

/** A member of something that may not be an object at all. */
export function inner(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Record<string, unknown>)[name] ?? undefined;
}
