import type { Cloud } from "../kernel/cloud.ts";
import { modelled } from "../kernel/kinds.ts";
import type { Input, Operation, Service } from "../kernel/service.ts";
import { kinds } from "./kinds.ts";
import { describeSecret, getSecretValue, listSecrets, listSecretVersionIds } from "./read.ts";
import { deleteSecret, restoreSecret } from "./remove.ts";
import { openSafe, type Safe } from "./safe.ts";
import { createSecret, putSecretValue, updateSecret, updateSecretVersionStage } from "./write.ts";

/** Opens Secrets Manager. Values lie sealed in the store, with a key of the data folder's own. */
export function openSecrets(cloud: Cloud): Service {
  const safe = openSafe(cloud);
  const service: Service = {
    name: "secretsmanager",
    wire: { protocol: "json", version: "1.1", target: "secretsmanager" },
    operations: modelled(
      kinds,
      Object.fromEntries(
        Object.entries(actions).map(([name, run]): [string, Operation] => [
          name,
          {
            needs: (input) => ({
              action: `secretsmanager:${name}`,
              resource: resourceOf(safe, name, input),
            }),
            run: (input) => run(safe, input),
          },
        ]),
      ),
    ),
  };
  cloud.add(service);
  return service;
}

const actions: Record<string, (safe: Safe, input: Input) => object> = {
  CreateSecret: createSecret,
  DeleteSecret: deleteSecret,
  DescribeSecret: describeSecret,
  GetSecretValue: getSecretValue,
  ListSecretVersionIds: listSecretVersionIds,
  ListSecrets: listSecrets,
  PutSecretValue: putSecretValue,
  RestoreSecret: restoreSecret,
  UpdateSecret: updateSecret,
  UpdateSecretVersionStage: updateSecretVersionStage,
};

/** What is acted on; a secret that is not there has the ARN it would have, so that nobody learns more. */
function resourceOf(safe: Safe, action: string, input: Input): string {
  if (action === "ListSecrets") return "*";
  const id = action === "CreateSecret" ? input.Name : input.SecretId;
  const found = safe.find(id);
  if (found) return found.arn;
  return String(id).startsWith("arn:") ? String(id) : safe.arnOf(String(id));
}
