import type {
  DeleteSecretCommandOutput,
  RestoreSecretCommandOutput,
} from "@aws-sdk/client-secrets-manager";
import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import type { Safe } from "./safe.ts";

/** Takes a secret out of use now, and for good when its days of grace are over. */
export function deleteSecret(safe: Safe, input: Input) {
  const { RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force } = input;
  if (force && days !== undefined) {
    throw new Refusal(
      "InvalidParameterException",
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  if (days !== undefined && !(Number.isInteger(days) && days >= 7 && days <= 30)) {
    throw new Refusal(
      "InvalidParameterException",
      "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
    );
  }
  const now = safe.cloud.now();
  if (force) {
    const secret = safe.find(input.SecretId);
    if (secret) safe.forget(secret.arn);
    const name = secret?.name ?? String(input.SecretId);
    return answer({ arn: secret?.arn ?? safe.arnOf(name), name }, now);
  }
  const secret = safe.requireLive(input.SecretId);
  const goneMs = now + (days ?? 30) * DAY_MS;
  safe.cloud.store.run(
    "UPDATE secrets SET gone_ms = ?, changed_ms = ? WHERE arn = ?",
    goneMs,
    now,
    secret.arn,
  );
  return answer(secret, goneMs);
}

export function restoreSecret(safe: Safe, input: Input) {
  const secret = safe.require(input.SecretId);
  safe.cloud.store.run("UPDATE secrets SET gone_ms = NULL WHERE arn = ?", secret.arn);
  return { ARN: secret.arn, Name: secret.name } satisfies Omit<
    RestoreSecretCommandOutput,
    "$metadata"
  >;
}

function answer(secret: { arn: string; name: string }, goneMs: number) {
  return {
    ARN: secret.arn,
    Name: secret.name,
    DeletionDate: new Date(goneMs),
  } satisfies Omit<DeleteSecretCommandOutput, "$metadata">;
}

const DAY_MS = 86_400_000;
