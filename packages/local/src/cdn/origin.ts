import type { Readable } from "node:stream";
import type { GetObjectCommandInput, GetObjectCommandOutput } from "@aws-sdk/client-s3";
import type { Caller } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Bucket } from "./distribution.ts";
import type { Headers } from "./headers.ts";
import type { Viewer } from "./viewer.ts";

/** What the origin answered. The body is a stream nobody has read from yet. */
export interface Found {
  status: number;
  headers: Headers;
  sizeBytes: number;
  body: Readable | undefined;
  /** what a server sets */
  cookies?: readonly string[];
}

type Output = Omit<GetObjectCommandOutput, "Body" | "$metadata"> & { Body?: Readable };

/**
 * Reads from the bucket behind a behaviour, with the distribution's own rights.
 *
 * @param rawPath still encoded; it becomes the key as it is, dots and all
 * @throws Refusal as S3 answers it: `AccessDenied`, `NotModified`, `InvalidRange` ...
 */
export async function fetchObject(
  cloud: Cloud,
  origin: Bucket,
  rawPath: string,
  caller: Caller,
  viewer: Pick<Viewer, "method" | "headers">,
): Promise<Found> {
  const { headers } = viewer;
  const Key = keyOf(origin, rawPath);
  if (Key === "") throw new Refusal("AccessDenied", "Access Denied", { httpStatus: 403 });
  const place = { Bucket: origin.bucket, Key };
  const range =
    headers.range !== undefined && (await stillTheSame(cloud, place, caller, headers["if-range"]));
  const input: GetObjectCommandInput = {
    ...place,
    ...(range ? { Range: headers.range } : {}),
    ...(headers["if-match"] === undefined ? {} : { IfMatch: headers["if-match"] }),
    ...(headers["if-none-match"] === undefined ? {} : { IfNoneMatch: headers["if-none-match"] }),
    ...date("IfModifiedSince", headers["if-modified-since"]),
    ...date("IfUnmodifiedSince", headers["if-unmodified-since"]),
  };
  const operation = viewer.method === "HEAD" ? "HeadObject" : "GetObject";
  const output = await cloud.call<Output>("s3", operation, input, caller);
  return {
    status: output.ContentRange === undefined ? 200 : 206,
    headers: describe(output),
    sizeBytes: output.ContentLength ?? 0,
    body: output.Body,
  };
}

function keyOf(origin: Bucket, rawPath: string): string {
  try {
    return `${origin.path}${decodeURIComponent(rawPath)}`.slice(1);
  } catch {
    throw new Refusal("InvalidURI", "Couldn't parse the specified URI.");
  }
}

/** `If-Range`: a stretch is only wanted of what the viewer already has a part of. */
async function stillTheSame(
  cloud: Cloud,
  place: { Bucket: string; Key: string },
  caller: Caller,
  ifRange: string | string[] | undefined,
): Promise<boolean> {
  if (typeof ifRange !== "string") return true;
  const now = await cloud.call<Output>("s3", "HeadObject", place, caller);
  if (ifRange.startsWith('"')) return ifRange === now.ETag;
  return ifRange === now.LastModified?.toUTCString();
}

function date(name: string, header: string | undefined): Record<string, Date> {
  const ms = header === undefined ? Number.NaN : Date.parse(header);
  return Number.isNaN(ms) ? {} : { [name]: new Date(ms) };
}

function describe(output: Output): Headers {
  const found: Record<string, string | undefined> = {
    "content-type": output.ContentType,
    "content-length": String(output.ContentLength ?? 0),
    "content-range": output.ContentRange,
    "accept-ranges": "bytes",
    etag: output.ETag,
    "last-modified": output.LastModified?.toUTCString(),
    "cache-control": output.CacheControl,
    "content-disposition": output.ContentDisposition,
    "content-encoding": output.ContentEncoding || undefined,
    "content-language": output.ContentLanguage,
    expires: output.ExpiresString,
  };
  for (const [name, value] of Object.entries(output.Metadata ?? {})) {
    found[`x-amz-meta-${name}`] = value;
  }
  return new Map(
    Object.entries(found).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
