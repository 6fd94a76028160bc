import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { once } from "./once.ts";

/** The current value of a secret, as text. */
export async function secret(arn: string): Promise<string> {
  const found = await client().send(new GetSecretValueCommand({ SecretId: arn }));
  if (found.SecretString === undefined) throw new Error(`The secret ${arn} holds no text`);
  return found.SecretString;
}

const client = once(() => new SecretsManagerClient({}));
