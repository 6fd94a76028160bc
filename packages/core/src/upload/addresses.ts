import type * as Actor from "../actor/index.ts";
import * as Table from "../aws/table.ts";
import * as Uploads from "../aws/uploads.ts";
import { changeable } from "../library/access.ts";
import { Problem } from "../problem/index.ts";
import { limits } from "../video/limits.ts";
import { sent } from "./find.ts";
import { sizeOfPart } from "./plan.ts";
import { fromRow, keyOf, type Upload } from "./row.ts";
import { type Put, placeOf, putOf, stateOf, validity } from "./shown.ts";

/** Parts that somebody wants to send: none for an upload by a single PUT. */
export interface Wanted {
  parts?: { number: number; crc32?: string | undefined }[] | undefined;
}

export interface Addresses {
  parts?: (Put & { number: number; sizeBytes: number })[];
  put?: Put;
}

/**
 * Addresses to send parts to, each for one part of exactly its size, and of its checksum when one
 * is given. The first request decides whether S3 checks every part: then all come with a `crc32`.
 *
 * @throws Problem `VideoNotFound`, `Forbidden`, `UploadNotFound`, `UploadOver`, `UploadExpired`
 * @throws Problem `RequestInvalid` naming the parts that are none of this upload's
 */
export async function addresses(
  actor: Actor.Actor,
  videoId: string,
  uploadId: string,
  wanted: Wanted,
): Promise<Addresses> {
  const film = await changeable(actor, videoId);
  const upload = await sent(film.id, uploadId);
  const state = stateOf(upload);
  if (state === "expired") throw new Problem("UploadExpired");
  if (state !== "open") throw new Problem("UploadOver");
  if (upload.way === "single") {
    if (wanted.parts) throw invalid("parts", "This upload has no parts: it is one PUT.");
    return { put: await putOf(upload) };
  }
  const { parts = [] } = wanted;
  if (parts.length < 1 || parts.length > limits.addresses) {
    throw invalid("parts", `Name 1 to ${limits.addresses} of its parts.`);
  }
  const checked = upload.checked ?? parts[0]?.crc32 !== undefined;
  judge(upload, parts, checked);
  const { multipartId } = await begun(upload, checked);
  const { good, expiresAt } = validity(upload);
  const place = placeOf(upload);
  return {
    parts: await Promise.all(
      parts.map(async ({ number, crc32 }) => {
        const sizeBytes = sizeOfPart(upload, number) ?? 0;
        const one = { number, sizeBytes, crc32 };
        const address = await Uploads.part(place, multipartId, one, good);
        return { number, sizeBytes, ...address, expiresAt };
      }),
    ),
  };
}

function judge(
  upload: Multipart,
  parts: { number: number; crc32?: string | undefined }[],
  checked: boolean,
): void {
  const fields = parts.flatMap(({ number, crc32 }, at) => {
    if (sizeOfPart(upload, number) === undefined) {
      const message = `The upload has parts 1 to ${upload.partCount}.`;
      return [{ path: `parts.${at}.number`, message }];
    }
    if ((crc32 !== undefined) === checked) return [];
    const message = checked
      ? "Every part of this upload is checked: give its CRC-32."
      : "This upload was begun without checksums: go on without.";
    return [{ path: `parts.${at}.crc32`, message }];
  });
  if (fields.length > 0) throw new Problem("RequestInvalid", { fields });
}

/**
 * The upload with S3's name for it. It is made at S3 when its first address is asked for; of two
 * who ask at once one is heard, and what the other made is forgotten.
 */
async function begun(upload: Multipart, checked: boolean): Promise<Begun> {
  if (upload.multipartId && upload.checked !== undefined) return upload as Begun;
  const place = placeOf(upload);
  const multipartId = await Uploads.begin(place, upload.type, checked);
  const row = await Table.change(keyOf(upload.videoId, upload.uploadId), {
    update: "SET multipartId = :id, checked = :checked",
    condition: "#state = :open AND attribute_not_exists(multipartId)",
    names: { "#state": "state" },
    values: { ":id": multipartId, ":checked": checked, ":open": "open" },
  });
  if (row) return fromRow(row) as Begun;
  await Uploads.abort(place, multipartId);
  const now = await sent(upload.videoId, upload.uploadId);
  if (now.way !== "multipart" || !now.multipartId) throw new Problem("UploadOver");
  if (now.checked !== checked) throw new Problem("ServiceBusy"); // asked again it is told why
  return now as Begun;
}

type Multipart = Extract<Upload, { way: "multipart" }>;
type Begun = Multipart & { multipartId: string; checked: boolean };

function invalid(path: string, message: string): Problem {
  return new Problem("RequestInvalid", { fields: [{ path, message }] });
}
