import type {
  Codec,
  ColorPrimaries,
  FrameRate,
  MatrixCoefficients,
  TransferCharacteristics,
} from "@aws-sdk/client-mediaconvert";
import type { Ratio, VideoTrack } from "./media.ts";

/** Probe's word for a codec: `AVC` where settings say `H_264`. */
export function codecs(codec: string): Codec {
  const known = words[codec];
  if (known) return known;
  if (/^pcm_/.test(codec)) return "PCM";
  if (/^dvvideo/.test(codec)) return "DV";
  return "UNKNOWN";
}

const words: Record<string, Codec> = {
  aac: "AAC",
  ac3: "AC3",
  amr_nb: "AMR",
  av1: "AV1",
  h264: "AVC",
  eia_608: "C608",
  eia_708: "C708",
  eac3: "EAC3",
  flac: "FLAC",
  h263: "H263",
  hevc: "HEVC",
  jpeg2000: "JPEG2000",
  mjpeg: "MJPEG",
  mp2: "MP2",
  mp3: "MP3",
  mpeg4: "MP4V",
  mpeg1video: "MPEG1",
  mpeg2video: "MPEG2",
  opus: "OPUS",
  prores: "PRORES",
  qtrle: "QTRLE",
  theora: "THEORA",
  rawvideo: "UNCOMPRESSED",
  vc1: "VC1",
  dnxhd: "VC3",
  vorbis: "VORBIS",
  vp8: "VP8",
  vp9: "VP9",
  webvtt: "WEBVTT",
  wmav1: "WMA",
  wmav2: "WMA2",
  wmapro: "WMAPRO",
};

export function primaries(word: string): ColorPrimaries | undefined {
  const known: Record<string, ColorPrimaries> = {
    bt709: "ITU_709",
    bt470m: "ITU_470M",
    bt470bg: "ITU_470BG",
    smpte170m: "SMPTE_170M",
    smpte240m: "SMPTE_240M",
    film: "GENERIC_FILM",
    bt2020: "ITU_2020",
    smpte428: "SMPTE_428_1",
    smpte431: "SMPTE_431_2",
    smpte432: "SMPTE_EG_432_1",
    jedec_p22: "EBU_3213_E",
  };
  return known[word];
}

export function transfers(word: string): TransferCharacteristics | undefined {
  const known: Record<string, TransferCharacteristics> = {
    bt709: "ITU_709",
    bt470m: "ITU_470M",
    bt470bg: "ITU_470BG",
    smpte170m: "SMPTE_170M",
    smpte240m: "SMPTE_240M",
    linear: "LINEAR",
    "iec61966-2-1": "IEC_61966_2_1",
    "iec61966-2-4": "IEC_61966_2_4",
    "bt2020-10": "ITU_2020_10bit",
    "bt2020-12": "ITU_2020_12bit",
    smpte2084: "SMPTE_2084",
    smpte428: "SMPTE_428_1",
    "arib-std-b67": "ARIB_B67",
  };
  return known[word];
}

export function matrices(word: string): MatrixCoefficients | undefined {
  const known: Record<string, MatrixCoefficients> = {
    gbr: "RGB",
    bt709: "ITU_709",
    fcc: "FCC",
    bt470bg: "ITU_470BG",
    smpte170m: "SMPTE_170M",
    smpte240m: "SMPTE_240M",
    ycgco: "YCgCo",
    bt2020nc: "ITU_2020_NCL",
    bt2020c: "ITU_2020_CL",
    ictcp: "ITU_2100ICtCp",
  };
  return known[word];
}

export function profiles(track: VideoTrack): string | undefined {
  return track.profile === "" || track.profile === "unknown" ? undefined : track.profile;
}

export function fractions(ratio: Ratio): FrameRate {
  return { Numerator: ratio.num, Denominator: ratio.den };
}
