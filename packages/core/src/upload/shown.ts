import type { Address } from "../aws/uploads.ts";
import * as Uploads from "../aws/uploads.ts";
import * as Clock from "../clock/index.ts";
import * as Config from "../config/index.ts";
import type { UploadId, VideoId } from "../id/id.ts";
import { uploadKey } from "../intake/intake.ts";
import type { Upload } from "./row.ts";

/** How a file may be sent, and how that may stand, in the API's words. */
export const kinds = ["single", "multipart"] as const;
export const standings = ["open", "completed", "aborted", "expired"] as const;

/** An upload as its film's owner sees it: the `upload` of the API. */
export interface Shown {
  id: UploadId;
  videoId: VideoId;
  kind: (typeof kinds)[number];
  state: (typeof standings)[number];
  sizeBytes: number;
  type: string;
  partSizeBytes?: number;
  partCount?: number;
  arrived?: { number: number; sizeBytes: number }[];
  expiresAt: string;
  put?: Put;
}

/** Where bytes are sent, with which headers, and until when. A secret. */
export interface Put extends Address {
  expiresAt: string;
}

/** Files that people send. What is fetched from the web shows in its film's phase alone. */
export type Sent = Extract<Upload, { way: "single" | "multipart" }>;

/** Shows an upload; one that is open and goes by a single PUT with its address. */
export async function shown(upload: Sent, arrived?: Shown["arrived"]): Promise<Shown> {
  const state = stateOf(upload);
  return {
    id: upload.uploadId,
    videoId: upload.videoId,
    kind: upload.way,
    state,
    sizeBytes: upload.sizeBytes,
    type: upload.type,
    ...(upload.way === "multipart"
      ? { partSizeBytes: upload.partSizeBytes, partCount: upload.partCount }
      : {}),
    ...(arrived ? { arrived } : {}),
    expiresAt: new Date(upload.untilMs).toISOString(),
    ...(upload.way === "single" && state === "open" ? { put: await putOf(upload) } : {}),
  };
}

export function stateOf({ state, untilMs }: Upload): Shown["state"] {
  switch (state) {
    case "open":
      return untilMs <= Clock.now() ? "expired" : "open";
    case "completed":
    case "expired":
      return state;
    case "replaced":
    case "aborted":
    case "failed":
      return "aborted";
  }
}

export async function putOf(upload: Sent): Promise<Put> {
  const { good, expiresAt } = validity(upload);
  return { ...(await Uploads.put(placeOf(upload), upload, good)), expiresAt };
}

/** Addresses are good for a while, and never for longer than their upload. */
export function validity(upload: Upload) {
  const atMs = Clock.now();
  const leftSeconds = Math.floor((upload.untilMs - atMs) / 1000);
  const seconds = Math.max(1, Math.min(Config.intake().addressSeconds, leftSeconds));
  return {
    good: { atMs, seconds },
    // a signature tells its moment in whole seconds
    expiresAt: new Date((Math.floor(atMs / 1000) + seconds) * 1000).toISOString(),
  };
}

/** Where an upload's object will be. */
export function placeOf({ videoId, uploadId }: Pick<Upload, "videoId" | "uploadId">) {
  return { bucket: Config.sourceBucket(), key: uploadKey(videoId, uploadId) };
}
