import * as Table from "../aws/table.ts";
import * as Id from "../id/id.ts";
import { Problem } from "../problem/index.ts";
import { fromRow, keyOf, type Upload } from "./row.ts";
import type { Sent } from "./shown.ts";

export async function find(
  videoId: Id.VideoId,
  uploadId: Id.UploadId,
): Promise<Upload | undefined> {
  const row = await Table.read(keyOf(videoId, uploadId));
  return row && fromRow(row);
}

/**
 * An upload that somebody sends, not one that is fetched.
 *
 * @throws Problem `UploadNotFound`
 */
export async function sent(videoId: Id.VideoId, uploadId: string): Promise<Sent> {
  const upload = Id.isUpload(uploadId) ? await find(videoId, uploadId) : undefined;
  if (!upload || upload.way === "pull") throw new Problem("UploadNotFound");
  return upload;
}
