import * as z from "zod";
import { described } from "../../door/described.ts";
import { Execution } from "../shapes/execution.ts";
import { Making, Replacement } from "../shapes/source.ts";
import { Opened, Video } from "../shapes/video.ts";
import { Nothing, VideoId } from "../shapes/words.ts";

const tag = "Making";
const params = z.object({ id: VideoId });
const absent = { id: "VideoNotFound" } as const;
const begun = {
  status: 202,
  says: "The film, with its new attempt on its way.",
  shape: Video,
} as const;

export const replaceSource = described({
  id: "replaceSource",
  method: "put",
  path: "/videos/{id}/source",
  tag,
  summary: "Makes a film anew from another file",
  description: "What can be watched now stays until the new attempt is READY.",
  access: "token",
  params,
  absent,
  body: Replacement,
  answer: { status: 202, says: "The film waits for its new source.", shape: Opened },
  problems: ["VideoNotFound", "Forbidden", "SourceTooLarge", "TypeNotAllowed", "AddressNotAllowed"],
});

export const retryVideo = described({
  id: "retryVideo",
  method: "post",
  path: "/videos/{id}/retry",
  tag,
  summary: "Tries a film again that failed or was cancelled",
  access: "token",
  params,
  absent,
  body: Nothing,
  answer: begun,
  problems: ["VideoNotFound", "Forbidden", "MoveForbidden"],
});

export const reprocessVideo = described({
  id: "reprocessVideo",
  method: "post",
  path: "/videos/{id}/reprocess",
  tag,
  summary: "Makes a film anew from the source it has, with another profile or other options",
  access: "token",
  params,
  absent,
  body: Making.meta({ id: "Making" }),
  answer: begun,
  problems: ["VideoNotFound", "Forbidden", "MoveForbidden"],
});

export const cancelVideo = described({
  id: "cancelVideo",
  method: "post",
  path: "/videos/{id}/cancel",
  tag,
  summary: "Stops what is being made",
  description: "What can be watched stays.",
  access: "token",
  params,
  absent,
  body: Nothing,
  answer: { status: 202, says: "The film, CANCELED.", shape: Video },
  problems: ["VideoNotFound", "Forbidden", "MoveForbidden"],
});

export const showExecution = described({
  id: "showExecution",
  method: "get",
  path: "/videos/{id}/execution",
  tag,
  summary: "Shows what the state machine did for an attempt",
  description: "For operators.",
  access: "token",
  params,
  absent,
  query: z.strictObject({
    attempt: z.coerce.number().int().min(1).max(1_000_000).optional().meta({
      description: "the newest, unless said otherwise",
    }),
  }),
  answer: { status: 200, says: "The execution.", shape: Execution },
  problems: ["VideoNotFound", "Forbidden", "ExecutionNotFound"],
});
