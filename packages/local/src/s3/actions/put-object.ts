import type { PutObjectCommandInput, PutObjectCommandOutput } from "@aws-sdk/client-s3";
import * as Answer from "../answer.ts";
import * as Bucket from "../bucket.ts";
import { members } from "../checksum.ts";
import { commit } from "../commit.ts";
import type { CreationReason } from "../event.ts";
import { requireKey } from "../key.ts";
import { permit } from "../permission.ts";
import { checkWrite } from "../precondition.ts";
import { digest, type Incoming, receive } from "../receive.ts";
import type { Ask, Shelf } from "../shelf.ts";
import * as Traits from "../traits.ts";
import * as Version from "../version.ts";

export type PutInput = Omit<PutObjectCommandInput, "Body" | "ContentLength" | "Expires"> &
  Incoming & { Expires?: Date | string | undefined };

/** Stores an object. The condition is tried before the body is read, and decided after. */
export async function putObject(
  shelf: Shelf,
  ask: Ask,
  input: PutInput,
  reason: CreationReason = "PutObject",
): Promise<Omit<PutObjectCommandOutput, "$metadata">> {
  const key = requireKey(input.Key);
  const { name } = Bucket.require(shelf, input.Bucket);
  const traits = Traits.parse("PutObject", input);
  const context = { "s3:ObjectCreationOperation": "true" };
  permit(shelf, ask, { action: "PutObject", bucket: name, key, input, context });
  if (input.Tagging) permit(shelf, ask, { action: "PutObjectTagging", bucket: name, key, input });
  checkWrite(input, key, Version.latest(shelf, name, key));

  const { written, given } = await receive(shelf, input, (algorithm) =>
    algorithm ? [] : ["CRC64NVME"],
  );
  const algorithm = given ?? "CRC64NVME";
  const checksum = { algorithm, type: "FULL_OBJECT", value: digest(written, algorithm) } as const;
  const version = commit(
    shelf,
    ask,
    name,
    {
      key,
      sizeBytes: written.sizeBytes,
      etag: written.md5.toString("hex"),
      traits: { ...traits, checksum },
      pieces: [{ number: 1, file: written.file, sizeBytes: written.sizeBytes }],
    },
    { conditions: input, reason },
  );
  return {
    ETag: Answer.quoted(version.etag),
    ...members(checksum),
    ...Answer.stored(shelf, version),
  };
}
