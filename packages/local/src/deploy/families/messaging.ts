import { type Family, given, optionalText, text } from "../family.ts";
import type { Inputs } from "../graph.ts";

/** Queue attributes are texts on the wire. */
function attributes(inputs: Inputs): Record<string, string> {
  const named: Record<string, unknown> = {
    VisibilityTimeout: inputs.visibilityTimeoutSeconds,
    MessageRetentionPeriod: inputs.messageRetentionSeconds,
    DelaySeconds: inputs.delaySeconds,
    ReceiveMessageWaitTimeSeconds: inputs.receiveWaitTimeSeconds,
    MaximumMessageSize: inputs.maxMessageSize,
    RedrivePolicy: inputs.redrivePolicy,
    FifoQueue: inputs.fifoQueue || undefined,
    ContentBasedDeduplication: inputs.contentBasedDeduplication || undefined,
  };
  return Object.fromEntries(
    Object.entries(named)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([key, value]) => [key, String(value)]),
  );
}

/**
 * Dead-letter queues come first: SQS refuses a redrive policy that names a queue which is not there.
 */
export const queue: Family = {
  async deploy({ inputs }, { call, every }) {
    const QueueName = text(inputs, "name");
    const { FifoQueue, RedrivePolicy, ...settable } = attributes(inputs);
    const dead = RedrivePolicy ? deadLetterName(RedrivePolicy) : undefined;
    const later = every("aws:sqs/queue:Queue").find((one) => one.inputs.name === dead);
    if (later) await call("sqs", "CreateQueue", { QueueName: dead });
    const { QueueUrl } = await call<{ QueueUrl: string }>("sqs", "CreateQueue", {
      QueueName,
      ...(FifoQueue ? { Attributes: { FifoQueue } } : {}),
    });
    const Attributes = { ...settable, ...(RedrivePolicy ? { RedrivePolicy } : {}) };
    if (Object.keys(Attributes).length) {
      await call("sqs", "SetQueueAttributes", { QueueUrl, Attributes });
    }
  },
};

const deadLetterName = (policy: string): string | undefined =>
  (JSON.parse(policy) as { deadLetterTargetArn?: string }).deadLetterTargetArn?.split(":").at(-1);

export const redrivePolicy: Family = {
  async deploy({ inputs }, { call }) {
    await call("sqs", "SetQueueAttributes", {
      QueueUrl: text(inputs, "queueUrl"),
      Attributes: { RedrivePolicy: text(inputs, "redrivePolicy") },
    });
  },
};

export const queuePolicy: Family = {
  async deploy({ inputs }, { call }) {
    await call("sqs", "SetQueueAttributes", {
      QueueUrl: text(inputs, "queueUrl"),
      Attributes: { Policy: text(inputs, "policy") },
    });
  },
};

export const topic: Family = {
  async deploy({ inputs }, { call }) {
    await call(
      "sns",
      "CreateTopic",
      given({
        Name: text(inputs, "name"),
        Attributes: inputs.fifoTopic ? { FifoTopic: "true" } : undefined,
      }),
    );
  },
};

export const topicPolicy: Family = {
  async deploy({ inputs }, { call }) {
    await call("sns", "SetTopicAttributes", {
      TopicArn: text(inputs, "arn"),
      AttributeName: "Policy",
      AttributeValue: text(inputs, "policy"),
    });
  },
};

/** Subscribing again is no change; attributes are set apart, for AWS refuses others at Subscribe. */
export const topicSubscription: Family = {
  async deploy({ inputs }, { call }) {
    const { SubscriptionArn } = await call<{ SubscriptionArn: string }>("sns", "Subscribe", {
      TopicArn: text(inputs, "topic"),
      Protocol: text(inputs, "protocol"),
      Endpoint: text(inputs, "endpoint"),
      ReturnSubscriptionArn: true,
    });
    const attributes: Record<string, string | undefined> = {
      RawMessageDelivery: inputs.rawMessageDelivery ? "true" : "false",
      FilterPolicy: optionalText(inputs, "filterPolicy"),
      FilterPolicyScope: optionalText(inputs, "filterPolicyScope"),
      RedrivePolicy: optionalText(inputs, "redrivePolicy"),
    };
    for (const [AttributeName, AttributeValue] of Object.entries(attributes)) {
      if (AttributeValue === undefined) continue;
      await call("sns", "SetSubscriptionAttributes", {
        SubscriptionArn,
        AttributeName,
        AttributeValue,
      });
    }
  },
};
