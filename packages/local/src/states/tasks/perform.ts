import { randomUUID } from "node:crypto";
import type { Caller } from "../../kernel/caller.ts";
import type { Cloud } from "../../kernel/cloud.ts";
import { NotPretended, Refusal } from "../../kernel/refusal.ts";
import { runtime, StateFailed, tooLarge } from "../failure.ts";
import { bytesOf, DATA_LIMIT_BYTES, isObject, type Json, type JsonObject } from "../json.ts";
import { invoke, invokeFunction } from "./lambda.ts";
import { failureOf, namesOf } from "./names.ts";
import { parseResource, type Resource } from "./resource.ts";
import { asText, decapitalised, toJson } from "./shape.ts";

export interface Order {
  resource: string;
  given: Json;
  roleArn: string;
  /** The role that `Credentials` names, for this task alone. */
  credentials?: string;
  executionArn: string;
  machineArn: string;
}

/**
 * Makes the call that a task stands for, under the machine's role.
 *
 * @throws StateFailed with the name that a Catch may use
 */
export async function perform(cloud: Cloud, order: Order): Promise<Json> {
  const resource = parseResource(order.resource);
  if (resource.kind === "refused") throw runtime(`The laptop does not do ${resource.what}.`);
  const result =
    resource.kind === "function"
      ? await guarded("lambda", false, () =>
          invokeFunction(cloud, callerFor(cloud, order), resource.arn, order.given),
        )
      : await guarded(resource.service, resource.sdk, () => integrate(cloud, order, resource));
  if (bytesOf(result) > DATA_LIMIT_BYTES) {
    throw tooLarge(resource.kind === "function" ? resource.arn : resource.service, false);
  }
  return result;
}

function callerFor(cloud: Cloud, order: Order): Caller {
  const { roleArn, credentials = roleArn } = order;
  const context = { "aws:SourceArn": order.machineArn, "aws:SourceAccount": cloud.accountId };
  const machine = cloud.iam.assume(roleArn, "states.amazonaws.com", context);
  if (credentials === roleArn) return machine;
  machine.check({ action: "sts:AssumeRole", resource: credentials });
  return cloud.iam.assume(credentials, "states.amazonaws.com", context);
}

async function integrate(
  cloud: Cloud,
  order: Order,
  resource: Extract<Resource, { kind: "service" }>,
): Promise<Json> {
  const { service, action, sdk } = resource;
  const names = namesOf(service, sdk);
  const given = isObject(order.given) ? order.given : {};
  if (service === "lambda" && !sdk) return invoke(cloud, callerFor(cloud, order), given);
  const told = service === "events" && !sdk ? withOrigin(given, order) : given;
  const paths = TEXTS[names.service] ?? [];
  const shaped = paths.reduce((value, path) => asText(value, path) as JsonObject, told);
  const operation = action.charAt(0).toUpperCase() + action.slice(1);
  const input = names.camel ? decapitalised(shaped) : shaped;
  const output = await cloud.call(names.service, operation, input, callerFor(cloud, order));
  const answer = toJson(output ?? {}, names.camel === true);
  if (service === "events" && !sdk) refuseFailedEntries(answer);
  return answer;
}

/** Members that a service wants as text and a definition may give as a value. */
const TEXTS: Record<string, string[][]> = {
  sqs: [["MessageBody"]],
  sns: [["Message"]],
  states: [["Input"], ["Output"]],
  events: [["Entries", "*", "Detail"]],
  lambda: [["Payload"]],
};

/** `events:putEvents` says which execution an event comes from. */
function withOrigin(given: JsonObject, { executionArn, machineArn }: Order): JsonObject {
  const entries = Array.isArray(given.Entries) ? given.Entries.filter(isObject) : [];
  const Entries = entries.map((entry) => {
    const named = Array.isArray(entry.Resources) ? entry.Resources : [];
    return { ...entry, Resources: [...named, executionArn, machineArn] };
  });
  return { ...given, Entries };
}

function refuseFailedEntries(answer: Json): void {
  if (!isObject(answer) || !answer.FailedEntryCount) return;
  throw new StateFailed({ error: "EventBridge.FailedEntry", cause: JSON.stringify(answer) });
}

async function guarded(service: string, sdk: boolean, call: () => Promise<Json>): Promise<Json> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof StateFailed) throw error;
    if (error instanceof NotPretended) throw runtime(error.message);
    const names = namesOf(service, sdk);
    if (error instanceof Refusal) {
      throw new StateFailed(failureOf(error, names, sdk, randomUUID()));
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new StateFailed({
      error: `${names.prefix}.SdkClientException`,
      cause: `Unable to execute HTTP request: ${why}`,
    });
  }
}
