import * as Clock from "../clock/index.ts";
import * as Config from "../config/index.ts";
import * as Id from "../id/id.ts";
import { Problem } from "../problem/index.ts";
import { UPLOAD_MS } from "../video/video.ts";
import * as Words from "../video/words.ts";
import type { Upload } from "./row.ts";

/** Source: Amazon S3 user guide, multipart limits. */
const MOST_PARTS = 10_000;
const LEAST_PART_BYTES = 5 * 1024 ** 2;
const MOST_PUT_BYTES = 5 * 1024 ** 3;
const MIB = 1024 ** 2;

/**
 * How a file of this size and type is sent: by one PUT, or in parts.
 *
 * @throws Problem `TypeNotAllowed`, `SourceTooLarge`
 */
export function plan(
  videoId: Id.VideoId,
  file: { filename: string; sizeBytes: number; type: string },
): Upload {
  const { types, maxBytes, singleMaxBytes, partBytes } = Config.intake();
  const type = file.type.trim().toLowerCase();
  if (!types.some((allowed) => covers(allowed, type))) throw new Problem("TypeNotAllowed");
  if (file.sizeBytes > maxBytes) throw new Problem("SourceTooLarge", { sizeBytes: file.sizeBytes });
  const about = {
    ...opened(videoId),
    sizeBytes: file.sizeBytes,
    type,
    filename: Words.filename(file.filename),
  };
  if (file.sizeBytes <= Math.min(singleMaxBytes, MOST_PUT_BYTES))
    return { ...about, way: "single" };
  const partSizeBytes = Math.max(
    partBytes,
    LEAST_PART_BYTES,
    Math.ceil(file.sizeBytes / MOST_PARTS / MIB) * MIB,
  );
  const partCount = Math.ceil(file.sizeBytes / partSizeBytes);
  return { ...about, way: "multipart", partSizeBytes, partCount };
}

/** A file that is fetched from a checked address. */
export function pull(videoId: Id.VideoId, url: string): Upload {
  const about = { ...opened(videoId), sizeBytes: 0, type: "", filename: "" };
  return { ...about, way: "pull", url };
}

/** How many bytes the part of that number has; undefined when there is no such part. */
export function sizeOfPart(upload: Extract<Upload, { way: "multipart" }>, number: number) {
  const { sizeBytes, partSizeBytes, partCount } = upload;
  if (!Number.isInteger(number) || number < 1 || number > partCount) return undefined;
  return number < partCount ? partSizeBytes : sizeBytes - (partCount - 1) * partSizeBytes;
}

/** `video/*` covers every type of its kind. Parameters of a type, such as codecs, do not matter. */
function covers(allowed: string, type: string): boolean {
  const [essence = ""] = type.split(";");
  if (!TYPE.test(type)) return false;
  if (allowed === "*/*") return true;
  return allowed.endsWith("/*")
    ? essence.startsWith(allowed.slice(0, -1))
    : essence.trim() === allowed;
}

/** What a header can carry. Source: RFC 9110, media types. */
const TYPE = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+(\s*;[\x20-\x7e]*)?$/;

function opened(videoId: Id.VideoId) {
  const now = Clock.now();
  return {
    videoId,
    uploadId: Id.newUpload(),
    state: "open" as const,
    openedAtMs: now,
    untilMs: now + UPLOAD_MS,
  };
}
