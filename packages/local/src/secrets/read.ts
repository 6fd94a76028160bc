import type {
  DescribeSecretCommandOutput,
  GetSecretValueCommandOutput,
  ListSecretsCommandOutput,
  ListSecretVersionIdsCommandOutput,
  Tag,
} from "@aws-sdk/client-secrets-manager";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import { notFound, type Safe } from "./safe.ts";
import type { SecretRow } from "./tables.ts";
import { stagesOf } from "./write.ts";

export function getSecretValue(safe: Safe, input: Input) {
  const secret = safe.requireLive(input.SecretId);
  const { VersionId: asked, VersionStage: stage } = input;
  const staged = safe.stages(secret.arn).get(stage ?? "AWSCURRENT");
  const id: string | undefined = asked ?? staged;
  if (asked !== undefined && stage !== undefined && asked !== staged) {
    throw new Refusal(
      "InvalidRequestException",
      "You provided a VersionStage that is not associated to the provided VersionId.",
    );
  }
  const version = id === undefined ? undefined : safe.version(secret.arn, id);
  if (!version) {
    throw notFound(
      `Secrets Manager can't find the specified secret value for ${asked === undefined ? `staging label: ${stage ?? "AWSCURRENT"}` : `VersionId: ${asked}`}`,
    );
  }
  safe.cloud.store.run(
    "UPDATE secrets SET read_ms = ? WHERE arn = ?",
    startOfDay(safe.cloud.now()),
    secret.arn,
  );
  const { kind, bytes } = safe.open(version);
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    ...(kind === "text"
      ? { SecretString: bytes.toString() }
      : { SecretBinary: new Uint8Array(bytes) }),
    VersionStages: stagesOf(safe, secret.arn, version.id),
    CreatedDate: new Date(version.created_ms),
  } satisfies Omit<GetSecretValueCommandOutput, "$metadata">;
}

export function describeSecret(safe: Safe, input: Input) {
  const secret = safe.require(input.SecretId);
  return {
    ...described(secret),
    VersionIdsToStages: staged(safe, secret.arn),
  } satisfies Omit<DescribeSecretCommandOutput, "$metadata">;
}

export function listSecrets(safe: Safe, input: Input) {
  const filters: Array<(secret: SecretRow) => boolean> = (input.Filters ?? []).map(filter);
  const all = safe.cloud.store
    .all<SecretRow>("SELECT * FROM secrets ORDER BY created_ms, name")
    .filter(
      (secret) =>
        secret.gone_ms === null ||
        (input.IncludePlannedDeletion && secret.gone_ms > safe.cloud.now()),
    )
    .filter((secret) => filters.every((fits) => fits(secret)));
  if (input.SortOrder !== "asc") all.reverse();
  const { page, next } = cut(all, input);
  return {
    SecretList: page.map((secret) => ({
      ...described(secret),
      SecretVersionsToStages: staged(safe, secret.arn),
    })),
    ...next,
  } satisfies Omit<ListSecretsCommandOutput, "$metadata">;
}

export function listSecretVersionIds(safe: Safe, input: Input) {
  const secret = safe.require(input.SecretId);
  const versions = safe.versions(secret.arn).map((version) => ({
    VersionId: version.id,
    VersionStages: stagesOf(safe, secret.arn, version.id),
    CreatedDate: new Date(version.created_ms),
  }));
  const { page, next } = cut(
    versions.filter((version) => input.IncludeDeprecated || version.VersionStages.length > 0),
    input,
  );
  return {
    ARN: secret.arn,
    Name: secret.name,
    Versions: page,
    ...next,
  } satisfies Omit<ListSecretVersionIdsCommandOutput, "$metadata">;
}

function described(secret: SecretRow) {
  return {
    ARN: secret.arn,
    Name: secret.name,
    ...(secret.description === null ? {} : { Description: secret.description }),
    ...(secret.kms_key === null ? {} : { KmsKeyId: secret.kms_key }),
    ...(secret.read_ms === null ? {} : { LastAccessedDate: new Date(secret.read_ms) }),
    ...(secret.gone_ms === null ? {} : { DeletedDate: new Date(secret.changed_ms) }),
    LastChangedDate: new Date(secret.changed_ms),
    CreatedDate: new Date(secret.created_ms),
    Tags: JSON.parse(secret.tags) as Tag[],
  };
}

function staged(safe: Safe, arn: string): Record<string, string[]> {
  return Object.fromEntries(
    [...safe.stages(arn).values()].map((id) => [id, stagesOf(safe, arn, id)]),
  );
}

/** A filter's values are beginnings, any of which will do; one with a `!` before it must not be there. */
function filter({ Key: key, Values: values = [] }: { Key: string; Values?: string[] }) {
  const read = TEXTS.get(key);
  if (!read) throw new NotPretended({ service: "secretsmanager", action: `ListSecrets by ${key}` });
  const begins = (secret: SecretRow, value: string) =>
    read(secret).some((text) => text.startsWith(value));
  return (secret: SecretRow) =>
    values.some((value) =>
      value.startsWith("!") ? !begins(secret, value.slice(1)) : begins(secret, value),
    );
}

const tagsOf = (secret: SecretRow) => JSON.parse(secret.tags) as Tag[];

const TEXTS: ReadonlyMap<string, (secret: SecretRow) => string[]> = new Map([
  ["name", (secret) => [secret.name]],
  ["description", (secret) => [secret.description ?? ""]],
  ["tag-key", (secret) => tagsOf(secret).map((tag) => tag.Key ?? "")],
  ["tag-value", (secret) => tagsOf(secret).map((tag) => tag.Value ?? "")],
]);

function cut<T>(all: T[], input: Input): { page: T[]; next: { NextToken?: string } } {
  const from = input.NextToken === undefined ? 0 : Number(input.NextToken);
  if (!Number.isInteger(from) || from < 0) {
    throw new Refusal("InvalidNextTokenException", "The NextToken value is invalid.");
  }
  const to = from + Math.min(Number(input.MaxResults ?? 100), 100);
  return { page: all.slice(from, to), next: to < all.length ? { NextToken: String(to) } : {} };
}

/** Secrets Manager tells the day of the last reading, not the hour. */
function startOfDay(ms: number): number {
  return ms - (ms % 86_400_000);
}
