import type { MessageAttributes } from "../sqs/message.ts";

/** What was published, as every subscriber gets it. */
export interface Notification {
  id: string;
  topicArn: string;
  subject: string | undefined;
  message: string;
  attributes: MessageAttributes;
  /** ISO 8601 */
  timestamp: string;
}

/** AWS signs with a certificate that clients fetch from amazonaws.com; nobody can do that here. */
const UNSIGNED = {
  SignatureVersion: "1",
  Signature: "notifications-are-not-signed-on-a-laptop",
};

/** The JSON that queues and addresses get, unless they asked for the bare message. */
export function envelope(sent: Notification, subscriptionArn: string, origin: string): object {
  const attributes = attributesOf(sent.attributes);
  return {
    Type: "Notification",
    MessageId: sent.id,
    TopicArn: sent.topicArn,
    ...(sent.subject === undefined ? {} : { Subject: sent.subject }),
    Message: sent.message,
    Timestamp: sent.timestamp,
    ...UNSIGNED,
    SigningCertURL: certificateUrl(origin),
    UnsubscribeURL: unsubscribeUrl(origin, subscriptionArn),
    ...(attributes ? { MessageAttributes: attributes } : {}),
  };
}

/** The event that a function gets. */
export function lambdaEvent(sent: Notification, subscriptionArn: string, origin: string): object {
  return {
    Records: [
      {
        EventSource: "aws:sns",
        EventVersion: "1.0",
        EventSubscriptionArn: subscriptionArn,
        Sns: {
          Type: "Notification",
          MessageId: sent.id,
          TopicArn: sent.topicArn,
          Subject: sent.subject ?? null,
          Message: sent.message,
          Timestamp: sent.timestamp,
          ...UNSIGNED,
          SigningCertUrl: certificateUrl(origin),
          UnsubscribeUrl: unsubscribeUrl(origin, subscriptionArn),
          MessageAttributes: attributesOf(sent.attributes) ?? {},
        },
      },
    ],
  };
}

/** What an address gets before anything else: a link to say that it wants the messages. */
export function confirmation(sent: Notification, token: string, origin: string): object {
  const query = new URLSearchParams({
    Action: "ConfirmSubscription",
    TopicArn: sent.topicArn,
    Token: token,
  });
  return {
    Type: "SubscriptionConfirmation",
    MessageId: sent.id,
    Token: token,
    TopicArn: sent.topicArn,
    Message: `You have chosen to subscribe to the topic ${sent.topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
    SubscribeURL: `${origin}/?${query}`,
    Timestamp: sent.timestamp,
    ...UNSIGNED,
    SigningCertURL: certificateUrl(origin),
  };
}

function attributesOf(attributes: MessageAttributes) {
  const entries = Object.entries(attributes);
  if (entries.length === 0) return undefined;
  return Object.fromEntries(
    entries.map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { Type: DataType, Value: StringValue ?? BinaryValue ?? "" },
    ]),
  );
}

const certificateUrl = (origin: string) => `${origin}/SimpleNotificationService.pem`;

const unsubscribeUrl = (origin: string, arn: string) =>
  `${origin}/?${new URLSearchParams({ Action: "Unsubscribe", SubscriptionArn: arn })}`;
