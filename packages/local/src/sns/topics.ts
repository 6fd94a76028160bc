import type { PolicyDocument } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended } from "../kernel/refusal.ts";
import { readPolicy } from "../sqs/policy.ts";
import { invalid, notFound } from "./refusals.ts";

export interface Topic {
  name: string;
  arn: string;
  attributes: Record<string, string>;
  tags: Record<string, string>;
}

export interface Topics {
  /** @throws Refusal `NotFound` */
  require(arn: unknown): Topic;
  create(name: unknown, attributes: Record<string, string>, tags: Record<string, string>): Topic;
  set(topic: Topic, name: string, value: string): void;
  tag(topic: Topic, tags: Record<string, string>): void;
  remove(arn: string): void;
  list(): Topic[];
  arn(name: string): string;
  policy(arn: unknown): PolicyDocument | undefined;
}

export function openTopics(cloud: Cloud): Topics {
  const { store } = cloud;
  store.schema(`
    CREATE TABLE IF NOT EXISTS sns_topics (
      arn TEXT PRIMARY KEY, name TEXT NOT NULL, attributes TEXT NOT NULL, tags TEXT NOT NULL);
  `);
  const find = (arn: unknown) => {
    const row = store.get<TopicRow>("SELECT * FROM sns_topics WHERE arn = ?", String(arn ?? ""));
    return row && topicOf(row);
  };
  const arn = (name: string) => `arn:aws:sns:${cloud.region}:${cloud.accountId}:${name}`;

  return {
    arn,
    require(asked) {
      if (typeof asked !== "string" || !/^arn:aws:sns:[^:]+:\d{12}:[^:]+$/.test(asked)) {
        throw invalid("TopicArn");
      }
      const found = find(asked);
      if (!found) throw notFound("Topic");
      return found;
    },
    create(name, attributes, tags) {
      if (typeof name === "string" && name.endsWith(".fifo")) {
        throw new NotPretended({ service: "sns", action: "CreateTopic of a FIFO topic" });
      }
      if (typeof name !== "string" || !/^[A-Za-z0-9_-]{1,256}$/.test(name)) {
        throw invalid("Topic Name");
      }
      for (const [attribute, value] of Object.entries(attributes)) check(attribute, value);
      const there = find(arn(name));
      if (there) {
        const differs = Object.entries(attributes).some(
          ([attribute, value]) => there.attributes[attribute] !== value,
        );
        if (differs) {
          throw invalid("Attributes Reason: Topic already exists with different attributes");
        }
        return there;
      }
      store.run(
        "INSERT INTO sns_topics (arn, name, attributes, tags) VALUES (?, ?, ?, ?)",
        arn(name),
        name,
        JSON.stringify(attributes),
        JSON.stringify(tags),
      );
      return { name, arn: arn(name), attributes, tags };
    },
    set(topic, name, value) {
      check(name, value);
      const attributes = { ...topic.attributes, [name]: value };
      store.run(
        "UPDATE sns_topics SET attributes = ? WHERE arn = ?",
        JSON.stringify(attributes),
        topic.arn,
      );
    },
    tag: (topic, tags) =>
      void store.run(
        "UPDATE sns_topics SET tags = ? WHERE arn = ?",
        JSON.stringify(tags),
        topic.arn,
      ),
    remove: (asked) => void store.run("DELETE FROM sns_topics WHERE arn = ?", asked),
    list: () => store.all<TopicRow>("SELECT * FROM sns_topics ORDER BY name").map(topicOf),
    policy(asked) {
      const text = find(asked)?.attributes.Policy;
      return text ? (JSON.parse(text) as PolicyDocument) : undefined;
    },
  };
}

/** @throws Refusal `InvalidParameter`, or NotPretended for what topics have on AWS and not here */
function check(name: string, value: string): void {
  switch (name) {
    case "Policy":
      if (!readPolicy(value)) throw invalid("Policy Error: null");
      return;
    case "DisplayName":
      if (value.length > 100) throw invalid("DisplayName");
      return;
    case "SignatureVersion":
      if (value !== "1" && value !== "2") throw invalid("SignatureVersion");
      return;
    case "TracingConfig":
      if (value !== "PassThrough" && value !== "Active") throw invalid("TracingConfig");
      return;
    case "KmsMasterKeyId":
      if (value === "" || value === "alias/aws/sns") return;
      throw new NotPretended({ service: "sns", action: `KmsMasterKeyId ${value}` });
    case "FifoTopic":
      if (value === "false") return;
      throw new NotPretended({ service: "sns", action: "FIFO topics" });
    case "ContentBasedDeduplication":
    case "DeliveryPolicy":
    case "DataProtectionPolicy":
    case "ArchivePolicy":
      throw new NotPretended({ service: "sns", action: `topic attribute ${name}` });
    default:
      if (/Feedback(RoleArn|SampleRate)$/.test(name)) {
        throw new NotPretended({ service: "sns", action: `topic attribute ${name}` });
      }
      throw invalid("AttributeName");
  }
}

const topicOf = (row: TopicRow): Topic => ({
  name: row.name,
  arn: row.arn,
  attributes: JSON.parse(row.attributes) as Record<string, string>,
  tags: JSON.parse(row.tags) as Record<string, string>,
});

interface TopicRow extends Record<string, unknown> {
  arn: string;
  name: string;
  attributes: string;
  tags: string;
}
