import type { Kinds } from "../kernel/kinds.ts";

/** What the members of Secrets Manager's requests are. Source: the Secrets Manager model. */
export const kinds: Kinds = {
  ClientRequestToken: "text",
  Description: "text",
  Filters: "records",
  ForceDeleteWithoutRecovery: "flag",
  ForceOverwriteReplicaSecret: "flag",
  IncludeDeprecated: "flag",
  IncludePlannedDeletion: "flag",
  Key: "text",
  KmsKeyId: "text",
  MaxResults: "number",
  MoveToVersionId: "text",
  Name: "text",
  NextToken: "text",
  RecoveryWindowInDays: "number",
  RemoveFromVersionId: "text",
  SecretId: "text",
  SecretString: "text",
  SortOrder: "text",
  Tags: "records",
  Value: "text",
  Values: "texts",
  VersionId: "text",
  VersionStage: "text",
  VersionStages: "texts",
};
