import type { Key, Row } from "../aws/table.ts";
import type { UploadId, VideoId } from "../id/id.ts";
import type { Told } from "../problem/index.ts";

/**
 * How an upload stands. `replaced`, `aborted`, `failed` and `expired` are given up: each is written
 * together with the film's expectation, so an attempt never has the object of such an upload.
 */
export type State = "open" | "completed" | "replaced" | "aborted" | "failed" | "expired";

/** One source on its way to a film. Attributes avoid the names that the table's indexes go by. */
export type Upload = About &
  (
    | { way: "single" }
    | {
        way: "multipart";
        partSizeBytes: number;
        partCount: number;
        /** S3's name for it; absent until the first address is asked for. */
        multipartId?: string;
        /** Whether S3 checks each part against a CRC-32 that its sender gives. */
        checked?: boolean;
      }
    | { way: "pull"; url: string }
  );

interface About {
  videoId: VideoId;
  uploadId: UploadId;
  state: State;
  /** 0 for a pull, whose size nobody knows before. */
  sizeBytes: number;
  type: string;
  filename: string;
  openedAtMs: number;
  untilMs: number;
  problem?: Told;
}

export function keyOf(videoId: VideoId, uploadId: UploadId): Key {
  return { PK: `VIDEO#${videoId}`, SK: `${PREFIX}${uploadId}` };
}

/** What the sort keys of a film's uploads begin with. */
export const PREFIX = "UPLOAD#";

export function toRow(upload: Upload): Key & Row {
  return { ...keyOf(upload.videoId, upload.uploadId), ...upload };
}

/** Rows are written by this project alone. */
export function fromRow(row: Row): Upload {
  const { PK: _, SK: __, ...upload } = row;
  return upload as unknown as Upload;
}

export function isGivenUp(upload: Row | Upload | undefined): boolean {
  return (givenUp as readonly unknown[]).includes(upload?.state);
}

const givenUp = ["replaced", "aborted", "failed", "expired"] satisfies State[];
