import { randomUUID, timingSafeEqual } from "node:crypto";
import type {
  CreateSecretCommandOutput,
  PutSecretValueCommandOutput,
  UpdateSecretCommandOutput,
  UpdateSecretVersionStageCommandOutput,
} from "@aws-sdk/client-secrets-manager";
import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import type { Safe, Value } from "./safe.ts";
import type { SecretRow } from "./tables.ts";

export function createSecret(safe: Safe, input: Input) {
  const { Name: name, Description = null, KmsKeyId = null, Tags = [] } = input;
  if (typeof name !== "string" || !/^[\w/+=.@-]{1,512}$/.test(name)) {
    throw new Refusal(
      "ValidationException",
      "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
    );
  }
  const value = readValue(input);
  const { store, now } = safe.cloud;
  return store.transaction(() => {
    const there = safe.find(name);
    if (there) {
      const asked = input.ClientRequestToken;
      if (
        there.gone_ms === null &&
        value &&
        typeof asked === "string" &&
        isSame(safe, there.arn, asked, value)
      ) {
        return { ARN: there.arn, Name: name, VersionId: asked };
      }
      throw there.gone_ms === null
        ? new Refusal(
            "ResourceExistsException",
            `The operation failed because the secret ${name} already exists.`,
          )
        : new Refusal(
            "InvalidRequestException",
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
          );
    }
    const arn = safe.arnOf(name);
    store.run(
      "INSERT INTO secrets (name, arn, description, kms_key, tags, created_ms, changed_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
      name,
      arn,
      Description,
      KmsKeyId,
      JSON.stringify(Tags),
      now(),
      now(),
    );
    const version = value && addVersion(safe, arn, input, value, ["AWSCURRENT"]);
    return { ARN: arn, Name: name, ...(version ? { VersionId: version } : {}) };
  }) satisfies Omit<CreateSecretCommandOutput, "$metadata">;
}

export function putSecretValue(safe: Safe, input: Input) {
  const value = readValue(input);
  if (!value) {
    throw new Refusal(
      "InvalidRequestException",
      "You must provide either SecretString or SecretBinary.",
    );
  }
  const wanted: string[] = input.VersionStages ?? ["AWSCURRENT"];
  return safe.cloud.store.transaction(() => {
    const secret = safe.requireLive(input.SecretId);
    const id = addVersion(safe, secret.arn, input, value, wanted);
    touch(safe, secret);
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: id,
      VersionStages: stagesOf(safe, secret.arn, id),
    };
  }) satisfies Omit<PutSecretValueCommandOutput, "$metadata">;
}

export function updateSecret(safe: Safe, input: Input) {
  const value = readValue(input);
  return safe.cloud.store.transaction(() => {
    const secret = safe.requireLive(input.SecretId);
    safe.cloud.store.run(
      "UPDATE secrets SET description = ?, kms_key = ? WHERE arn = ?",
      input.Description ?? secret.description,
      input.KmsKeyId ?? secret.kms_key,
      secret.arn,
    );
    const id = value && addVersion(safe, secret.arn, input, value, ["AWSCURRENT"]);
    touch(safe, secret);
    return { ARN: secret.arn, Name: secret.name, ...(id ? { VersionId: id } : {}) };
  }) satisfies Omit<UpdateSecretCommandOutput, "$metadata">;
}

/** Moves a stage by hand, as a rotation does at its end. */
export function updateSecretVersionStage(safe: Safe, input: Input) {
  const { VersionStage: stage, MoveToVersionId: to, RemoveFromVersionId: from } = input;
  return safe.cloud.store.transaction(() => {
    const secret = safe.requireLive(input.SecretId);
    const at = safe.stages(secret.arn).get(stage);
    if (at !== from && at !== to) {
      throw new Refusal(
        "InvalidParameterException",
        `The staging label ${stage} is currently attached to version ${at ?? "none"}, so you must explicitly reference that version in RemoveFromVersionId.`,
      );
    }
    if (to === undefined && stage === "AWSCURRENT") {
      throw new Refusal(
        "InvalidParameterException",
        "You can only move AWSCURRENT to another version.",
      );
    }
    if (to !== undefined && !safe.version(secret.arn, to)) {
      throw new Refusal("InvalidParameterException", `There is no version ${to}.`);
    }
    moveStage(safe, secret.arn, stage, to);
    touch(safe, secret);
    return { ARN: secret.arn, Name: secret.name };
  }) satisfies Omit<UpdateSecretVersionStageCommandOutput, "$metadata">;
}

