import { randomBytes, randomUUID } from "node:crypto";
import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended } from "../kernel/refusal.ts";
import { checkFilter, type FilterScope } from "./filter.ts";
import { invalid, notFound } from "./refusals.ts";
import type { Topic } from "./topics.ts";

export type Protocol = "sqs" | "lambda" | "http" | "https";

export interface Subscription {
  arn: string;
  topicArn: string;
  protocol: Protocol;
  endpoint: string;
  attributes: Record<string, string>;
  isConfirmed: boolean;
  token: string;
  createdMs: number;
}

export interface Subscriptions {
  /** @throws Refusal `NotFound` */
  require(arn: unknown): Subscription;
  /** Subscribing twice is one subscription. */
  add(topic: Topic, asked: Asked): { subscription: Subscription; isNew: boolean };
  confirm(topic: Topic, token: unknown): Subscription;
  set(subscription: Subscription, name: string, value: string): void;
  remove(arn: string): void;
  removeAll(topicArn: string): void;
  list(topicArn?: string): Subscription[];
}

interface Asked {
  protocol: unknown;
  endpoint: unknown;
  attributes: Record<string, string>;
}

export function openSubscriptions(cloud: Cloud): Subscriptions {
  const { store } = cloud;
  store.schema(`
    CREATE TABLE IF NOT EXISTS sns_subscriptions (
      arn TEXT PRIMARY KEY, topic_arn TEXT NOT NULL, protocol TEXT NOT NULL, endpoint TEXT NOT NULL,
      attributes TEXT NOT NULL, confirmed INTEGER NOT NULL, token TEXT NOT NULL,
      created_ms INTEGER NOT NULL, UNIQUE (topic_arn, protocol, endpoint));
  `);
  const one = (where: string, ...values: string[]) => {
    const row = store.get<SubscriptionRow>(
      `SELECT * FROM sns_subscriptions WHERE ${where}`,
      ...values,
    );
    return row && subscriptionOf(row);
  };

  return {
    require(arn) {
      const found = one("arn = ?", String(arn ?? ""));
      if (!found) throw notFound("Subscription");
      return found;
    },
    add(topic, { protocol, endpoint, attributes }) {
      checkEndpoint(protocol, endpoint);
      checkAttributes(attributes);
      const there = one(
        "topic_arn = ? AND protocol = ? AND endpoint = ?",
        topic.arn,
        protocol,
        String(endpoint),
      );
      if (there) {
        const differs = Object.entries(attributes).some(
          ([name, value]) => (there.attributes[name] ?? "") !== value,
        );
        if (differs) {
          throw invalid("Attributes Reason: Subscription already exists with different attributes");
        }
        return { subscription: there, isNew: false };
      }
      const subscription: Subscription = {
        arn: `${topic.arn}:${randomUUID()}`,
        topicArn: topic.arn,
        protocol,
        endpoint: String(endpoint),
        attributes,
        // Somebody who owns an address must say that they want it; queues and functions are ours.
        isConfirmed: protocol === "sqs" || protocol === "lambda",
        token: randomBytes(32).toString("hex"),
        createdMs: cloud.now(),
      };
      store.run(
        `INSERT INTO sns_subscriptions (arn, topic_arn, protocol, endpoint, attributes, confirmed, token, created_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        subscription.arn,
        topic.arn,
        protocol,
        subscription.endpoint,
        JSON.stringify(attributes),
        Number(subscription.isConfirmed),
        subscription.token,
        subscription.createdMs,
      );
      return { subscription, isNew: true };
    },
    confirm(topic, token) {
      const found = one("topic_arn = ? AND token = ?", topic.arn, String(token ?? ""));
      if (!found || found.createdMs + TOKEN_MS < cloud.now()) throw invalid("Token");
      store.run("UPDATE sns_subscriptions SET confirmed = 1 WHERE arn = ?", found.arn);
      return { ...found, isConfirmed: true };
    },
    set(subscription, name, value) {
      const attributes = { ...subscription.attributes, [name]: value };
      if (value === "" || value === "{}") delete attributes[name];
      checkAttributes({ ...attributes, [name]: value });
      store.run(
        "UPDATE sns_subscriptions SET attributes = ? WHERE arn = ?",
        JSON.stringify(attributes),
        subscription.arn,
      );
    },
    remove: (arn) => void store.run("DELETE FROM sns_subscriptions WHERE arn = ?", arn),
    removeAll: (topicArn) =>
      void store.run("DELETE FROM sns_subscriptions WHERE topic_arn = ?", topicArn),
    list: (topicArn) =>
      store
        .all<SubscriptionRow>("SELECT * FROM sns_subscriptions ORDER BY arn")
        .map(subscriptionOf)
        .filter((found) => topicArn === undefined || found.topicArn === topicArn),
  };
}

/** Source: Amazon SNS developer guide: a confirmation token is valid for two days. */
const TOKEN_MS = 172_800_000;

/** @throws NotPretended for protocols and addresses that this machine does not reach */
function checkEndpoint(protocol: unknown, endpoint: unknown): asserts protocol is Protocol {
  const refuse = () => invalid(`${String(protocol)} endpoint`);
  switch (protocol) {
    case "sqs":
      if (String(endpoint).endsWith(".fifo")) {
        throw invalid("Endpoint Reason: Please use FIFO topic");
      }
      if (!/^arn:aws:sqs:[^:]+:\d{12}:[^:]+$/.test(String(endpoint))) throw refuse();
      return;
    case "lambda":
      if (!/^arn:aws:lambda:[^:]+:\d{12}:function:.+$/.test(String(endpoint))) throw refuse();
      return;
    case "http":
    case "https": {
      const url = URL.canParse(String(endpoint)) ? new URL(String(endpoint)) : undefined;
      if (url?.protocol !== `${protocol}:`) throw refuse();
      if (!isThisMachine(url.hostname)) {
        throw new NotPretended({
          service: "sns",
          action: `Subscribe of the remote host ${url.hostname}`,
        });
      }
      return;
    }
    case "email":
    case "email-json":
    case "sms":
    case "application":
    case "firehose":
      throw new NotPretended({ service: "sns", action: `Subscribe with protocol ${protocol}` });
    default:
      throw invalid(`Does not support this protocol string: ${String(protocol)}`);
  }
}

/** The laptop's topics speak to nobody but this machine; other names might be resolved elsewhere. */
const isThisMachine = (host: string) =>
  host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);

function checkAttributes(attributes: Record<string, string>): void {
  for (const [name, value] of Object.entries(attributes)) {
    switch (name) {
      case "RawMessageDelivery":
        if (value !== "true" && value !== "false") throw invalid("RawMessageDelivery");
        break;
      case "FilterPolicy":
        checkFilter(value, scopeOf(attributes));
        break;
      case "FilterPolicyScope":
        if (value !== "MessageAttributes" && value !== "MessageBody")
          throw invalid("FilterPolicyScope");
        break;
      case "RedrivePolicy":
        if (value) deadLettersOf({ RedrivePolicy: value });
        break;
      case "DeliveryPolicy":
      case "ReplayPolicy":
      case "SubscriptionRoleArn":
        throw new NotPretended({ service: "sns", action: `subscription attribute ${name}` });
      default:
        throw invalid("AttributeName");
    }
  }
}

export const scopeOf = (attributes: Record<string, string>): FilterScope =>
  attributes.FilterPolicyScope === "MessageBody" ? "MessageBody" : "MessageAttributes";

/** The queue for what a subscriber did not take. */
export function deadLettersOf(attributes: Record<string, string>): string | undefined {
  if (!attributes.RedrivePolicy) return undefined;
  let arn: unknown;
  try {
    arn = (JSON.parse(attributes.RedrivePolicy) as { deadLetterTargetArn?: unknown })
      .deadLetterTargetArn;
  } catch {
    arn = undefined;
  }
  if (typeof arn !== "string" || !/^arn:aws:sqs:[^:]+:\d{12}:[^:]+$/.test(arn)) {
    throw invalid("RedrivePolicy: deadLetterTargetArn is an invalid arn");
  }
  return arn;
}

const subscriptionOf = (row: SubscriptionRow): Subscription => ({
  arn: row.arn,
  topicArn: row.topic_arn,
  protocol: row.protocol,
  endpoint: row.endpoint,
  attributes: JSON.parse(row.attributes) as Record<string, string>,
  isConfirmed: row.confirmed === 1,
  token: row.token,
  createdMs: row.created_ms,
});

interface SubscriptionRow extends Record<string, unknown> {
  arn: string;
  topic_arn: string;
  protocol: Protocol;
  endpoint: string;
  attributes: string;
  confirmed: number;
  token: string;
  created_ms: number;
}
