import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import { type Seal, sealWith } from "./seal.ts";
import { makeTables, type SecretRow, type VersionRow } from "./tables.ts";

/** A value as a caller gives or gets it. */
export type Value = { kind: "text"; bytes: Buffer } | { kind: "bytes"; bytes: Buffer };

/** Where secrets lie: what every action stands on. */
export interface Safe {
  cloud: Cloud;
  /** The ARN that a name has or would have. */
  arnOf(name: string): string;
  /**
   * Finds a secret by name or ARN.
   *
   * @throws Refusal `ResourceNotFoundException`
   */
  require(secretId: unknown): SecretRow;
  find(secretId: unknown): SecretRow | undefined;
  /** As `require`, for what a deleted secret refuses. */
  requireLive(secretId: unknown): SecretRow;
  versions(arn: string): VersionRow[];
  version(arn: string, id: string): VersionRow | undefined;
  /** stage to version id */
  stages(arn: string): Map<string, string>;
  setStage(arn: string, stage: string, id: string | undefined): void;
  putVersion(arn: string, id: string, value: Value): void;
  open(version: VersionRow): Value;
  /** Removes a secret with all its values. */
  forget(arn: string): void;
}

export function openSafe(cloud: Cloud): Safe {
  const { store } = cloud;
  makeTables(store);
  const seal: Seal = sealWith(cloud.iam.secretFor("secrets at rest"));
  const prefix = `arn:aws:secretsmanager:${cloud.region}:${cloud.accountId}:secret:`;
  const forget = (arn: string) =>
    store.transaction(() => {
      for (const table of ["secret_stages", "secret_versions", "secrets"]) {
        store.run(`DELETE FROM ${table} WHERE arn = ?`, arn);
      }
    });

  const safe: Safe = {
    cloud,
    // AWS ends an ARN with six random letters; here the graph's ARNs hold, which have none.
    arnOf: (name) => `${prefix}${name}`,
    find(secretId) {
      if (typeof secretId !== "string" || secretId === "") {
        throw new Refusal("ValidationException", "SecretId must be a name or an ARN.");
      }
      const name = secretId.startsWith(prefix) ? secretId.slice(prefix.length) : secretId;
      const found = store.get<SecretRow>("SELECT * FROM secrets WHERE name = ?", name);
      if (!found || found.gone_ms === null || found.gone_ms > cloud.now()) return found;
      forget(found.arn);
      return undefined;
    },
    require(secretId) {
      const found = safe.find(secretId);
      if (found) return found;
      throw notFound("Secrets Manager can't find the specified secret.");
    },
    requireLive(secretId) {
      const found = safe.require(secretId);
      if (found.gone_ms === null) return found;
      throw new Refusal(
        "InvalidRequestException",
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    },
    versions: (arn) =>
      store.all<VersionRow>(
        "SELECT * FROM secret_versions WHERE arn = ? ORDER BY created_ms DESC, id",
        arn,
      ),
    version: (arn, id) =>
      store.get<VersionRow>("SELECT * FROM secret_versions WHERE arn = ? AND id = ?", arn, id),
    stages: (arn) =>
      new Map(
        store
          .all<{ stage: string; id: string }>(
            "SELECT stage, id FROM secret_stages WHERE arn = ? ORDER BY stage",
            arn,
          )
          .map(({ stage, id }) => [stage, id]),
      ),
    setStage(arn, stage, id) {
      if (id === undefined) {
        store.run("DELETE FROM secret_stages WHERE arn = ? AND stage = ?", arn, stage);
      } else {
        store.run(
          "INSERT OR REPLACE INTO secret_stages (arn, stage, id) VALUES (?, ?, ?)",
          arn,
          stage,
          id,
        );
      }
    },
    putVersion: (arn, id, { kind, bytes }) =>
      void store.run(
        "INSERT INTO secret_versions (arn, id, created_ms, kind, sealed) VALUES (?, ?, ?, ?, ?)",
        arn,
        id,
        cloud.now(),
        kind,
        seal.close(bytes, `${arn} ${id}`),
      ),
    open: ({ arn, id, kind, sealed }) => ({ kind, bytes: seal.open(sealed, `${arn} ${id}`) }),
    forget,
  };
  return safe;
}

export function notFound(message: string): Refusal {
  return new Refusal("ResourceNotFoundException", message);
}