/** Adds a value under the token's id. The same again is the same version; another under it is refused. */
function addVersion(safe: Safe, arn: string, input: Input, value: Value, wanted: string[]): string {
  const id: unknown = input.ClientRequestToken ?? randomUUID();
  if (typeof id !== "string" || id.length < 32 || id.length > 64) {
    throw new Refusal(
      "InvalidParameterException",
      "ClientRequestToken must be 32 to 64 characters long.",
    );
  }
  if (safe.version(arn, id)) {
    if (isSame(safe, arn, id, value)) return id;
    throw new Refusal(
      "ResourceExistsException",
      "A resource with the ID you requested already exists.",
    );
  }
  safe.putVersion(arn, id, value);
  for (const stage of wanted) moveStage(safe, arn, stage, id);
  dropOld(safe, arn);
  return id;
}

/** What stops being current becomes the previous one. */
function moveStage(safe: Safe, arn: string, stage: string, id: string | undefined): void {
  const before = safe.stages(arn).get(stage);
  if (before === id) return;
  safe.setStage(arn, stage, id);
  if (stage === "AWSCURRENT" && before !== undefined) safe.setStage(arn, "AWSPREVIOUS", before);
}

/** Values without a stage are deprecated, and only so many versions are kept. */
function dropOld(safe: Safe, arn: string): void {
  const kept = new Set(safe.stages(arn).values());
  for (const { id } of safe.versions(arn).slice(MAX_VERSIONS)) {
    if (!kept.has(id))
      safe.cloud.store.run("DELETE FROM secret_versions WHERE arn = ? AND id = ?", arn, id);
  }
}

function isSame(safe: Safe, arn: string, id: string, value: Value): boolean {
  const version = safe.version(arn, id);
  if (!version) return false;
  const { kind, bytes } = safe.open(version);
  return (
    kind === value.kind &&
    bytes.length === value.bytes.length &&
    timingSafeEqual(bytes, value.bytes)
  );
}

function readValue(input: Input): Value | undefined {
  const { SecretString: text, SecretBinary: binary } = input;
  if (text === undefined && binary === undefined) return undefined;
  if (text !== undefined && binary !== undefined) {
    throw new Refusal(
      "InvalidParameterException",
      "You can't specify both a binary secret value and a string secret value.",
    );
  }
  // Bytes come as bytes from inside and in base64 from the wire.
  const bytes =
    typeof text === "string"
      ? Buffer.from(text)
      : typeof binary === "string"
        ? Buffer.from(binary, "base64")
        : Buffer.from(binary ?? []);
  if (bytes.length === 0 || bytes.length > MAX_VALUE_BYTES) {
    throw new Refusal(
      "InvalidParameterException",
      `A secret value has 1 to ${MAX_VALUE_BYTES} bytes.`,
    );
  }
  return { kind: text === undefined ? "bytes" : "text", bytes };
}

export function stagesOf(safe: Safe, arn: string, id: string): string[] {
  return [...safe.stages(arn)].filter(([, at]) => at === id).map(([stage]) => stage);
}

function touch(safe: Safe, secret: SecretRow): void {
  safe.cloud.store.run(
    "UPDATE secrets SET changed_ms = ? WHERE arn = ?",
    safe.cloud.now(),
    secret.arn,
  );
}

/** Source: AWS Secrets Manager quotas. */
const MAX_VALUE_BYTES = 65_536;
const MAX_VERSIONS = 100;
