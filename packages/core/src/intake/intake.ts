import * as z from "zod";
import * as Config from "../config/index.ts";
import * as Id from "../id/id.ts";
import { Options } from "../ladder/options.ts";
import { isCode, Problem, type ProblemCode } from "../problem/index.ts";
import * as Words from "../video/words.ts";

export type { Words } from "../video/words.ts";
export { titleOf } from "../video/words.ts";

/** S3 says an object is there, in the shape the rule's transformer gives it. */
const Arrived = z.object({
  kind: z.literal("arrived"),
  event: z.object({ id: z.string(), time: z.string(), account: z.string() }),
  detail: z.object({
    bucket: z.object({ name: z.string().min(1) }),
    object: z.object({
      key: z.string().min(1),
      size: z.number().int().nonnegative().optional(),
      etag: z.string().optional(),
      "version-id": z.string().optional(),
      sequencer: z
        .string()
        .regex(/^[0-9A-Fa-f]{1,32}$/)
        .optional(),
    }),
  }),
});

/** Somebody wants a film made again: a retry, or another ladder. */
const Again = z.object({
  kind: z.literal("again"),
  videoId: Id.VideoId,
  expectedAttempt: z.number().int().nonnegative(),
  profile: z.string().min(1).optional(),
  options: Options.optional(),
});

/** An execution ended without a word: its film is settled by this one. */
const Died = z.object({
  kind: z.literal("died"),
  videoId: Id.VideoId,
  execution: z.string().min(1),
  problem: z.object({
    code: z
      .string()
      .refine(isCode, "is no problem of ours")
      .transform((code) => code as ProblemCode),
    message: z.string(),
  }),
});

/** An attempt is READY and nobody was told: this execution announces it. */
const Unannounced = z.object({
  kind: z.literal("unannounced"),
  videoId: Id.VideoId,
  attempt: z.number().int().positive(),
});

/** An attempt is CANCELED: this execution announces it, in place of the one that owed it so far. */
const Canceled = z.object({
  kind: z.literal("canceled"),
  videoId: Id.VideoId,
  attempt: z.number().int().nonnegative(),
  settledBy: z.string().min(1),
});

/** What an execution of the workflow is started with. */
export const Started = z.discriminatedUnion("kind", [Arrived, Again, Died, Unannounced, Canceled]);
export type Started = z.infer<typeof Started>;

/** One object that arrived, and the film it makes. */
export interface Arrival {
  videoId: Id.VideoId;
  /** `inbox`: the film need not exist before; it belongs to the operators. */
  way: "upload" | "inbox";
  /** Of an upload: which of its film's. */
  uploadId?: Id.UploadId;
  source: Source;
  /** S3's order mark for this key, padded so that text order is its order. */
  sequencer: string;
  event: { id: string; time: string };
}

export interface Source {
  bucket: string;
  key: string;
  versionId?: string;
  etag?: string;
}

/**
 * Understands an arrival.
 *
 * @throws Problem `NotExpected` when the object is not one that makes a film here
 */
export function arrival(started: Extract<Started, { kind: "arrived" }>): Arrival {
  const { bucket, object } = started.detail;
  if (bucket.name !== Config.sourceBucket() || started.event.account !== Config.accountId()) {
    throw new Problem("NotExpected", { bucket: bucket.name });
  }
  const place = placeOf(bucket.name, object.key);
  if (!place) throw new Problem("NotExpected", { bucket: bucket.name });
  return {
    ...place,
    source: {
      bucket: bucket.name,
      key: object.key,
      ...(object["version-id"] ? { versionId: object["version-id"] } : {}),
      ...(object.etag ? { etag: object.etag.replaceAll('"', "") } : {}),
    },
    sequencer: padded(object.sequencer ?? "0"),
    event: { id: started.event.id, time: started.event.time },
  };
}

/** The film an execution was started for; undefined when its object makes none. */
export function filmOf(started: Started): Id.VideoId | undefined {
  if (started.kind !== "arrived") return started.videoId;
  const { bucket, object } = started.detail;
  return placeOf(bucket.name, object.key)?.videoId;
}

/** Which film a key makes, and by which way it came; undefined for a key that makes none. */
export function placeOf(
  bucket: string,
  key: string,
): Pick<Arrival, "videoId" | "uploadId" | "way"> | undefined {
  const { uploadsPrefix, inboxPrefix } = Config.intake();
  if (key.startsWith(uploadsPrefix)) {
    const [, videoId = "", uploadId = ""] = UPLOAD.exec(key.slice(uploadsPrefix.length)) ?? [];
    if (!Id.isVideo(videoId) || !Id.isUpload(uploadId)) return undefined;
    return { videoId, uploadId, way: "upload" };
  }
  if (!key.startsWith(inboxPrefix)) return undefined;
  const name = key.slice(inboxPrefix.length);
  // a folder is no film, and a name in the shape of an upload could be taken for that film
  if (name === "" || name.endsWith("/") || UPLOAD.test(name)) return undefined;
  return { videoId: Id.ofInbox(bucket, key), way: "inbox" };
}

const UPLOAD = /^(vid_[0-9A-HJKMNP-TV-Z]{26})\/(upl_[0-9A-HJKMNP-TV-Z]{26})\/source$/;

/** The key of an upload's source, the only one its film takes. */
export function uploadKey(videoId: Id.VideoId, uploadId: Id.UploadId): string {
  return `${Config.intake().uploadsPrefix}${videoId}/${uploadId}/source`;
}

/** S3's sequencers differ in length: padded they compare as text. */
export function padded(sequencer: string): string {
  return sequencer.toUpperCase().padStart(32, "0");
}

/** The next order mark: later than `sequencer`, and not later than anything S3 may still say. */
export function after(sequencer: string): string {
  return padded((BigInt(`0x${sequencer}`) + 1n).toString(16));
}

/** What uploaders may say in an object's metadata: title, description, tags (comma separated). */
export function wordsOf(metadata: Record<string, string>): Words.Words {
  const title = Words.title(metadata.title ?? "");
  const description = Words.description(metadata.description ?? "");
  const tags = Words.tags((metadata.tags ?? "").split(","));
  return {
    ...(title ? { title } : {}),
    ...(description ? { description } : {}),
    ...(tags.length > 0 ? { tags } : {}),
  };
}
