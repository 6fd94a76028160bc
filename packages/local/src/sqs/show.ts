import { Refusal } from "../kernel/refusal.ts";
import type { Queue } from "./queues.ts";

/**
 * The attributes of a queue that somebody asked for.
 *
 * @throws Refusal `InvalidAttributeName`
 */
export function attributesOf(
  queue: Queue,
  count: { visible: number; inFlight: number; delayed: number },
  wanted: readonly string[],
): Record<string, string> {
  const all: Record<string, string> = {
    ...queue.attributes,
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(count.visible),
    ApproximateNumberOfMessagesNotVisible: String(count.inFlight),
    ApproximateNumberOfMessagesDelayed: String(count.delayed),
    CreatedTimestamp: String(Math.floor(queue.createdMs / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedMs / 1000)),
  };
  if (wanted.includes("All")) return all;
  const found: Record<string, string> = {};
  for (const name of wanted) {
    const value = all[name];
    if (value !== undefined) found[name] = value;
    else if (!OPTIONAL.has(name)) {
      throw new Refusal("InvalidAttributeName", `Unknown Attribute ${name}.`);
    }
  }
  return found;
}

/** Attributes that exist and that a queue may be without. */
const OPTIONAL = new Set([
  "ContentBasedDeduplication",
  "DeduplicationScope",
  "FifoQueue",
  "FifoThroughputLimit",
  "KmsDataKeyReusePeriodSeconds",
  "KmsMasterKeyId",
  "Policy",
  "RedriveAllowPolicy",
  "RedrivePolicy",
]);

/** A page of names in order; the token is the last name of the page before. */
export function page(
  names: readonly string[],
  most: number | undefined,
  token: string | undefined,
): { items: string[]; next: string | undefined } {
  const after = token === undefined ? "" : Buffer.from(token, "base64url").toString();
  const rest = names.filter((name) => name > after);
  const items = rest.slice(0, most ?? 1000);
  const last = items.at(-1);
  // Without MaxResults there is no token, however many there are.
  const more = most !== undefined && rest.length > items.length && last !== undefined;
  return { items, next: more ? Buffer.from(last).toString("base64url") : undefined };
}
