import * as Ladder from "@rushes/core/ladder";
import * as Sending from "@rushes/core/upload";
import * as Video from "@rushes/core/video";
import * as z from "zod";
import { Bytes, Frames, Seconds, UploadId, VideoId } from "./words.ts";

const { limits } = Video;

/** What an owner may choose beside the profile. */
export const Options = Ladder.Options.meta({ id: "Options" });
export const ProfileName = Ladder.ProfileName.meta({ id: "ProfileName" });

/** A file that will be sent here. */
export const File = z.strictObject({
  filename: z
    .string()
    .min(1)
    .max(limits.filenameLength)
    .meta({ examples: ["holiday.mp4"] }),
  sizeBytes: z
    .int()
    .min(1)
    .meta({ examples: [734_003_200] }),
  type: z
    .string()
    .min(3)
    .max(100)
    .meta({ description: "media type", examples: ["video/mp4"] }),
});

/** A file that is fetched from the web. */
export const Link = z.strictObject({
  url: z
    .string()
    .min(1)
    .max(limits.urlLength)
    .meta({ examples: ["https://example.org/holiday.mp4"] }),
});

export const Making = z.strictObject({
  profile: ProfileName.optional(),
  options: Options.optional(),
});

/** A new source for a film that exists. */
export const Replacement = z
  .union([File.extend(Making.shape), Link.extend(Making.shape)])
  .meta({ id: "Replacement" });

/** Where bytes are sent, and with which headers. */
export const Put = z
  .object({
    url: z.string(),
    headers: z.record(z.string(), z.string()).meta({ description: "to be sent exactly so" }),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: "Put", description: "Whoever has the address may send the bytes: it is a secret." });

export const Upload = z
  .object({
    id: UploadId,
    videoId: VideoId,
    kind: z.enum(Sending.kinds),
    state: z.enum(Sending.standings),
    sizeBytes: Bytes,
    type: z.string(),
    partSizeBytes: Bytes.optional().meta({ description: "every part but the last" }),
    partCount: z.int().positive().optional(),
    arrived: z
      .array(z.object({ number: z.int().positive(), sizeBytes: Bytes }))
      .optional()
      .meta({
        description: "the parts that are there; only where an upload is asked for by itself",
      }),
    expiresAt: z.iso.datetime(),
    put: Put.optional().meta({ description: "where a single upload goes" }),
  })
  .meta({ id: "Upload" });

/** Which parts somebody wants to send. */
export const Parts = z
  .strictObject({
    parts: z
      .array(
        z.strictObject({
          number: z.int().min(1),
          crc32: z
            .string()
            .regex(/^[A-Za-z0-9+/]{6}==$/)
            .optional()
            .meta({
              description: "CRC-32 of the part, four bytes in base64",
              examples: ["y/Q5Jg=="],
            }),
        }),
      )
      .min(1)
      .max(limits.addresses)
      .optional()
      .meta({ description: "for a multipart upload; a single one has no parts" }),
  })
  .meta({ id: "WantedParts" });

/** Where they go. */
export const Addresses = z
  .object({
    parts: z.array(Put.extend({ number: z.int().positive(), sizeBytes: Bytes })).optional(),
    put: Put.optional(),
  })
  .meta({ id: "Addresses" });

/** What was found in a source. */
export const Found = z
  .object({
    container: z.string(),
    durationSeconds: Seconds,
    sizeBytes: Bytes,
    video: z
      .object({
        codec: z.string(),
        width: z.int(),
        height: z.int(),
        frameRate: Frames,
        rotation: z.number(),
        interlaced: z.boolean(),
        highDynamicRange: z.boolean(),
      })
      .optional(),
    audio: z
      .object({
        codec: z.string(),
        channels: z.int(),
        tracks: z.int(),
        language: z.string().optional(),
      })
      .optional(),
  })
  .meta({ id: "Found", description: "Sizes are as people see them: rotated, with square pixels." });
