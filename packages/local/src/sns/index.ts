import { randomUUID } from "node:crypto";
import type * as Sns from "@aws-sdk/client-sns";
import { page } from "../events/show.ts";
import type { Caller } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import type { Input, Operation, Service } from "../kernel/service.ts";
import { batch } from "../sqs/batch.ts";
import { type DeliveryOptions, openDeliveries } from "./delivery.ts";
import { publish } from "./publish.ts";
import { openSubscriptions, type Subscription } from "./subscriptions.ts";
import { openTopics, type Topic } from "./topics.ts";
import { snsWire } from "./wire.ts";

export type SnsService = Service & {
  /** How many notifications are on their way or waiting for another try. */
  owed(): number;
};

/** Topics and their subscribers: a message and the debts to everybody who wants it are one write. */
export function openSns(cloud: Cloud, options: DeliveryOptions = {}): SnsService {
  const topics = openTopics(cloud);
  const subscriptions = openSubscriptions(cloud);
  const deliveries = openDeliveries(cloud, options);
  const room = { cloud, subscriptions, deliveries };

  const allow = (caller: Caller, action: string, resource: string) =>
    check(caller, action, resource, topics.policy(resource));

  /** An operation on one topic. */
  const on = <I extends object>(
    action: string,
    run: (topic: Topic, input: I, caller: Caller) => object,
    arnOf: (input: I) => unknown = (input) => (input as { TopicArn?: unknown }).TopicArn,
  ): Operation => ({
    run(input: I, caller) {
      allow(caller, action, String(arnOf(input) ?? "*"));
      return run(topics.require(arnOf(input)), input, caller);
    },
  });

  /** An operation on one subscription; the right to it is the topic's to give. */
  const onSubscription = <I extends { SubscriptionArn?: string | undefined }>(
    action: string,
    run: (subscription: Subscription, input: I) => object,
  ): Operation => ({
    run(input: I, caller) {
      const subscription = subscriptions.require(input.SubscriptionArn);
      allow(caller, action, subscription.topicArn);
      return run(subscription, input);
    },
  });

  const operations: Record<string, Operation> = {
    CreateTopic: {
      run({ Name, Attributes, Tags, DataProtectionPolicy }: Sns.CreateTopicCommandInput, caller) {
        if (DataProtectionPolicy) {
          throw new NotPretended({ service: "sns", action: "DataProtectionPolicy" });
        }
        allow(caller, "CreateTopic", topics.arn(Name ?? ""));
        return { TopicArn: topics.create(Name, { ...Attributes }, tagMap(Tags)).arn };
      },
    },
    DeleteTopic: {
      run({ TopicArn }: Sns.DeleteTopicCommandInput, caller) {
        allow(caller, "DeleteTopic", TopicArn ?? "*");
        cloud.store.transaction(() => {
          subscriptions.removeAll(TopicArn ?? "");
          topics.remove(TopicArn ?? "");
        });
        return {};
      },
    },
    ListTopics: {
      run({ NextToken }: Sns.ListTopicsCommandInput, caller) {
        allow(caller, "ListTopics", "*");
        const { items, more } = page(topics.list(), undefined, NextToken);
        return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), ...more };
      },
    },
    GetTopicAttributes: on("GetTopicAttributes", (topic) => {
      const all = subscriptions.list(topic.arn);
      const confirmed = all.filter((one) => one.isConfirmed).length;
      return {
        Attributes: {
          DisplayName: "",
          ...topic.attributes,
          TopicArn: topic.arn,
          Owner: cloud.accountId,
          SubscriptionsConfirmed: String(confirmed),
          SubscriptionsPending: String(all.length - confirmed),
          SubscriptionsDeleted: "0",
        },
      };
    }),
    SetTopicAttributes: on(
      "SetTopicAttributes",
      (topic, input: Sns.SetTopicAttributesCommandInput) => {
        topics.set(topic, input.AttributeName ?? "", input.AttributeValue ?? "");
        return {};
      },
    ),
    Subscribe: on("Subscribe", (topic, input: Sns.SubscribeCommandInput) =>
      cloud.store.transaction(() => {
        const { subscription, isNew } = subscriptions.add(topic, {
          protocol: input.Protocol,
          endpoint: input.Endpoint,
          attributes: { ...input.Attributes },
        });
        if (isNew && !subscription.isConfirmed) askToConfirm(subscription);
        const isSaid = subscription.isConfirmed || String(input.ReturnSubscriptionArn) === "true";
        return { SubscriptionArn: isSaid ? subscription.arn : "pending confirmation" };
      }),
    ),
    ConfirmSubscription: {
      // The token is the permission.
      run: ({ TopicArn, Token }: Sns.ConfirmSubscriptionCommandInput) => ({
        SubscriptionArn: subscriptions.confirm(topics.require(TopicArn), Token).arn,
      }),
    },
    Unsubscribe: {
      run({ SubscriptionArn = "" }: Sns.UnsubscribeCommandInput, caller) {
        const found = subscriptions.list().find(({ arn }) => arn === SubscriptionArn);
        // A subscription's ARN cannot be guessed: who follows the link of a notification has it.
        if (found && caller.arn !== "anonymous") allow(caller, "Unsubscribe", found.topicArn);
        subscriptions.remove(SubscriptionArn);
        return {};
      },
    },
    ListSubscriptions: {
      run({ NextToken }: Sns.ListSubscriptionsCommandInput, caller) {
        allow(caller, "ListSubscriptions", "*");
        return listed(subscriptions.list(), NextToken);
      },
    },
    ListSubscriptionsByTopic: on(
      "ListSubscriptionsByTopic",
      (topic, { NextToken }: Sns.ListSubscriptionsByTopicCommandInput) =>
        listed(subscriptions.list(topic.arn), NextToken),
    ),
    GetSubscriptionAttributes: onSubscription("GetSubscriptionAttributes", (subscription) => ({
      Attributes: {
        RawMessageDelivery: "false",
        ...subscription.attributes,
        SubscriptionArn: subscription.arn,
        TopicArn: subscription.topicArn,
        Protocol: subscription.protocol,
        Endpoint: subscription.endpoint,
        Owner: cloud.accountId,
        PendingConfirmation: String(!subscription.isConfirmed),
        ConfirmationWasAuthenticated: String(subscription.isConfirmed),
      },
    })),
    SetSubscriptionAttributes: onSubscription(
      "SetSubscriptionAttributes",
      (subscription, input: Sns.SetSubscriptionAttributesCommandInput) => {
        subscriptions.set(subscription, input.AttributeName ?? "", input.AttributeValue ?? "");
        return {};
      },
    ),
    Publish: on(
      "Publish",
      (topic, input: Sns.PublishCommandInput) => ({ MessageId: publish(room, topic, input) }),
      ({ TopicArn, TargetArn, PhoneNumber }: Sns.PublishCommandInput) => {
        if (PhoneNumber) throw new NotPretended({ service: "sns", action: "Publish to a phone" });
        return TopicArn ?? TargetArn;
      },
    ),
    PublishBatch: on("Publish", (topic, input: Sns.PublishBatchCommandInput) =>
      batch(input.PublishBatchRequestEntries, (entry) => ({
        MessageId: publish(room, topic, entry),
      })),
    ),
    TagResource: on(
      "TagResource",
      (topic, { Tags }: Sns.TagResourceCommandInput) => {
        topics.tag(topic, { ...topic.tags, ...tagMap(Tags) });
        return {};
      },
      ({ ResourceArn }) => ResourceArn,
    ),
    UntagResource: on(
      "UntagResource",
      (topic, { TagKeys }: Sns.UntagResourceCommandInput) => {
        const kept = Object.entries(topic.tags).filter(([key]) => !TagKeys?.includes(key));
        topics.tag(topic, Object.fromEntries(kept));
        return {};
      },
      ({ ResourceArn }) => ResourceArn,
    ),
    ListTagsForResource: on(
      "ListTagsForResource",
      (topic) => ({ Tags: Object.entries(topic.tags).map(([Key, Value]) => ({ Key, Value })) }),
      ({ ResourceArn }: Sns.ListTagsForResourceCommandInput) => ResourceArn,
    ),
  };

  const askToConfirm = (subscription: Subscription) => {
    const { arn, protocol, endpoint, topicArn, token } = subscription;
    deliveries.owe({
      subscription: { arn, protocol, endpoint, attributes: {} },
      token,
      notification: {
        id: randomUUID(),
        topicArn,
        subject: undefined,
        message: "",
        attributes: {},
        timestamp: new Date(cloud.now()).toISOString(),
      },
    });
  };

  const listed = (found: Subscription[], token: string | undefined) => {
    const { items, more } = page(found, undefined, token);
    return {
      Subscriptions: items.map((one) => ({
        SubscriptionArn: one.isConfirmed ? one.arn : "PendingConfirmation",
        Owner: cloud.accountId,
        Protocol: one.protocol,
        Endpoint: one.endpoint,
        TopicArn: one.topicArn,
      })),
      ...more,
    };
  };

  const service: SnsService = {
    name: "sns",
    wire: { protocol: "own", serve: snsWire(cloud, operations) },
    operations,
    start: deliveries.start,
    stop: deliveries.stop,
    owed: deliveries.owed,
  };
  cloud.add(service);
  return service;
}

/** SNS says `AuthorizationError` where others say `AccessDenied`. */
function check(caller: Caller, action: string, resource: string, policy: Input): void {
  try {
    caller.check({ action: `sns:${action}`, resource, policy });
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "AccessDenied") throw error;
    throw new Refusal("AuthorizationError", error.message, { httpStatus: 403 });
  }
}

const tagMap = (tags: Sns.Tag[] | undefined) =>
  Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
