import { createHash } from "node:crypto";
import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import { type Filter, readFilter } from "./filter.ts";
import type { DeployedFunction, Functions } from "./function.ts";

/** A queue that feeds a function. */
export interface Mapping {
  uuid: string;
  eventSourceArn: string;
  functionArn: string;
  batchSize: number;
  windowSeconds: number;
  /** Batches under way at once. */
  maximumConcurrency: number | undefined;
  reportsFailures: boolean;
  filters: Filter[];
  enabled: boolean;
  changedAtMs: number;
}

/**
 * Reads CreateEventSourceMapping's input, checked as AWS checks it.
 *
 * @throws Refusal `InvalidParameterValueException`; `NotPretended` for what is not SQS
 */
export async function readMapping(
  cloud: Cloud,
  functions: Functions,
  input: Input,
): Promise<Mapping> {
  const found = functions.require(input.FunctionName);
  const eventSourceArn = String(input.EventSourceArn ?? "");
  if (!/^arn:aws[\w-]*:sqs:[\w-]+:\d{12}:[\w.-]+$/.test(eventSourceArn)) {
    const kind = eventSourceArn.split(":")[2] || "an unnamed source";
    throw new NotPretended({ service: "lambda", action: `CreateEventSourceMapping from ${kind}` });
  }
  for (const member of Object.keys(input)) {
    if (!KNOWN.has(member) && input[member] !== undefined) {
      throw new NotPretended({ service: "lambda", action: `CreateEventSourceMapping.${member}` });
    }
  }
  const mapping: Mapping = {
    uuid: uuidOf(`${eventSourceArn} ${found.arn}`),
    eventSourceArn,
    functionArn: found.arn,
    batchSize: 10,
    windowSeconds: 0,
    maximumConcurrency: undefined,
    reportsFailures: false,
    filters: [],
    enabled: true,
    changedAtMs: cloud.now(),
  };
  const wanted = changed(mapping, input, cloud.now());
  await checkQueue(cloud, found, eventSourceArn);
  return wanted;
}

/** The mapping with what an update says. */
export function changed(mapping: Mapping, input: Input, nowMs: number): Mapping {
  const types: string[] = input.FunctionResponseTypes ?? [];
  const next: Mapping = {
    ...mapping,
    batchSize: input.BatchSize ?? mapping.batchSize,
    windowSeconds: input.MaximumBatchingWindowInSeconds ?? mapping.windowSeconds,
    maximumConcurrency: input.ScalingConfig?.MaximumConcurrency ?? mapping.maximumConcurrency,
    reportsFailures: input.FunctionResponseTypes
      ? types.includes("ReportBatchItemFailures")
      : mapping.reportsFailures,
    filters: input.FilterCriteria
      ? (input.FilterCriteria.Filters ?? []).map((one: Input) => readFilter(one.Pattern))
      : mapping.filters,
    enabled: input.Enabled ?? mapping.enabled,
    changedAtMs: nowMs,
  };
  const isFifo = mapping.eventSourceArn.endsWith(".fifo");
  inRange("BatchSize", next.batchSize, 1, isFifo ? 10 : 10_000);
  inRange("MaximumBatchingWindowInSeconds", next.windowSeconds, 0, isFifo ? 0 : 300);
  if (next.maximumConcurrency !== undefined) {
    inRange("ScalingConfig.MaximumConcurrency", next.maximumConcurrency, 2, 1000);
  }
  if (next.batchSize > 10 && next.windowSeconds < 1) {
    throw invalid(
      "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
    );
  }
  return next;
}

export function describeMapping(mapping: Mapping, state: string): object {
  return {
    UUID: mapping.uuid,
    EventSourceArn: mapping.eventSourceArn,
    EventSourceMappingArn: mapping.functionArn.replace(
      /:function:.*/,
      `:event-source-mapping:${mapping.uuid}`,
    ),
    FunctionArn: mapping.functionArn,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.windowSeconds,
    FunctionResponseTypes: mapping.reportsFailures ? ["ReportBatchItemFailures"] : [],
    ...(mapping.maximumConcurrency === undefined
      ? {}
      : { ScalingConfig: { MaximumConcurrency: mapping.maximumConcurrency } }),
    ...(mapping.filters.length === 0
      ? {}
      : { FilterCriteria: { Filters: mapping.filters.map((one) => ({ Pattern: one.text })) } }),
    LastModified: new Date(mapping.changedAtMs),
    State: state,
    StateTransitionReason: "USER_INITIATED",
  };
}

/** The queue's address here. */
export function queueUrl(cloud: Cloud, arn: string): string {
  const [, , , , account, name] = arn.split(":");
  return `${cloud.origin}/${account}/${name}`;
}

async function checkQueue(cloud: Cloud, found: DeployedFunction, arn: string): Promise<void> {
  const actor = found.actor();
  for (const action of ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]) {
    try {
      actor.check({ action: `sqs:${action}`, resource: arn });
    } catch (error) {
      throw new Refusal(
        "InvalidParameterValueException",
        `The provided execution role does not have permissions to call ${action} on SQS (${found.name}, ${arn})`,
        { cause: error, about: { Type: "User" } },
      );
    }
  }
  const { Attributes } = await cloud.call<{ Attributes?: Record<string, string> }>(
    "sqs",
    "GetQueueAttributes",
    { QueueUrl: queueUrl(cloud, arn), AttributeNames: ["VisibilityTimeout"] },
    actor,
  );
  const visibleAfter = Number(Attributes?.VisibilityTimeout ?? 30);
  if (visibleAfter < found.timeoutSeconds) {
    throw invalid(
      `Queue visibility timeout: ${visibleAfter} seconds is less than Function timeout: ${found.timeoutSeconds} seconds`,
    );
  }
}

function inRange(name: string, value: unknown, least: number, most: number): void {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return;
  throw invalid(`${name} must be a whole number from ${least} to ${most}, not ${String(value)}`);
}

function invalid(message: string): Refusal {
  return new Refusal("InvalidParameterValueException", message, { about: { Type: "User" } });
}

// The same queue and function are the same mapping, also after a restart.
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const KNOWN = new Set([
  "BatchSize",
  "Enabled",
  "EventSourceArn",
  "FilterCriteria",
  "FunctionName",
  "FunctionResponseTypes",
  "MaximumBatchingWindowInSeconds",
  "ScalingConfig",
]);
