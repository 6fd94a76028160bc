import { Refusal } from "../kernel/refusal.ts";
import { headerNotImplemented, noSuchKey, preconditionFailed } from "./refusals.ts";
import type { Version } from "./version.ts";

export interface ReadConditions {
  IfMatch?: string | undefined;
  IfNoneMatch?: string | undefined;
  IfModifiedSince?: Date | undefined;
  IfUnmodifiedSince?: Date | undefined;
}

export interface WriteConditions {
  IfMatch?: string | undefined;
  IfNoneMatch?: string | undefined;
}

/**
 * May this version be read? A matching ETag outweighs a date, as RFC 9110 has it.
 *
 * @throws Refusal `PreconditionFailed` 412, or `NotModified` 304
 */
export function checkRead(given: ReadConditions, version: Version, nowMs: number): void {
  const failed = unmet(given, version, nowMs);
  if (!failed) return;
  if (failed === "IfMatch") throw preconditionFailed("If-Match");
  if (failed === "IfUnmodifiedSince") throw preconditionFailed("If-Unmodified-Since");
  throw new Refusal("NotModified", "Not Modified", {
    httpStatus: 304,
    about: {
      $headers: {
        ETag: `"${version.etag}"`,
        "Last-Modified": new Date(version.storedAtMs).toUTCString(),
      },
    },
  });
}

/** The same for the source of a copy, where every refusal is a 412. */
export function checkSource(
  input: { [name in `CopySource${keyof ReadConditions}`]?: ReadConditions[keyof ReadConditions] },
  version: Version,
  nowMs: number,
): void {
  const given = {
    IfMatch: input.CopySourceIfMatch as string | undefined,
    IfNoneMatch: input.CopySourceIfNoneMatch as string | undefined,
    IfModifiedSince: input.CopySourceIfModifiedSince as Date | undefined,
    IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince as Date | undefined,
  };
  const failed = unmet(given, version, nowMs);
  if (failed) throw preconditionFailed(SOURCE_HEADERS[failed]);
}

/**
 * May this be written over `there`? Decided in the transaction that writes.
 *
 * @throws Refusal `PreconditionFailed`, or `NoSuchKey` when a match is wanted and nothing is there
 */
export function checkWrite(given: WriteConditions, key: string, there: Version | undefined): void {
  checkWritable(given);
  const present = there && !there.marker ? there : undefined;
  if (given.IfNoneMatch !== undefined && present) throw preconditionFailed("If-None-Match");
  if (given.IfMatch !== undefined) {
    if (!present) throw noSuchKey(key);
    if (!matches(given.IfMatch, present.etag)) throw preconditionFailed("If-Match");
  }
}

/** Of `If-None-Match` writes take only `*`, of `If-Match` everything else. */
export function checkWritable({ IfMatch, IfNoneMatch }: WriteConditions): void {
  if (IfMatch !== undefined && IfNoneMatch !== undefined) {
    throw headerNotImplemented(
      "If-Match,If-None-Match",
      "Multiple conditional request headers present in the request",
    );
  }
  if (IfNoneMatch !== undefined && IfNoneMatch !== "*") {
    throw headerNotImplemented(
      "If-None-Match",
      "We don't accept the provided value of If-None-Match header for this API",
    );
  }
  if (IfMatch === "*") {
    throw headerNotImplemented(
      "If-Match",
      "We don't accept the provided value of If-Match header for this API",
    );
  }
}

export function matches(given: string, etag: string): boolean {
  return given
    .split(",")
    .map((one) =>
      one
        .trim()
        .replace(/^W\//, "")
        .replace(/^"(.*)"$/, "$1"),
    )
    .some((one) => one === "*" || one === etag);
}

function unmet(
  given: ReadConditions,
  version: Version,
  nowMs: number,
): keyof ReadConditions | undefined {
  const storedAtSecond = Math.floor(version.storedAtMs / 1000);
  const second = (date: Date) => Math.floor(date.getTime() / 1000);
  if (given.IfMatch !== undefined) {
    if (!matches(given.IfMatch, version.etag)) return "IfMatch";
  } else if (given.IfUnmodifiedSince && storedAtSecond > second(given.IfUnmodifiedSince)) {
    return "IfUnmodifiedSince";
  }
  if (given.IfNoneMatch !== undefined) {
    return matches(given.IfNoneMatch, version.etag) ? "IfNoneMatch" : undefined;
  }
  const since = given.IfModifiedSince;
  // A date in the future is no date (RFC 9110, 13.1.3); S3 holds to that.
  if (since && since.getTime() <= nowMs && storedAtSecond <= second(since))
    return "IfModifiedSince";
  return undefined;
}

const SOURCE_HEADERS: Record<keyof ReadConditions, string> = {
  IfMatch: "x-amz-copy-source-If-Match",
  IfNoneMatch: "x-amz-copy-source-If-None-Match",
  IfModifiedSince: "x-amz-copy-source-If-Modified-Since",
  IfUnmodifiedSince: "x-amz-copy-source-If-Unmodified-Since",
};
