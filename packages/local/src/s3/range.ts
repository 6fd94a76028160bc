import { Refusal } from "../kernel/refusal.ts";
import { invalidArgument, invalidRequest } from "./refusals.ts";

/** Bytes of an object, `last` included. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * A `Range` header. One range is served; several, or something else, mean the whole object.
 *
 * @throws Refusal `InvalidRange` 416 when nothing of it is there
 */
export function parse(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const found = SHAPE.exec(header?.trim() ?? "");
  if (!found) return undefined;
  const [, from = "", to = ""] = found;
  const first = from ? Number(from) : Math.max(0, sizeBytes - Number(to));
  const last = from && to ? Math.min(Number(to), sizeBytes - 1) : sizeBytes - 1;
  if (from && to && Number(to) < Number(from)) return undefined;
  if (first > last) {
    throw new Refusal("InvalidRange", "The requested range is not satisfiable", {
      httpStatus: 416,
      about: {
        RangeRequested: header,
        ActualObjectSize: sizeBytes,
        $headers: { "Content-Range": `bytes */${sizeBytes}` },
      },
    });
  }
  return { first, last };
}

/** `x-amz-copy-source-range`, which is stricter: both ends, and inside the source. */
export function parseCopy(header: string, sizeBytes: number): ByteRange {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? [];
  const first = Number(from);
  const last = Number(to);
  if (from === undefined || to === undefined || last < first) {
    throw invalidArgument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      "x-amz-copy-source-range",
      header,
    );
  }
  if (first >= sizeBytes) {
    throw invalidRequest("The specified copy range is invalid for the source object size");
  }
  if (last >= sizeBytes) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${sizeBytes}`,
      "x-amz-copy-source-range",
      header,
    );
  }
  return { first, last };
}

// "bytes=5-9", "bytes=5-" or "bytes=-5", never "bytes=-"
const SHAPE = /^bytes=(?!-$)(\d*)-(\d*)$/;
