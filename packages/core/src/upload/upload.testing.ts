import * as Claim from "../claim/index.ts";
import * as Clock from "../clock/index.ts";
import type * as Id from "../id/index.ts";
import * as Intake from "../intake/index.ts";
import * as Library from "../library/index.ts";
import { ann, type file, large } from "../library/library.testing.ts";
import type { SmallCloud } from "../testing/small-cloud.ts";
import * as Upload from "./upload.ts";

/** An upload that a test opened. */
export interface One {
  id: Id.VideoId;
  uploadId: Id.UploadId;
}

export const CRC = "y/Q5Jg==";

export async function opened(what: typeof file = large, at = Date.now()): Promise<One> {
  const { video, upload } = await Clock.at(at, () => Library.open(ann, what));
  if (!upload) throw new Error("There is no upload.");
  return { id: video.id, uploadId: upload.id };
}

/** What S3 has of an upload. */
export async function atS3(cloud: SmallCloud, { id, uploadId }: One) {
  const upload = await Upload.find(id, uploadId);
  const multipartId = upload?.way === "multipart" ? upload.multipartId : undefined;
  return multipartId ? cloud.multipart.open.get(multipartId) : undefined;
}

/** Sends parts, of the planned size unless said otherwise. */
export async function send(
  cloud: SmallCloud,
  one: One,
  numbers: number[],
  sizes: Record<number, number> = {},
): Promise<void> {
  const { parts = [] } = await Upload.addresses(ann, one.id, one.uploadId, {
    parts: numbers.map((number) => ({ number, crc32: CRC })),
  });
  const there = await atS3(cloud, one);
  for (const { number, sizeBytes } of parts) {
    there?.parts.set(number, { sizeBytes: sizes[number] ?? sizeBytes, crc32: CRC });
  }
}

/** Its object is there, and an execution asks for it. */
export function arrives(one: One, execution: string) {
  const key = Intake.uploadKey(one.id, one.uploadId);
  const arrival = Intake.arrival({
    kind: "arrived",
    event: { id: "e", time: "2030-01-01T00:00:00Z", account: "000000000000" },
    detail: { bucket: { name: "sources" }, object: { key, "version-id": "v", sequencer: "0a" } },
  });
  return Claim.arrived(arrival, execution);
}
