import * as Cost from "@rushes/core/cost";
import * as Film from "@rushes/core/video";
import * as z from "zod";
import { File, Found, Link, Making, Options, Upload } from "./source.ts";
import { Bytes, Frames, Percent, Person, page, Seconds, Time, Usd, VideoId } from "./words.ts";

const { limits } = Film;

/** What people say about a film. */
const Title = z
  .string()
  .min(1)
  .max(limits.titleLength)
  .meta({ examples: ["Holiday"] });
const Description = z.string().max(limits.descriptionLength);
const Tag = z.string().min(1).max(limits.tagLength);
const Tags = z
  .array(Tag)
  .max(limits.tags)
  .meta({ examples: [["family", "summer"]] });
const Visibility = z
  .enum(Film.visibilities)
  .meta({ description: "public: anyone may ask for a grant" });

const Words = z.strictObject({
  title: Title.optional(),
  description: Description.optional(),
  tags: Tags.optional(),
  visibility: Visibility.optional(),
});

/** A new film, and where its source comes from. */
export const Wish = z
  .union([
    File.extend(Words.shape).extend(Making.shape),
    Link.extend(Words.shape).extend(Making.shape),
  ])
  .meta({
    id: "VideoWish",
    description: "A file that will be sent (filename, sizeBytes, type), or a link to fetch (url).",
  });

export const Change = Words.extend({
  description: Description.optional().meta({ description: "empty: none any more" }),
  sharedWith: z.array(Person).max(limits.sharedWith).optional(),
}).meta({ id: "VideoChange", description: "What is left out stays as it is." });

export const Rendition = z
  .object({
    kind: z.enum(Film.renditionKinds),
    codec: z.string().meta({ examples: ["avc1.640028"] }),
    width: z.int().optional(),
    height: z.int().optional(),
    frameRate: Frames.optional(),
    averageKbps: z.number(),
    peakKbps: z.number(),
    sizeBytes: Bytes,
  })
  .meta({ id: "Rendition" });

/** What can be watched, whatever is being made. */
export const Published = z
  .object({
    attempt: z.int().positive(),
    at: Time,
    durationSeconds: Seconds,
    sizeBytes: Bytes,
    renditions: z.array(Rendition),
  })
  .meta({ id: "Published" });

/** Why a film came to nothing. */
export const Trouble = z
  .object({
    code: z.string().meta({ examples: ["SourceTruncated"] }),
    message: z.string(),
    help: z.string(),
    retry: z.boolean().meta({ description: "the same thing, tried again, may succeed" }),
  })
  .meta({ id: "Trouble", description: "Codes are those of problems." });

export const CostOfFilm = z
  .object({
    attempt: z.int(),
    estimatedUsd: Usd,
    countedUsd: Usd.optional().meta({ description: "absent until the job is over" }),
    minutes: z.record(z.string(), z.number()).optional().meta({
      description: "output minutes as they are billed, by rate key such as B-AVC-HD-S-30",
    }),
    rates: z
      .record(z.string(), z.number())
      .meta({ description: "what a minute cost under each key when this was estimated" }),
    unpriced: z
      .array(z.string())
      .optional()
      .meta({ description: "keys that nobody knew a price of: the amounts are without them" }),
    confidence: Cost.Estimate.shape.confidence,
    asOf: z.string().meta({ description: "date of the prices", examples: ["2026-11-01"] }),
  })
  .meta({ id: "CostOfVideo" });

/** What whoever may watch it sees. */
const Seen = {
  id: VideoId,
  title: Title,
  description: Description.optional(),
  tags: Tags,
  visibility: Visibility,
  relation: z.enum(Film.relations).meta({ description: "what the caller is to it" }),
  status: Film.Status,
  phase: z.enum(Film.phases),
  percent: Percent,
  settled: z.boolean().meta({
    description: "nothing more comes by itself: it has ended, and no source is on its way",
  }),
  attempt: z.int().nonnegative().meta({ description: "the newest, counted from 1" }),
  createdAt: Time,
  updatedAt: Time,
  playable: z.boolean(),
  published: Published.optional(),
};

/** What only its owner and operators see. */
const Closer = {
  ownerId: Person,
  sharedWith: z.array(Person),
  profile: z.string().meta({ description: "absent: the stage's own choice" }),
  options: Options,
  source: Found.optional(),
  problem: Trouble.optional(),
  warnings: z.array(z.object({ code: z.int(), count: z.int() })),
  cost: CostOfFilm.optional(),
  upload: z
    .object({ id: Upload.shape.id })
    .optional()
    .meta({ description: "the upload that is open" }),
};

export const Video = z.object({ ...Seen, ...z.object(Closer).partial().shape }).meta({
  id: "Video",
  description:
    "From ownerId on, only its owner and operators see what is there. Poll it with If-None-Match.",
});

export const Opened = z
  .object({ video: Video, upload: Upload.optional() })
  .meta({ id: "Opened", description: "No upload for a source that is fetched from the web." });

export const Videos = page(Video, "Videos");

export const Removing = z.object({ id: VideoId }).meta({ id: "Removing" });

export const Happening = z
  .object({
    at: Time,
    what: z.string().meta({ examples: ["READY"] }),
    attempt: z.int().nonnegative(),
    about: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "Happening" });

export const Timeline = page(Happening, "Timeline");
