import { randomUUID } from "node:crypto";
import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import { type Bus, momentOf, nameOfBus } from "./bus.ts";

type Outcome = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

/**
 * Puts events of the caller's own on their buses, each by itself.
 *
 * @throws Refusal `ValidationException` when the request as a whole is not acceptable
 */
export function putEvents(cloud: Cloud, bus: Bus, entries: PutEventsRequestEntry[] | undefined) {
  if (!entries || entries.length === 0 || entries.length > 10) {
    throw new Refusal(
      "ValidationException",
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${
        entries?.length ? "less than or equal to 10" : "greater than or equal to 1"
      }`,
    );
  }
  if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > MOST_BYTES) {
    throw new Refusal(
      "ValidationException",
      "Total size of the entries in the request is over the limit.",
    );
  }
  const Entries = entries.map((entry) => putOne(cloud, bus, entry));
  return { FailedEntryCount: Entries.filter((one) => "ErrorCode" in one).length, Entries };
}

function putOne(cloud: Cloud, bus: Bus, entry: PutEventsRequestEntry): Outcome {
  for (const name of ["Source", "DetailType", "Detail"] as const) {
    if (!entry[name]) {
      return {
        ErrorCode: "InvalidArgument",
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      };
    }
  }
  const { Source = "", DetailType = "", Detail = "" } = entry;
  if (/^aws\./.test(Source)) {
    return {
      ErrorCode: "NotAuthorizedForSourceException",
      ErrorMessage: "Not authorized for the source.",
    };
  }
  const detail = objectOf(Detail);
  if (!detail) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  const id = randomUUID();
  bus.put(
    {
      version: "0",
      id,
      "detail-type": DetailType,
      source: Source,
      account: cloud.accountId,
      time: momentOf(timeOf(entry.Time) ?? cloud.now()),
      region: cloud.region,
      resources: entry.Resources ?? [],
      detail,
    },
    nameOfBus(entry.EventBusName),
  );
  return { EventId: id };
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** In this process a Date, on the wire seconds since 1970. */
function timeOf(time: unknown): number | undefined {
  if (time instanceof Date) return time.getTime();
  if (typeof time === "number") return time * 1000;
  return typeof time === "string" ? new Date(time).getTime() : undefined;
}

/** Source: EventBridge user guide, event entry size: 14 bytes for a time, and all texts. */
function sizeOf(entry: PutEventsRequestEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ""), 0);
  return bytes + (entry.Time ? 14 : 0);
}

const MOST_BYTES = 1_048_576;
