import type { Transform } from "node:stream";
import { constants, createBrotliCompress, createGzip } from "node:zlib";
import type { Encoding } from "./distribution.ts";
import { vary } from "./headers.ts";
import type { Found } from "./origin.ts";

/**
 * Whether and how an answer is made smaller, as CloudFront decides it: whole answers of known types
 * between 1,000 and 10,000,000 bytes. Rewrites the headers when it is.
 */
export function compress(
  found: Found,
  encodings: readonly Encoding[],
  accepted: string | undefined,
): Transform | undefined {
  const { headers, sizeBytes, status } = found;
  const type = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (encodings.length === 0 || !TYPES.test(type)) return undefined;
  vary(headers, "Accept-Encoding");
  const encoding = encodings.find((one) => accepts(accepted ?? "", one));
  const fits = status === 200 && sizeBytes >= MIN_BYTES && sizeBytes <= MAX_BYTES;
  if (!encoding || !fits || headers.has("content-encoding")) return undefined;
  headers.set("content-encoding", encoding);
  headers.delete("content-length");
  headers.delete("accept-ranges");
  const etag = headers.get("etag");
  if (etag && !etag.startsWith("W/")) headers.set("etag", `W/${etag}`);
  return encoding === "gzip"
    ? createGzip()
    : createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
}

function accepts(header: string, encoding: Encoding): boolean {
  return header.split(",").some((one) => {
    const [name = "", ...parameters] = one.split(";").map((part) => part.trim().toLowerCase());
    return name === encoding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

/** Of the types that CloudFront compresses, those a film's delivery and a console may have. */
const TYPES =
  /^(?:application\/(?:dash\+xml|javascript|json|vnd\.apple\.mpegurl|x-mpegurl|xml|xhtml\+xml|wasm)|font\/(?:otf|ttf)|image\/svg\+xml|text\/(?:css|csv|html|javascript|plain|vtt|xml|x-mpegurl))$/;

const MIN_BYTES = 1_000;
const MAX_BYTES = 10_000_000;
