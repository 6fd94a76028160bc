import { record, type Shape, text, whole, word } from "./shape.ts";

const aac = record(
  {
    Bitrate: whole(6000, 1_024_000),
    SampleRate: whole(8000, 96_000),
    CodingMode: word(
      ["CODING_MODE_1_0", "CODING_MODE_2_0", "CODING_MODE_5_1"],
      ["AD_RECEIVER_MIX", "CODING_MODE_1_1", "CODING_MODE_AUTO"],
    ),
    CodecProfile: word(["LC"], ["HEV1", "HEV2", "XHE"]),
    RateControlMode: word(["CBR"], ["VBR"]),
    RawFormat: word(["NONE"], ["LATM_LOAS"]),
    Specification: word(["MPEG4"], ["MPEG2"]),
    AudioDescriptionBroadcasterMix: word(["NORMAL"], ["BROADCASTER_MIXED_AD"]),
  },
  {
    required: ["CodingMode", "SampleRate"],
    also(given, at, faults) {
      const rate = Number(given.SampleRate);
      if (Number.isInteger(rate) && rate >= 8000 && !sampleRates.includes(rate)) {
        faults.push({ at: `${at}/sampleRate`, text: `should be one of ${sampleRates.join(", ")}` });
      }
    },
  },
);

/** What AAC can be sampled at. Source: ISO/IEC 14496-3 table 1.18. */
const sampleRates = [8000, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000];

const otherCodecs = [
  "AC3",
  "AC4",
  "AIFF",
  "EAC3",
  "EAC3_ATMOS",
  "FLAC",
  "MP2",
  "MP3",
  "OPUS",
  "PASSTHROUGH",
  "VORBIS",
  "WAV",
];

export const audioDescription: Shape = record(
  {
    AudioSourceName: text({ max: 2048 }),
    CodecSettings: record(
      { Codec: word(["AAC"], otherCodecs), AacSettings: aac },
      { required: ["Codec", "AacSettings"] },
    ),
    LanguageCode: text({ max: 3, like: /^[A-Z]{3}$/, means: "should be a code such as ENG" }),
    LanguageCodeControl: word(["FOLLOW_INPUT", "USE_CONFIGURED"]),
    CustomLanguageCode: text({ max: 35, like: /^[A-Za-z]{2,3}(-[A-Za-z0-9-]+)?$/ }),
    StreamName: text({ max: 256, like: /^[\w\s]*$/u }),
    AudioTypeControl: word(["FOLLOW_INPUT"], ["USE_CONFIGURED"]),
  },
  { required: ["CodecSettings"] },
);

export const audioSelector: Shape = record({
  DefaultSelection: word(["DEFAULT", "NOT_DEFAULT"]),
  SelectorType: word(
    ["TRACK", "LANGUAGE_CODE"],
    ["PID", "STREAM", "HLS_RENDITION_GROUP", "ALL_PCM"],
  ),
  Tracks: (value, at, faults) => {
    if (!Array.isArray(value)) faults.push({ at, text: "should be a list" });
    else if (value.length > 1) {
      faults.push({ at, text: "with more than one track is not implemented on the laptop" });
    } else
      for (const [index, track] of value.entries()) {
        whole(1, 2_147_483_647)(track, `${at}/${index}`, faults);
      }
  },
  LanguageCode: text({ max: 3, like: /^[A-Z]{3}$/, means: "should be a code such as ENG" }),
  Offset: whole(-2_147_483_648, 2_147_483_647),
  ProgramSelection: whole(0, 8),
});
