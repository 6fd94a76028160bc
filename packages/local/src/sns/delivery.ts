import { bury, errorCodeOf, queueUrlOf, verdictOn } from "../events/delivery.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { type Outbox, openOutbox, patience } from "../kernel/outbox.ts";
import { Refusal } from "../kernel/refusal.ts";
import { confirmation, envelope, lambdaEvent, type Notification } from "./envelope.ts";
import { deadLettersOf, type Subscription } from "./subscriptions.ts";

/** One notification on its way to one subscriber. */
export interface Delivery {
  subscription: Pick<Subscription, "arn" | "protocol" | "endpoint" | "attributes">;
  notification: Notification;
  /** The link that confirms the subscription goes instead of a message. */
  token?: string | undefined;
}

export interface DeliveryOptions {
  /** How long to wait after the nth failed try, in milliseconds. */
  wait?: (tries: number) => number;
}

export function openDeliveries(cloud: Cloud, options: DeliveryOptions = {}): Outbox<Delivery> {
  const callerFor = (topicArn: string) =>
    cloud.iam.service("sns.amazonaws.com", {
      "aws:SourceArn": topicArn,
      "aws:SourceAccount": cloud.accountId,
    });

  return openOutbox<Delivery>(cloud, "sns", {
    async run({ work }, signal) {
      const { subscription, notification } = work;
      const caller = callerFor(notification.topicArn);
      switch (subscription.protocol) {
        case "sqs":
          await cloud.call(
            "sqs",
            "SendMessage",
            {
              QueueUrl: queueUrlOf(cloud, subscription.endpoint),
              MessageBody: bodyOf(cloud, work),
              ...(isRaw(work) ? { MessageAttributes: notification.attributes } : {}),
            },
            caller,
          );
          return;
        case "lambda": {
          const event = lambdaEvent(notification, subscription.arn, cloud.origin);
          await cloud.call(
            "lambda",
            "Invoke",
            {
              FunctionName: subscription.endpoint,
              InvocationType: "Event",
              Payload: Buffer.from(JSON.stringify(event)),
            },
            caller,
          );
          return;
        }
        case "http":
        case "https":
          await post(cloud, work, signal);
      }
    },
    judge(errand, error) {
      const { protocol } = errand.work.subscription;
      const isOurs = protocol === "sqs" || protocol === "lambda";
      return verdictOn(
        errand,
        error,
        isOurs ? OURS : THEIRS,
        cloud.now(),
        options.wait ?? (isOurs ? patience : () => BETWEEN_POSTS_MS),
      );
    },
    async giveUp({ work }, error) {
      const { topicArn } = work.notification;
      const grave = work.token ? undefined : deadLettersOf(work.subscription.attributes);
      if (!grave) {
        const topic = topicArn.split(":").at(-1);
        cloud.tell(
          `sns: ${topic} dropped a message for ${work.subscription.protocol}, ${errorCodeOf(error)}`,
        );
        return;
      }
      await bury(cloud, grave, bodyOf(cloud, work), {}, callerFor(topicArn));
    },
  });
}

/** Sources: Amazon SNS developer guide, message delivery retries: 23 days, and 3 times 20 seconds. */
const OURS = { MaximumRetryAttempts: 100_015, MaximumEventAgeInSeconds: 1_987_200 };
const THEIRS = { MaximumRetryAttempts: 3 };
const BETWEEN_POSTS_MS = 20_000;
const POST_MS = 15_000;

const isRaw = ({ subscription, token }: Delivery) =>
  token === undefined && subscription.attributes.RawMessageDelivery === "true";

function bodyOf(cloud: Cloud, work: Delivery): string {
  const { notification, subscription, token } = work;
  if (isRaw(work)) return notification.message;
  return JSON.stringify(
    token === undefined
      ? envelope(notification, subscription.arn, cloud.origin)
      : confirmation(notification, token, cloud.origin),
  );
}

/** @throws Refusal with the status that the address answered */
async function post(cloud: Cloud, work: Delivery, signal: AbortSignal): Promise<void> {
  const { notification, subscription, token } = work;
  const answer = await fetch(subscription.endpoint, {
    method: "POST",
    // An address that was allowed may not lead to one that was not.
    redirect: "manual",
    signal: AbortSignal.any([signal, AbortSignal.timeout(POST_MS)]),
    headers: {
      "content-type": "text/plain; charset=UTF-8",
      "user-agent": "Amazon Simple Notification Service Agent",
      "x-amz-sns-message-type": token === undefined ? "Notification" : "SubscriptionConfirmation",
      "x-amz-sns-message-id": notification.id,
      "x-amz-sns-topic-arn": notification.topicArn,
      ...(token === undefined ? { "x-amz-sns-subscription-arn": subscription.arn } : {}),
      ...(isRaw(work) ? { "x-amz-sns-rawdelivery": "true" } : {}),
    },
    body: bodyOf(cloud, work),
  });
  await answer.body?.cancel();
  if (answer.ok) return;
  const isPassing = answer.status === 429 || answer.status >= 500;
  throw new Refusal("HttpEndpoint", `The address answered ${answer.status}.`, {
    httpStatus: isPassing ? 503 : 400,
  });
}
