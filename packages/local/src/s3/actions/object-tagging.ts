import type {
  DeleteObjectTaggingCommandInput,
  GetObjectTaggingCommandInput,
  GetObjectTaggingCommandOutput,
  PutObjectTaggingCommandInput,
} from "@aws-sdk/client-s3";
import * as Answer from "../answer.ts";
import * as Bucket from "../bucket.ts";
import { requireKey } from "../key.ts";
import { missing, permit } from "../permission.ts";
import { malformedXml, methodNotAllowed, noSuchVersion } from "../refusals.ts";
import type { Ask, Shelf } from "../shelf.ts";
import { checkTags } from "../traits.ts";
import * as Version from "../version.ts";

interface Named {
  Bucket: string | undefined;
  Key: string | undefined;
  VersionId?: string | undefined;
}

export function getObjectTagging(
  shelf: Shelf,
  ask: Ask,
  input: GetObjectTaggingCommandInput,
): Omit<GetObjectTaggingCommandOutput, "$metadata"> {
  const version = find(shelf, ask, input, "Get");
  const TagSet = version.traits.tags.toSorted((a, b) => ((a.Key ?? "") < (b.Key ?? "") ? -1 : 1));
  return { TagSet, VersionId: Answer.shownVersion(shelf, version) };
}

export function putObjectTagging(
  shelf: Shelf,
  ask: Ask,
  input: PutObjectTaggingCommandInput,
): { VersionId: string | undefined } {
  const version = find(shelf, ask, input, "Put");
  if (!input.Tagging?.TagSet) throw malformedXml();
  Version.setTags(shelf, version, checkTags(input.Tagging.TagSet, 10, "Object"));
  return { VersionId: Answer.shownVersion(shelf, version) };
}

export function deleteObjectTagging(
  shelf: Shelf,
  ask: Ask,
  input: DeleteObjectTaggingCommandInput,
): { VersionId: string | undefined } {
  const version = find(shelf, ask, input, "Delete");
  Version.setTags(shelf, version, []);
  return { VersionId: Answer.shownVersion(shelf, version) };
}

function find(shelf: Shelf, ask: Ask, input: Named, verb: "Get" | "Put" | "Delete") {
  const key = requireKey(input.Key);
  const { name } = Bucket.require(shelf, input.Bucket);
  const id = input.VersionId;
  const version =
    id === undefined ? Version.latest(shelf, name, key) : Version.byId(shelf, name, key, id);
  const action = `${verb}Object${id === undefined ? "" : "Version"}Tagging`;
  permit(shelf, ask, { action, bucket: name, key, input, version });
  if (!version) throw id === undefined ? missing(shelf, ask, name, key) : noSuchVersion(key, id);
  if (version.marker) throw methodNotAllowed(verb.toUpperCase());
  return version;
}
