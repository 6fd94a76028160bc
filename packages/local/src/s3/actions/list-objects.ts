import type {
  _Object,
  ListObjectsCommandInput,
  ListObjectsCommandOutput,
  ListObjectsV2CommandInput,
  ListObjectsV2CommandOutput,
} from "@aws-sdk/client-s3";
import * as Answer from "../answer.ts";
import * as Bucket from "../bucket.ts";
import { encoded } from "../key.ts";
import { permit } from "../permission.ts";
import { invalidArgument } from "../refusals.ts";
import type { Ask, Shelf } from "../shelf.ts";
import * as Version from "../version.ts";
import { type Walk, walk } from "../walk.ts";

export function listObjectsV2(
  shelf: Shelf,
  ask: Ask,
  input: ListObjectsV2CommandInput,
): Omit<ListObjectsV2CommandOutput, "$metadata"> {
  const token = input.ContinuationToken;
  const from = token === undefined ? (input.StartAfter ?? "") : readToken(token);
  const { found, max, shown, contents, prefixes, last } = list(shelf, ask, input, from);
  const owned = input.FetchOwner === true;
  return {
    Name: input.Bucket,
    Prefix: shown(input.Prefix ?? ""),
    ...(input.Delimiter ? { Delimiter: shown(input.Delimiter) } : {}),
    ...(input.EncodingType ? { EncodingType: input.EncodingType } : {}),
    ...(input.StartAfter ? { StartAfter: shown(input.StartAfter) } : {}),
    ...(token === undefined ? {} : { ContinuationToken: token }),
    ...(found.truncated && last !== undefined ? { NextContinuationToken: writeToken(last) } : {}),
    MaxKeys: max,
    KeyCount: found.lines.length,
    IsTruncated: found.truncated,
    ...contents(owned),
    ...prefixes,
  };
}

/** The older list, which goes on from a key. */
export function listObjects(
  shelf: Shelf,
  ask: Ask,
  input: ListObjectsCommandInput,
): Omit<ListObjectsCommandOutput, "$metadata"> {
  const { found, max, shown, contents, prefixes, last } = list(
    shelf,
    ask,
    input,
    input.Marker ?? "",
  );
  const next = found.truncated && input.Delimiter && last !== undefined;
  return {
    Name: input.Bucket,
    Prefix: shown(input.Prefix ?? ""),
    Marker: shown(input.Marker ?? ""),
    ...(next ? { NextMarker: shown(last) } : {}),
    ...(input.Delimiter ? { Delimiter: shown(input.Delimiter) } : {}),
    ...(input.EncodingType ? { EncodingType: input.EncodingType } : {}),
    MaxKeys: max,
    IsTruncated: found.truncated,
    ...contents(true),
    ...prefixes,
  };
}

/** @throws Refusal `InvalidArgument` */
export function readMax(name: string, given: number | undefined): number {
  const max = given ?? 1000;
  if (!Number.isInteger(max) || max < 0 || max > 2_147_483_647) {
    throw invalidArgument(
      `Argument ${name} must be an integer between 0 and 2147483647`,
      name,
      String(given),
    );
  }
  return Math.min(max, 1000);
}

/** @throws Refusal `InvalidArgument` */
export function readPartMarker(given: string | undefined): number {
  const marker = Number(given ?? 0);
  if (Number.isInteger(marker) && marker >= 0) return marker;
  throw invalidArgument(
    "Argument part-number-marker must be an integer between 0 and 2147483647",
    "part-number-marker",
    String(given),
  );
}

export function readEncoding(given: string | undefined): (text: string) => string {
  if (given === undefined || given === "url") return given ? encoded : (text) => text;
  throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", given);
}

function list(
  shelf: Shelf,
  ask: Ask,
  input: ListObjectsCommandInput | ListObjectsV2CommandInput,
  from: string,
) {
  const { name } = Bucket.require(shelf, input.Bucket);
  permit(shelf, ask, { action: "ListBucket", bucket: name, input });
  const max = readMax("maxKeys", input.MaxKeys);
  const shown = readEncoding(input.EncodingType);
  const found: Walk<Version.Version> = walk({
    prefix: input.Prefix ?? "",
    delimiter: input.Delimiter ?? "",
    max,
    from: { key: from, inclusive: from === "" },
    foldedAfter: from,
    next: (position, count) =>
      Version.select(
        shelf,
        `bucket = ? AND key ${position.inclusive ? ">=" : ">"} ? AND latest = 1 AND marker = 0 ORDER BY key LIMIT ?`,
        name,
        position.key,
        count,
      ),
  });
  const items = found.lines.flatMap((line) => ("item" in line ? [line.item] : []));
  const folded = found.lines.flatMap((line) =>
    "prefix" in line ? [{ Prefix: shown(line.prefix) }] : [],
  );
  const end = found.lines.at(-1);
  return {
    found,
    max,
    shown,
    last: end && ("item" in end ? end.item.key : end.prefix),
    prefixes: folded.length ? { CommonPrefixes: folded } : {},
    contents: (owned: boolean) =>
      items.length
        ? { Contents: items.map((item) => line(shelf, item, shown(item.key), owned)) }
        : {},
  };
}

function line(shelf: Shelf, version: Version.Version, Key: string, owned: boolean): _Object {
  const { checksum, StorageClass } = version.traits;
  return {
    Key,
    LastModified: new Date(version.storedAtMs),
    ETag: Answer.quoted(version.etag),
    ...(checksum ? { ChecksumAlgorithm: [checksum.algorithm], ChecksumType: checksum.type } : {}),
    Size: version.sizeBytes,
    StorageClass: (StorageClass ?? "STANDARD") as _Object["StorageClass"],
    ...(owned ? { Owner: Answer.owner(shelf) } : {}),
  };
}

/** A token is the last line told, made unreadable so that nobody builds one. */
function writeToken(last: string): string {
  return Buffer.from(`1${last}`).toString("base64");
}

function readToken(token: string): string {
  const text = Buffer.from(token, "base64").toString();
  if (text.startsWith("1") && text.length > 1 && writeToken(text.slice(1)) === token) {
    return text.slice(1);
  }
  throw invalidArgument("The continuation token provided is incorrect", "continuation-token");
}
