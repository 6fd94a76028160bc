import { gateway } from "./gateway.ts";
import {
  announced,
  announcedDead,
  deaths,
  deathsDead,
  deliveries,
  deliveriesDead,
  encodes,
  encodesDead,
  encodesLost,
  jobEvents,
  jobEventsDead,
  pulling,
  pullingDead,
  removing,
  removingDead,
  undelivered,
} from "./queues.ts";
import { accountId, named, production } from "./stage.ts";
import { logs, machine } from "./workflow.ts";

const MINUTE = 60;

/** Where alarms ring in production. Subscribe an address or a pager to it. */
const bell = production ? ringing() : undefined;

for (const [name, queue] of Object.entries({
  EncodesDead: encodesDead,
  EncodesLost: encodesLost,
  JobEventsDead: jobEventsDead,
  DeathsDead: deathsDead,
  PullingDead: pullingDead,
  RemovingDead: removingDead,
  AnnouncedDead: announcedDead,
  DeliveriesDead: deliveriesDead,
  Undelivered: undelivered,
})) {
  alarm(`${name}NotEmpty`, {
    alarmDescription: `${name} holds messages. docs/operations.md tells what to do with them.`,
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: queue.nodes.queue.name },
    statistic: "Maximum",
    period: 5 * MINUTE,
    threshold: 0,
  });
}

for (const [name, { queue, minutes }] of Object.entries({
  // a long queue for the encoder is a busy day; half a day of it is a fault
  Encodes: { queue: encodes, minutes: 12 * 60 },
  JobEvents: { queue: jobEvents, minutes: 15 },
  Deaths: { queue: deaths, minutes: 15 },
  // ten films at once, each for at most a quarter of an hour a try
  Pulling: { queue: pulling, minutes: 3 * 60 },
  Removing: { queue: removing, minutes: 60 },
  Announced: { queue: announced, minutes: 15 },
  // a delivery is tried for a day
  Deliveries: { queue: deliveries, minutes: 36 * 60 },
})) {
  alarm(`${name}Waiting`, {
    alarmDescription: `The oldest message of ${name} is older than ${minutes} minutes.`,
    namespace: "AWS/SQS",
    metricName: "ApproximateAgeOfOldestMessage",
    dimensions: { QueueName: queue.nodes.queue.name },
    statistic: "Maximum",
    period: 5 * MINUTE,
    threshold: minutes * MINUTE,
  });
}

const lost = new aws.cloudwatch.LogMetricFilter("AnnouncementsLostFilter", {
  name: named("AnnouncementsLost"),
  logGroupName: logs.name,
  pattern: '{ ($.type = "FailStateEntered") && ($.details.name = "Announcement lost") }',
  metricTransformation: {
    namespace: named("films"),
    name: "AnnouncementsLost",
    value: "1",
  },
});

alarm("AnnouncementsLost", {
  alarmDescription: "A film's end was not announced, after hours of trying. The film is as it is.",
  namespace: named("films"),
  metricName: lost.metricTransformation.name,
  statistic: "Sum",
  period: 5 * MINUTE,
  threshold: 0,
});

alarm("ExecutionsFailing", {
  alarmDescription:
    "Many films fail. One bad upload is ordinary, ten in a quarter of an hour are not.",
  namespace: "AWS/States",
  metricName: "ExecutionsFailed",
  dimensions: { StateMachineArn: machine.arn },
  statistic: "Sum",
  period: 15 * MINUTE,
  threshold: 9,
});

alarm("ExecutionsTimedOut", {
  alarmDescription: "An execution timed out: a token was lost and the sweeper did not see it.",
  namespace: "AWS/States",
  metricName: "ExecutionsTimedOut",
  dimensions: { StateMachineArn: machine.arn },
  statistic: "Sum",
  period: 5 * MINUTE,
  threshold: 0,
});

for (const [name, { metricName, threshold, says }] of Object.entries({
  ApiFailing: { metricName: "5xx", threshold: 9, says: "The API answered 5xx ten times" },
  ApiRefusing: { metricName: "4xx", threshold: 2000, says: "The API refused 2,000 requests" },
})) {
  alarm(name, {
    alarmDescription: `${says} within five minutes.`,
    namespace: "AWS/ApiGateway",
    metricName,
    dimensions: { ApiId: gateway.nodes.api.id },
    statistic: "Sum",
    period: 5 * MINUTE,
    threshold,
  });
}

function alarm(
  name: string,
  args: Omit<aws.cloudwatch.MetricAlarmArgs, "comparisonOperator" | "evaluationPeriods">,
) {
  new aws.cloudwatch.MetricAlarm(name, {
    name: named(name),
    comparisonOperator: "GreaterThanThreshold",
    evaluationPeriods: 1,
    treatMissingData: "notBreaching",
    ...(bell && { alarmActions: [bell.arn], okActions: [bell.arn] }),
    ...args,
  });
}

const KEEP_A_KEY = [
  "kms:DescribeKey",
  "kms:GetKeyPolicy",
  "kms:PutKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:EnableKeyRotation",
  "kms:EnableKey",
  "kms:DisableKey",
  "kms:ScheduleKeyDeletion",
  "kms:CancelKeyDeletion",
  "kms:ListResourceTags",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateKeyDescription",
];

/** CloudWatch cannot speak through a topic under AWS's own key, so this one has its own. */
function ringing() {
  const key = new aws.kms.Key("BellKey", {
    description: named("Bell"),
    enableKeyRotation: true,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          // the account's own IAM policies decide about the rest; "*" is this key
          principals: [
            { type: "AWS", identifiers: [$interpolate`arn:aws:iam::${accountId}:root`] },
          ],
          actions: KEEP_A_KEY,
          resources: ["*"],
        },
        {
          principals: [{ type: "Service", identifiers: ["cloudwatch.amazonaws.com"] }],
          actions: ["kms:Decrypt", "kms:GenerateDataKey"],
          resources: ["*"],
          conditions: [
            { test: "StringEquals", variable: "aws:SourceAccount", values: [accountId] },
          ],
        },
      ],
    }).json,
  });
  const topic = new aws.sns.Topic("Bell", { name: named("Bell"), kmsMasterKeyId: key.arn });
  new aws.sns.TopicPolicy("BellPolicy", {
    arn: topic.arn,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          principals: [{ type: "Service", identifiers: ["cloudwatch.amazonaws.com"] }],
          actions: ["sns:Publish"],
          resources: [topic.arn],
          conditions: [
            { test: "StringEquals", variable: "aws:SourceAccount", values: [accountId] },
          ],
        },
      ],
    }).json,
  });
  return topic;
}
