import { fileURLToPath } from "node:url";
import type { Cloud } from "../kernel/cloud.ts";
import { anyone } from "../kernel/testing.ts";
import type { FunctionDefinition } from "./function.ts";

/** A definition of one of the handlers in `fixtures`, named after its export. */
export function fixture(
  exportName: string,
  more: Partial<FunctionDefinition> = {},
): FunctionDefinition {
  const name = more.name ?? exportName;
  return {
    name,
    arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    roleArn: `arn:aws:iam::000000000000:role/${name}`,
    entry: fileURLToPath(new URL("./fixtures/handlers", import.meta.url)),
    exportName,
    environment: {},
    links: {},
    timeoutSeconds: 10,
    memoryMb: 128,
    ...more,
  };
}

export interface Answered {
  status: number;
  result: unknown;
  error: string | undefined;
  log: string;
}

/** Invokes and reads the answer. */
export async function ask(
  cloud: Cloud,
  FunctionName: string,
  event: unknown = {},
  more: object = {},
): Promise<Answered> {
  const answer = await cloud.call<{
    StatusCode: number;
    Payload: Uint8Array;
    FunctionError?: string;
    LogResult?: string;
  }>("lambda", "Invoke", { FunctionName, Payload: JSON.stringify(event), ...more }, anyone);
  const text = Buffer.from(answer.Payload).toString();
  return {
    status: answer.StatusCode,
    result: text === "" ? undefined : JSON.parse(text),
    error: answer.FunctionError,
    log: Buffer.from(answer.LogResult ?? "", "base64").toString(),
  };
}
