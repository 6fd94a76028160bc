import type { PolicyDocument } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import {
  type Attributes,
  checkAttributes,
  defaults,
  redriveOf,
  takesDeadLettersOf,
} from "./attributes.ts";
import { invalid, missing, noSuchQueue } from "./refusals.ts";

export interface Queue {
  name: string;
  arn: string;
  attributes: Attributes;
  tags: Record<string, string>;
  fifo: boolean;
  createdMs: number;
  modifiedMs: number;
}

/** The queues there are. Messages are another noun. */
export interface Queues {
  find(name: string): Queue | undefined;
  /** @throws Refusal `QueueDoesNotExist` */
  require(name: string): Queue;
  create(name: unknown, attributes: Attributes, tags: Record<string, string>): Queue;
  set(queue: Queue, attributes: Attributes): void;
  tag(queue: Queue, tags: Record<string, string>): void;
  remove(name: string): void;
  list(prefix: string): Queue[];
  arn(name: string): string;
  url(name: string): string;
  policy(name: string): PolicyDocument | undefined;
}

/**
 * The queue a request is about. Clients send queue URLs with whatever host they were given;
 * only the last segment names the queue.
 */
export function nameOf(queueUrl: unknown): string {
  if (typeof queueUrl !== "string" || queueUrl === "") throw missing("QueueUrl");
  return queueUrl.slice(queueUrl.lastIndexOf("/") + 1);
}

export function openQueues(cloud: Cloud): Queues {
  const { store } = cloud;
  store.schema(`
    CREATE TABLE IF NOT EXISTS sqs_queues (
      name TEXT PRIMARY KEY, attributes TEXT NOT NULL, tags TEXT NOT NULL,
      created_ms INTEGER NOT NULL, modified_ms INTEGER NOT NULL);
  `);
  const arn = (name: string) => `arn:aws:sqs:${cloud.region}:${cloud.accountId}:${name}`;
  const queueOf = (row: QueueRow): Queue => {
    const attributes = JSON.parse(row.attributes) as Attributes;
    return {
      name: row.name,
      arn: arn(row.name),
      attributes,
      tags: JSON.parse(row.tags) as Record<string, string>,
      fifo: attributes.FifoQueue === "true",
      createdMs: row.created_ms,
      modifiedMs: row.modified_ms,
    };
  };
  const find = (name: string) => {
    const row = store.get<QueueRow>("SELECT * FROM sqs_queues WHERE name = ?", name);
    return row && queueOf(row);
  };
  const checkRedrive = (source: string, attributes: Attributes) => {
    const redrive = redriveOf(attributes);
    if (!redrive) return;
    const target = find(redrive.deadLetterTargetArn.split(":").at(-1) ?? "");
    const refuse = (reason: string) => invalid("RedrivePolicy", attributes.RedrivePolicy, reason);
    if (!target || target.arn !== redrive.deadLetterTargetArn) {
      throw refuse("Dead letter target does not exist.");
    }
    if (target.fifo !== (attributes.FifoQueue === "true")) {
      throw refuse("Dead-letter queue must be same type of queue as the source.");
    }
    if (!takesDeadLettersOf(target.attributes, arn(source))) {
      throw refuse("The dead-letter queue does not allow this source queue.");
    }
  };

  return {
    find,
    arn,
    url: (name) => `${cloud.origin}/${cloud.accountId}/${name}`,
    require(name) {
      const found = find(name);
      if (!found) throw noSuchQueue();
      return found;
    },
    create(name, given, tags) {
      if (typeof name !== "string" || name === "") throw missing("QueueName");
      const fifo = given.FifoQueue === "true";
      if (!NAME.test(name) || name.endsWith(".fifo") !== fifo) {
        throw new Refusal(
          "InvalidParameterValue",
          fifo || name.endsWith(".fifo")
            ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length."
            : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.",
        );
      }
      if (given.FifoQueue === "false") {
        throw new Refusal("InvalidAttributeName", "Unknown Attribute FifoQueue.");
      }
      checkAttributes(given);
      const there = find(name);
      if (there) {
        for (const [attribute, value] of Object.entries(given)) {
          if (value !== "" && there.attributes[attribute] !== value) {
            throw new Refusal(
              "QueueNameExists",
              `A queue already exists with the same name and a different value for attribute ${attribute}`,
            );
          }
        }
        return there;
      }
      const attributes = filled({ ...defaults, ...(fifo ? fifoDefaults : {}), ...given });
      checkRedrive(name, attributes);
      store.run(
        "INSERT INTO sqs_queues (name, attributes, tags, created_ms, modified_ms) VALUES (?, ?, ?, ?, ?)",
        name,
        JSON.stringify(attributes),
        JSON.stringify(tags),
        cloud.now(),
        cloud.now(),
      );
      return { ...this.require(name) };
    },
    set(queue, given) {
      checkAttributes(given);
      if (given.FifoQueue !== undefined && given.FifoQueue !== queue.attributes.FifoQueue) {
        throw new Refusal("InvalidAttributeValue", "Invalid value for the parameter FifoQueue.");
      }
      const attributes = filled({ ...queue.attributes, ...given });
      if (given.RedrivePolicy) checkRedrive(queue.name, attributes);
      store.run(
        "UPDATE sqs_queues SET attributes = ?, modified_ms = ? WHERE name = ?",
        JSON.stringify(attributes),
        cloud.now(),
        queue.name,
      );
    },
    tag: (queue, tags) =>
      void store.run(
        "UPDATE sqs_queues SET tags = ? WHERE name = ?",
        JSON.stringify(tags),
        queue.name,
      ),
    remove: (name) => void store.run("DELETE FROM sqs_queues WHERE name = ?", name),
    list: (prefix) =>
      store
        .all<QueueRow>("SELECT * FROM sqs_queues ORDER BY name")
        .map(queueOf)
        .filter((queue) => queue.name.startsWith(prefix)),
    policy(name) {
      const text = find(name)?.attributes.Policy;
      return text ? (JSON.parse(text) as PolicyDocument) : undefined;
    },
  };
}

/** Without the attributes that were set to nothing. */
function filled(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes)
      .map(([name, value]) => [name, value || (defaults[name] ?? "")])
      .filter(([, value]) => value !== ""),
  );
}

const fifoDefaults: Attributes = {
  ContentBasedDeduplication: "false",
  DeduplicationScope: "queue",
  FifoThroughputLimit: "perQueue",
};

const NAME = /^(?=.{1,80}$)[A-Za-z0-9_-]+(\.fifo)?$/;

interface QueueRow extends Record<string, unknown> {
  name: string;
  attributes: string;
  tags: string;
  created_ms: number;
  modified_ms: number;
}
