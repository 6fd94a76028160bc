import type { ProblemCode } from "./problem.ts";

/**
 * What MediaConvert's error number means to the film's owner. Branch on the number: the texts
 * change. Source: AWS Elemental MediaConvert user guide, error codes.
 */
export function ofEncoder(errorCode: number): ProblemCode {
  const known = codes[errorCode];
  if (known) return known;
  if (errorCode >= 1600 && errorCode < 1700) return "EncodeRejected"; // watermarking
  return "EncodeFailed";
}

const codes: Record<number, ProblemCode> = {
  1010: "SourceUnreadable",
  1020: "SourceWithoutMedia",
  1021: "SourceWithoutAudio",
  1022: "EncodeRejected",
  1030: "SourceUnsupported",
  1040: "EncodeRejected",
  1041: "EncodeRejected",
  1042: "EncodeRejected",
  1043: "EncodeRejected",
  1056: "SourceUnreadable",
  1060: "EncodeRejected",
  1075: "SourceCorrupt",
  1076: "SourceTruncated",
  1080: "EncodeRejected",
  1091: "EncodeRejected",
  1092: "SourceUnsupported",
  1093: "EncodeRejected",
  1401: "EncoderDenied",
  1404: "SourceMissing",
  1432: "EncoderDenied",
  1433: "EncoderDenied",
  1434: "EncoderDenied",
  1515: "EncoderDenied",
  1517: "EncoderDenied",
  1522: "EncodeTimedOut",
  3400: "SourceIsPlaylist",
  3457: "SourceIsPlaylist",
};
