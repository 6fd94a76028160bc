import * as z from "zod";
import { described } from "../../door/described.ts";
import { Addresses, Parts, Upload } from "../shapes/source.ts";
import { Nothing, UploadId, VideoId } from "../shapes/words.ts";

const tag = "Uploads";
const params = z.object({ id: VideoId, uploadId: UploadId });
const absent = { id: "VideoNotFound", uploadId: "UploadNotFound" } as const;

export const showUpload = described({
  id: "showUpload",
  method: "get",
  path: "/videos/{id}/uploads/{uploadId}",
  tag,
  summary: "Shows an upload, with the parts that have arrived",
  access: "token",
  params,
  absent,
  answer: { status: 200, says: "The upload.", shape: Upload },
  problems: ["VideoNotFound", "Forbidden", "UploadNotFound"],
});

export const addressParts = described({
  id: "addressParts",
  method: "post",
  path: "/videos/{id}/uploads/{uploadId}/addresses",
  tag,
  summary: "Gives addresses to send parts to",
  description: "Each takes one part of exactly its size, once or again, until it expires.",
  access: "token",
  params,
  absent,
  body: Parts,
  answer: { status: 200, says: "One address a part.", shape: Addresses },
  problems: ["VideoNotFound", "Forbidden", "UploadNotFound", "UploadOver", "UploadExpired"],
});

export const completeUpload = described({
  id: "completeUpload",
  method: "post",
  path: "/videos/{id}/uploads/{uploadId}/complete",
  tag,
  summary: "Says that every part was sent",
  access: "token",
  params,
  absent,
  body: Nothing,
  answer: { status: 200, says: "The upload, completed.", shape: Upload },
  problems: [
    "VideoNotFound",
    "Forbidden",
    "UploadNotFound",
    "UploadIncomplete",
    "UploadOver",
    "UploadExpired",
  ],
});

export const abortUpload = described({
  id: "abortUpload",
  method: "delete",
  path: "/videos/{id}/uploads/{uploadId}",
  tag,
  summary: "Gives an upload up",
  access: "token",
  params,
  absent,
  answer: { status: 204, says: "It is gone." },
  problems: ["VideoNotFound", "Forbidden", "UploadNotFound", "UploadOver"],
});
