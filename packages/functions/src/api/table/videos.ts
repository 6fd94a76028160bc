import * as Film from "@rushes/core/video";
import * as z from "zod";
import { described } from "../../door/described.ts";
import { Change, Opened, Removing, Timeline, Video, Videos, Wish } from "../shapes/video.ts";
import { Cursor, Limit, Person, VideoId } from "../shapes/words.ts";

const tag = "Videos";
const params = z.object({ id: VideoId });
const absent = { id: "VideoNotFound" } as const;
const REVISION = { etag: "the film's revision and state" };

const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]+$/)
  .max(Film.limits.idempotencyKeyLength)
  .optional()
  .meta({ description: "The same key within a day opens the same film, and no second one." });

export const openVideo = described({
  id: "openVideo",
  method: "post",
  path: "/videos",
  tag,
  summary: "Opens a film, and says where its file goes",
  access: "token",
  headers: z.object({ "idempotency-key": IdempotencyKey }),
  body: Wish,
  answer: {
    status: 201,
    says: "The film waits for its source.",
    shape: Opened,
    headers: { location: "the film's address" },
  },
  problems: [
    "Forbidden",
    "SourceTooLarge",
    "TypeNotAllowed",
    "AddressNotAllowed",
    "IdempotencyKeyReused",
    "Deleted",
  ],
});

export const listVideos = described({
  id: "listVideos",
  method: "get",
  path: "/videos",
  tag,
  summary: "Lists films, newest first",
  description:
    "A page may be short, even empty, and yet not be the last: go on while there is a nextCursor.",
  access: "token",
  query: z.strictObject({
    owner: Person.default("me").meta({ description: "me; for operators also all, or a user's id" }),
    shared: z.enum(["true"]).optional().meta({ description: "those that others share with me" }),
    status: Film.Status.optional(),
    tag: z.string().min(1).max(Film.limits.tagLength).optional(),
    title: z
      .string()
      .min(1)
      .max(Film.limits.titleLength)
      .optional()
      .meta({ description: "what the title begins with, in either case" }),
    limit: Limit,
    cursor: Cursor.optional(),
  }),
  answer: { status: 200, says: "A page of films.", shape: Videos },
  problems: ["Forbidden", "CursorInvalid"],
});

export const showVideo = described({
  id: "showVideo",
  method: "get",
  path: "/videos/{id}",
  tag,
  summary: "Shows a film",
  access: "token",
  params,
  absent,
  answer: { status: 200, says: "The film.", shape: Video, tagged: true, headers: REVISION },
  problems: ["VideoNotFound"],
});

export const changeVideo = described({
  id: "changeVideo",
  method: "patch",
  path: "/videos/{id}",
  tag,
  summary: "Changes what people say about a film, and who may watch it",
  access: "token",
  params,
  absent,
  headers: z.object({
    "if-match": z
      .string()
      .max(1000)
      .optional()
      .meta({ description: "the ETag it was read with: nobody has changed it since" }),
  }),
  body: Change,
  answer: { status: 200, says: "The film as it is now.", shape: Video, headers: REVISION },
  problems: ["VideoNotFound", "Forbidden", "RevisionOld"],
});

export const deleteVideo = described({
  id: "deleteVideo",
  method: "delete",
  path: "/videos/{id}",
  tag,
  summary: "Deletes a film with everything that belongs to it",
  description: "Nobody sees it any more at once; its files go within minutes.",
  access: "token",
  params,
  absent,
  answer: { status: 202, says: "It is on its way out.", shape: Removing },
  problems: ["VideoNotFound", "Forbidden"],
});

export const readTimeline = described({
  id: "readTimeline",
  method: "get",
  path: "/videos/{id}/timeline",
  tag,
  summary: "Tells what happened to a film, oldest first",
  access: "token",
  params,
  absent,
  query: z.strictObject({ limit: Limit, cursor: Cursor.optional() }),
  answer: { status: 200, says: "A page of what happened.", shape: Timeline },
  problems: ["VideoNotFound", "Forbidden", "CursorInvalid"],
});
