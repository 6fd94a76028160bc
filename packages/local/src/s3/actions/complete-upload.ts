import { createHash } from "node:crypto";
import type {
  CompleteMultipartUploadCommandInput,
  CompleteMultipartUploadCommandOutput,
} from "@aws-sdk/client-s3";
import { Refusal } from "../../kernel/refusal.ts";
import * as Answer from "../answer.ts";
import * as Bucket from "../bucket.ts";
import { algorithms, type Checksum, members, ofParts } from "../checksum.ts";
import { commit } from "../commit.ts";
import * as Completion from "../completion.ts";
import { requireKey } from "../key.ts";
import { permit } from "../permission.ts";
import { checkWrite } from "../precondition.ts";
import { invalidRequest } from "../refusals.ts";
import type { Ask, Shelf } from "../shelf.ts";
import { refuseUnkept } from "../traits.ts";
import * as Upload from "../upload.ts";
import * as Version from "../version.ts";

type CompleteOutput = Omit<CompleteMultipartUploadCommandOutput, "$metadata">;

/** Makes an object of the parts that are named. They stay the files they are: no byte is copied. */
export function completeMultipartUpload(
  shelf: Shelf,
  ask: Ask,
  input: CompleteMultipartUploadCommandInput,
): CompleteOutput {
  const key = requireKey(input.Key);
  const { name } = Bucket.require(shelf, input.Bucket);
  refuseUnkept("CompleteMultipartUpload", input);
  const context = { "s3:ObjectCreationOperation": "true" };
  permit(shelf, ask, { action: "PutObject", bucket: name, key, input, context });
  const again = completedBefore(shelf, input);
  if (again) return answer(shelf, again);

  const upload = Upload.require(shelf, name, key, input.UploadId);
  checkType(input, upload);
  const parts = Completion.choose(shelf, upload, input.MultipartUpload?.Parts ?? []);
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  checkSize(sizeBytes, input.MpuObjectSize);
  const there = Version.latest(shelf, name, key);
  checkWrite(input, key, there);
  refuseOvertaken(input, upload, there);
  const checksum = summed(input, upload, parts);

  const version = commit(
    shelf,
    ask,
    name,
    {
      key,
      sizeBytes,
      etag: `${md5OfMd5s(parts)}-${parts.length}`,
      traits: { ...upload.traits, checksum, partsCount: parts.length, uploadId: upload.id },
      pieces: parts.map((part, index) => ({
        number: index + 1,
        file: part.file,
        sizeBytes: part.sizeBytes,
        checksum: upload.checksum ? part.checksum : undefined,
      })),
    },
    {
      conditions: input,
      reason: "CompleteMultipartUpload",
      borrowed: true,
      also: () => Upload.end(shelf, upload.id, new Set(parts.map((part) => part.file))),
    },
  );
  return answer(shelf, version);
}

function answer(shelf: Shelf, version: Version.Version): CompleteOutput {
  const path = version.key.split("/").map(encodeURIComponent).join("/");
  return {
    Location: `${shelf.cloud.origin}/${version.bucket}/${path}`,
    Bucket: version.bucket,
    Key: version.key,
    ETag: Answer.quoted(version.etag),
    ...members(version.traits.checksum),
    ...Answer.stored(shelf, version),
  };
}

/** A client that lost our answer asks again: it is told the same, as long as the object is there. */
function completedBefore(
  shelf: Shelf,
  input: CompleteMultipartUploadCommandInput,
): Version.Version | undefined {
  const latest = Version.latest(shelf, input.Bucket ?? "", input.Key ?? "");
  return input.UploadId && latest?.traits.uploadId === input.UploadId ? latest : undefined;
}

function checkSize(sizeBytes: number, expected: number | undefined): void {
  if (expected === undefined || Number(expected) === sizeBytes) return;
  throw invalidRequest(
    `The provided 'x-amz-mp-object-size' header value ${expected} does not match what was computed: ${sizeBytes}`,
  );
}

/** With a condition, what was stored since this upload began is a conflict, not a match. */
function refuseOvertaken(
  input: CompleteMultipartUploadCommandInput,
  upload: Upload.Upload,
  there: Version.Version | undefined,
): void {
  if (input.IfMatch === undefined || !there || there.seq <= upload.seq) return;
  throw new Refusal(
    "ConditionalRequestConflict",
    "The conditional request cannot succeed due to a conflicting operation against this resource.",
    { httpStatus: 409, about: { Condition: "If-Match", Key: upload.key } },
  );
}

function checkType(input: CompleteMultipartUploadCommandInput, upload: Upload.Upload): void {
  const type = upload.checksum?.type ?? "FULL_OBJECT";
  if (input.ChecksumType === undefined || input.ChecksumType === type) return;
  throw invalidRequest(
    `The upload was created using the ${type} checksum mode. The complete request must use the same checksum mode.`,
  );
}

function summed(
  input: CompleteMultipartUploadCommandInput,
  upload: Upload.Upload,
  parts: readonly Upload.Part[],
): Checksum {
  const { algorithm, type } = upload.checksum ?? {
    algorithm: "CRC64NVME" as const,
    type: "FULL_OBJECT" as const,
  };
  const checksum = ofParts(
    algorithm,
    type,
    parts.map((part) => ({ value: part.checksum ?? "", sizeBytes: part.sizeBytes })),
  );
  const named = algorithms.find((name) => input[`Checksum${name}`] !== undefined);
  if (!named) return checksum;
  // A sum of the whole counts only where the request says, too, that it is one of the whole.
  const told = upload.checksum?.type !== "FULL_OBJECT" || input.ChecksumType === "FULL_OBJECT";
  const [bare] = checksum.value.split("-");
  const same = [checksum.value, bare].includes(input[`Checksum${named}`]);
  if (named === algorithm && told && same) return checksum;
  throw new Refusal(
    "BadDigest",
    `The ${algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
  );
}

function md5OfMd5s(parts: readonly Upload.Part[]): string {
  const all = createHash("md5");
  for (const part of parts) all.update(Buffer.from(part.md5, "hex"));
  return all.digest("hex");
}
