import { readPattern } from "../events/pattern.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { MessageAttributes } from "../sqs/message.ts";
import { invalid } from "./refusals.ts";

export type FilterScope = "MessageAttributes" | "MessageBody";

/**
 * Checks a filter policy: EventBridge's patterns without wildcards, and without nesting when it is
 * about attributes.
 *
 * @throws Refusal `InvalidParameter`
 */
export function checkFilter(text: string, scope: FilterScope): void {
  if (isEmpty(text)) return;
  try {
    readPattern(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw invalid(
      `FilterPolicy: ${error.message.replace("Event pattern is not valid. Reason: ", "")}`,
    );
  }
  const policy = JSON.parse(text, (key, value: unknown) => {
    if (key === "wildcard" && typeof value === "string") {
      throw invalid("FilterPolicy: Unrecognized match type wildcard");
    }
    return value;
  }) as Record<string, unknown>;
  if (
    scope === "MessageAttributes" &&
    Object.values(policy).some((value) => !Array.isArray(value))
  ) {
    throw invalid(
      "FilterPolicy: Filter policy scope MessageAttributes does not support nested filter policy",
    );
  }
}

/** Whether a subscription wants a message. */
export function wants(
  filter: string | undefined,
  scope: FilterScope,
  message: string,
  attributes: MessageAttributes,
): boolean {
  if (!filter || isEmpty(filter)) return true;
  const seen = scope === "MessageBody" ? objectOf(message) : valuesOf(attributes);
  return seen !== undefined && readPattern(filter).matches(seen);
}

const isEmpty = (text: string) => /^\s*(\{\s*\})?\s*$/.test(text);

function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Attributes as a filter sees them: numbers as numbers, arrays as arrays, bytes not at all. */
function valuesOf(attributes: MessageAttributes): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, { DataType, StringValue = "" }] of Object.entries(attributes)) {
    if (DataType === "String.Array") found[name] = objectOf(StringValue) ?? StringValue;
    else if (DataType.startsWith("Number")) found[name] = Number(StringValue);
    else if (!DataType.startsWith("Binary")) found[name] = StringValue;
  }
  return found;
}
