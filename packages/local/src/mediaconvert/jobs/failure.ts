import type { Ended } from "../../ffmpeg/run.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { JobError } from "../problem.ts";

/** What a failed ffmpeg or ffprobe means for a job. Its text is matched, never shown. */
export function failureOf(ended: Ended): JobError {
  if (ended.timedOut) return new JobError(1522, "The job took longer than it may.");
  const row = symptoms.find(([pattern]) => pattern.test(ended.messages));
  if (row) return new JobError(row[1], row[2]);
  return new JobError(1999, `The encoder ended unexpectedly (${ended.code}).`);
}

/** Why a file could not be probed. */
export function unreadableAs(messages: string): JobError {
  if (/moov atom not found/.test(messages)) {
    return new JobError(1075, "Input 1 has no index (moov): it is not complete.");
  }
  return new JobError(1010, "Input 1 cannot be opened.");
}

/** S3 and IAM refusals, as the job's error. */
export function refusalOf(error: unknown, doing: "read" | "write" | "assume"): JobError {
  if (error instanceof JobError) return error;
  const code = error instanceof Refusal ? error.code : "";
  if (doing === "assume") {
    const unknown =
      code === "NoSuchEntity" || /not exist|no role|unknown role/i.test(String(error));
    return unknown
      ? new JobError(1433, "The role does not exist.", { cause: error })
      : new JobError(1434, "MediaConvert may not assume the role.", { cause: error });
  }
  if (["NoSuchKey", "NotFound", "NoSuchBucket", "NoSuchVersion"].includes(code)) {
    const what = doing === "read" ? "Input 1" : "The destination bucket";
    return new JobError(1404, `${what} does not exist.`, { cause: error });
  }
  if (["AccessDenied", "Forbidden"].includes(code)) {
    const what = doing === "read" ? "read input 1" : "write the outputs";
    return new JobError(1401, `The role may not ${what}.`, { cause: error });
  }
  if (isDiskFull(error)) return new JobError(1507, "The disk is full.", { cause: error });
  return doing === "write"
    ? new JobError(1517, "An output could not be stored.", { cause: error })
    : new JobError(1056, "Input 1 could not be fetched.", { cause: error });
}

export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}

/** Warnings that messages give away although ffmpeg says that all went well. */
export function warningsIn(messages: string): {
  damagedVideo: boolean;
  damagedAudio: boolean;
  cutShort: boolean;
} {
  return {
    cutShort:
      /partial file|Truncating packet|ended prematurely|stream \d+, offset 0x[0-9a-f]+: partial/i.test(
        messages,
      ),
    damagedVideo: /\[(h264|hevc|mpeg2video|mpeg4|vp8|vp9|av1|mjpeg|prores|vc1) @/.test(messages),
    damagedAudio: /\[(aac|ac3|eac3|mp2|mp2float|mp3|mp3float|opus|vorbis|flac) @/.test(messages),
  };
}

const symptoms: ReadonlyArray<readonly [RegExp, JobError["code"], string]> = [
  [/No space left on device/i, 1507, "The disk is full."],
  [/moov atom not found/, 1075, "Input 1 has no index (moov): it is not complete."],
  [/matches no streams/, 1040, "A track that an output needs is not in input 1."],
  [
    /Decoder .* not found|Picture size .* is invalid|max_pixels/i,
    1030,
    "Input 1 cannot be decoded.",
  ],
  [/Error while opening encoder|not divisible by 2/, 1040, "An output cannot be coded as asked."],
  [/Invalid data found|not on whitelist/, 1010, "Input 1 cannot be opened."],
];
