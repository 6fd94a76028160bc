import type {
  UploadPartCommandInput,
  UploadPartCommandOutput,
  UploadPartCopyCommandInput,
  UploadPartCopyCommandOutput,
} from "@aws-sdk/client-s3";
import * as Answer from "../answer.ts";
import type { Written } from "../body.ts";
import * as Bucket from "../bucket.ts";
import type { Algorithm } from "../checksum.ts";
import { parseSource, requireKey } from "../key.ts";
import { permit } from "../permission.ts";
import { checkSource } from "../precondition.ts";
import * as Range from "../range.ts";
import { digest, type Incoming, receive } from "../receive.ts";
import { entityTooLarge, invalidArgument, invalidRequest } from "../refusals.ts";
import type { Ask, Shelf } from "../shelf.ts";
import { refuseUnkept } from "../traits.ts";
import * as Upload from "../upload.ts";
import * as Version from "../version.ts";
import { openSource } from "./copy-object.ts";

export type PartInput = Omit<UploadPartCommandInput, "Body" | "ContentLength"> & Incoming;

/** Keeps one part as a file of its own; it is never glued to the others. */
export async function uploadPart(
  shelf: Shelf,
  ask: Ask,
  input: PartInput,
): Promise<Omit<UploadPartCommandOutput, "$metadata">> {
  const upload = open(shelf, ask, input, "UploadPart");
  const expected = upload.checksum?.algorithm;
  const { written, given } = await receive(shelf, input, (algorithm) => {
    if (expected && algorithm && algorithm !== expected) {
      throw invalidRequest(
        `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${algorithm.toLowerCase()}`,
      );
    }
    return [expected ?? "CRC64NVME"];
  });
  const kept = keep(shelf, upload, input.PartNumber ?? 0, written);
  const told = expected ?? given;
  return {
    ETag: Answer.quoted(kept.md5),
    ...(told ? { [`Checksum${told}`]: digest(written, told) } : {}),
    ServerSideEncryption: "AES256",
  };
}

/** A part that comes from an object which is here already, or from a stretch of it. */
export async function uploadPartCopy(
  shelf: Shelf,
  ask: Ask,
  input: UploadPartCopyCommandInput,
): Promise<Omit<UploadPartCopyCommandOutput, "$metadata">> {
  const upload = open(shelf, ask, input, "UploadPartCopy");
  const source = openSource(shelf, ask, parseSource(input.CopySource ?? ""));
  checkSource(input, source, shelf.cloud.now());
  const { first, last } = input.CopySourceRange
    ? Range.parseCopy(input.CopySourceRange, source.sizeBytes)
    : { first: 0, last: source.sizeBytes - 1 };
  if (last - first >= MAX_BYTES) throw entityTooLarge(MAX_BYTES);
  const algorithm: Algorithm = upload.checksum?.algorithm ?? "CRC64NVME";
  const slices = Version.slices(Version.pieces(shelf, source), first, last);
  const written = await shelf.bodies.write(shelf.bodies.read(slices), [algorithm]);
  const kept = keep(shelf, upload, input.PartNumber ?? 0, written);
  return {
    CopyPartResult: {
      ETag: Answer.quoted(kept.md5),
      LastModified: new Date(kept.storedAtMs),
      ...(upload.checksum ? { [`Checksum${algorithm}`]: digest(written, algorithm) } : {}),
    },
    CopySourceVersionId: Answer.shownVersion(shelf, source),
    ServerSideEncryption: "AES256",
  };
}

function open(
  shelf: Shelf,
  ask: Ask,
  input: {
    Bucket: string | undefined;
    Key: string | undefined;
    UploadId: string | undefined;
    PartNumber: number | undefined;
  },
  operation: string,
): Upload.Upload {
  const key = requireKey(input.Key);
  const { name } = Bucket.require(shelf, input.Bucket);
  refuseUnkept(operation, input);
  // A part makes no object, so a policy that wants conditional creations must let it pass.
  const context = { "s3:ObjectCreationOperation": "false" };
  permit(shelf, ask, { action: "PutObject", bucket: name, key, input, context });
  const number = input.PartNumber ?? Number.NaN;
  if (!(Number.isInteger(number) && number >= 1 && number <= 10_000)) {
    throw invalidArgument(
      "Part number must be an integer between 1 and 10000, inclusive",
      "partNumber",
      String(input.PartNumber),
    );
  }
  return Upload.require(shelf, name, key, input.UploadId);
}

function keep(shelf: Shelf, upload: Upload.Upload, number: number, written: Written): Upload.Part {
  const part: Upload.Part = {
    number,
    file: written.file,
    sizeBytes: written.sizeBytes,
    md5: written.md5.toString("hex"),
    checksum: digest(written, upload.checksum?.algorithm ?? "CRC64NVME"),
    storedAtMs: shelf.cloud.now(),
  };
  Upload.keep(shelf, upload, part);
  return part;
}

/** Source: Amazon S3 user guide, multipart limits. */
const MAX_BYTES = 5 * 1024 ** 3;
