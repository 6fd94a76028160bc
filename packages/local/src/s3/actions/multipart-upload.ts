import type {
  AbortMultipartUploadCommandInput,
  CreateMultipartUploadCommandInput,
  CreateMultipartUploadCommandOutput,
} from "@aws-sdk/client-s3";
import * as Bucket from "../bucket.ts";
import { asked, typeFor } from "../checksum.ts";
import { requireKey } from "../key.ts";
import { permit } from "../permission.ts";
import { invalidRequest } from "../refusals.ts";
import type { Ask, Shelf } from "../shelf.ts";
import * as Traits from "../traits.ts";
import * as Upload from "../upload.ts";

type CreateInput = Omit<CreateMultipartUploadCommandInput, "Expires"> & {
  Expires?: Date | string | undefined;
};

/** What the object will be is said now; it is there once the upload is completed. */
export function createMultipartUpload(
  shelf: Shelf,
  ask: Ask,
  input: CreateInput,
): Omit<CreateMultipartUploadCommandOutput, "$metadata"> {
  const key = requireKey(input.Key);
  const { name } = Bucket.require(shelf, input.Bucket);
  const traits = Traits.parse("CreateMultipartUpload", input);
  const context = { "s3:ObjectCreationOperation": "false" };
  permit(shelf, ask, { action: "PutObject", bucket: name, key, input, context });
  if (input.Tagging) permit(shelf, ask, { action: "PutObjectTagging", bucket: name, key, input });
  const algorithm = asked({ ChecksumAlgorithm: input.ChecksumAlgorithm })?.algorithm;
  if (input.ChecksumType !== undefined && !algorithm) {
    throw invalidRequest(
      "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    );
  }
  const checksum = algorithm && { algorithm, type: typeFor(algorithm, input.ChecksumType) };
  const upload = Upload.begin(shelf, name, key, traits, checksum);
  return {
    Bucket: name,
    Key: key,
    UploadId: upload.id,
    ServerSideEncryption: "AES256",
    ...(checksum ? { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type } : {}),
  };
}

/** Forgets an upload and its parts. */
export function abortMultipartUpload(
  shelf: Shelf,
  ask: Ask,
  input: AbortMultipartUploadCommandInput,
): object {
  const key = requireKey(input.Key);
  const { name } = Bucket.require(shelf, input.Bucket);
  permit(shelf, ask, { action: "AbortMultipartUpload", bucket: name, key, input });
  const upload = Upload.require(shelf, name, key, input.UploadId);
  shelf.cloud.store.transaction(() => Upload.end(shelf, upload.id));
  return {};
}
