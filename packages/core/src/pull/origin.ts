import * as Config from "../config/index.ts";
import type { VideoId } from "../id/id.ts";
import { Problem } from "../problem/index.ts";
import * as Upload from "../upload/index.ts";
import * as Web from "../web/index.ts";

/** What an origin has to give, from some byte on. */
export interface Offer {
  /** The first byte that comes: what was asked for, or 0. */
  firstByte: number;
  /** Of the whole; absent when the origin does not say. */
  totalBytes?: number;
  /** What to show it when going on later; absent when it could not tell another content. */
  validator?: string;
  /** Without parameters; empty when the origin does not say. */
  type: string;
  body: AsyncIterable<Buffer>;
  /** Lets go of a body that nobody reads. */
  discard(): void;
}

/** The origin has trouble, or asks for patience: the same may go well later. */
export class Later extends Error {
  readonly afterSeconds: number;

  /** @param afterSeconds as the origin says it: it may say anything */
  constructor(afterSeconds = 0, options?: ErrorOptions) {
    super("The origin gives nothing now", options);
    this.name = "Later";
    const seconds = Number.isNaN(afterSeconds) ? 0 : Math.ceil(afterSeconds);
    this.afterSeconds = Math.min(MOST_PATIENCE_SECONDS, Math.max(0, seconds));
  }
}

/** As long as a message can be put off. Source: Amazon SQS, delay seconds. */
const MOST_PATIENCE_SECONDS = 900;

/**
 * Asks an origin for a film, from where an earlier try ended when it is still the same one.
 *
 * @throws Later
 * @throws Problem `AddressNotAllowed`, `PullFailed`, `TypeNotAllowed`, `SourceTooLarge` or `SourceEmpty`
 */
export async function ask(
  { videoId, url }: { videoId: VideoId; url: string },
  from: { firstByte: number; validator?: string | undefined; totalBytes?: number | undefined },
): Promise<Offer> {
  const goesOn = from.firstByte > 0 && from.validator !== undefined;
  const answer = await Web.fetchFrom(url, Config.intake().pull, {
    maxRedirects: MOST_REDIRECTS,
    ...(goesOn ? { range: { first: from.firstByte } } : {}),
    ...(goesOn && from.validator ? { headers: { "if-range": from.validator } } : {}),
  });
  try {
    const offer = read(answer, from);
    if (offer === "another") {
      answer.discard();
      return await ask({ videoId, url }, { firstByte: 0 });
    }
    judge(videoId, offer);
    return offer;
  } catch (error) {
    answer.discard();
    throw error;
  }
}

/** As many bytes as a pulled film may have. */
export function mostBytes(): number {
  const { maxBytes, pull } = Config.intake();
  return Math.min(maxBytes, pull.maxBytes);
}

function read(
  { status, headers, body, discard }: Web.Answer,
  from: { firstByte: number; validator?: string | undefined; totalBytes?: number | undefined },
): Offer | "another" {
  if (PATIENCE.includes(status) || status >= 500) throw new Later(Number(headers["retry-after"]));
  if (status === 416 && from.firstByte > 0) return "another";
  if (status !== 200 && status !== 206) throw failed(`It answered ${status}.`);
  const coding = headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (coding !== "identity") throw failed("It only gives the file packed.");
  const validator = validatorOf(headers.etag, headers["last-modified"]);
  const about = {
    ...(validator === undefined ? {} : { validator }),
    type: headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "",
    body,
    discard,
  };
  if (status === 200) {
    const length = headers["content-length"];
    return { ...about, firstByte: 0, ...(length ? { totalBytes: Number(length) } : {}) };
  }
  const [, first, total] = RANGE.exec(headers["content-range"] ?? "") ?? [];
  const isSame =
    Number(first) === from.firstByte &&
    (from.totalBytes === undefined || Number(total) === from.totalBytes) &&
    (headers.etag === undefined || validator === from.validator || !isTag(from.validator));
  if (from.firstByte === 0) throw failed("It gives a part nobody asked for.");
  if (!isSame) return "another";
  const said = from.validator === undefined ? {} : { validator: from.validator };
  return { ...about, ...said, firstByte: from.firstByte, totalBytes: Number(total) };
}

/** Refuses what the stage does not take, before its bytes come. */
function judge(videoId: VideoId, { totalBytes, type }: Offer): void {
  if (!ANYTHING.includes(type)) {
    Upload.plan(videoId, { filename: "", sizeBytes: totalBytes ?? 0, type });
  }
  if (totalBytes === 0) throw new Problem("SourceEmpty");
  if (totalBytes !== undefined && totalBytes > mostBytes()) throw new Problem("SourceTooLarge");
}

export function failed(why: string): Problem {
  const { message } = new Problem("PullFailed");
  return new Problem("PullFailed", { message: `${message} ${why}` });
}

/** What may be shown as `If-Range`: a weak tag may not. Source: RFC 9110, If-Range. */
function validatorOf(etag: string | undefined, modified: string | undefined): string | undefined {
  if (etag !== undefined && isTag(etag)) return etag;
  return modified !== undefined && !Number.isNaN(Date.parse(modified)) ? modified : undefined;
}

function isTag(validator: string | undefined): boolean {
  return /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(validator ?? "");
}

const RANGE = /^bytes (\d+)-\d+\/(\d+)$/;
const MOST_REDIRECTS = 5;

/** Statuses that ask to come again. */
const PATIENCE = [408, 425, 429];

/** Types that say nothing: what is in the file is looked at anyway. */
const ANYTHING = ["", "application/octet-stream", "binary/octet-stream", "application/mp4"];
