import { encodeTimeoutSeconds } from "./patience.ts";

const DAY = 24 * 60 * 60;

/** Where deliveries end up that a rule or the schedule could not make. */
export const undelivered = dead("Undelivered");

/** Encodes that even `Unsent` could not settle. */
export const encodesLost = dead("EncodesLost");

/** Encodes that could not be submitted. `Unsent` fails their films at once. */
export const encodesDead = queue("EncodesDead", {
  visibilityTimeout: $dev ? "15 minutes" : "60 seconds",
  deadLetters: encodesLost,
  // a message brings the count of its receives along, so this is twenty more than Encodes tries
  tries: 40,
  keepDays: 14,
});

/**
 * The way to MediaConvert, with the task token: it takes five jobs a second, people bring more.
 * A message must outlive the task that waits for it, or the wait would be for nothing.
 */
export const encodes = queue("Encodes", {
  // six times the submitter's 6 seconds; a crashed submit returns after its 10 second lease and
  // within the minute in which CreateJob still knows its ClientRequestToken
  visibilityTimeout: $dev ? "15 minutes" : "36 seconds",
  deadLetters: encodesDead,
  // throttled deliveries count as well
  tries: 20,
  keepDays: (2 * encodeTimeoutSeconds) / DAY,
});

export const jobEventsDead = dead("JobEventsDead");

/** What MediaConvert says about our jobs. */
export const jobEvents = queue("JobEvents", {
  visibilityTimeout: $dev ? "15 minutes" : "60 seconds",
  deadLetters: jobEventsDead,
  tries: 10,
  keepDays: 4,
});

export const deathsDead = dead("DeathsDead");

/** Executions that ended without telling their film. */
export const deaths = queue("Deaths", {
  visibilityTimeout: $dev ? "15 minutes" : "180 seconds",
  deadLetters: deathsDead,
  tries: 10,
  keepDays: 4,
});

export const pullingDead = dead("PullingDead");

/** Films that come from the web, each to be fetched by `Pull`. */
export const pulling = queue("Pulling", {
  // a fetch that was cut off is taken up again when its quarter of an hour is over
  visibilityTimeout: "16 minutes",
  deadLetters: pullingDead,
  tries: 10,
  keepDays: 4,
});

export const removingDead = dead("RemovingDead");

/** Films that are deleted, each until nothing of it is left. */
export const removing = queue("Removing", {
  visibilityTimeout: $dev ? "15 minutes" : "300 seconds",
  deadLetters: removingDead,
  tries: 20,
  keepDays: 14,
});

export const announcedDead = dead("AnnouncedDead");

/** What became of films, for those who want to be told by a webhook. */
export const announced = queue("Announced", {
  visibilityTimeout: $dev ? "15 minutes" : "60 seconds",
  deadLetters: announcedDead,
  tries: 20,
  keepDays: 4,
});

export const deliveriesDead = dead("DeliveriesDead");

/**
 * Webhooks to be delivered. `Deliver` makes a message wait longer after each failure, and ends a
 * delivery itself when its day is over: only what it could not even write down falls out of here.
 */
export const deliveries = queue("Deliveries", {
  visibilityTimeout: $dev ? "15 minutes" : "90 seconds",
  deadLetters: deliveriesDead,
  tries: 14,
  keepDays: 4,
});

export const pullsLink = new sst.Linkable("Pulls", { properties: { queueUrl: pulling.url } });

export const removalsLink = new sst.Linkable("Removals", {
  properties: { queueUrl: removing.url },
});

interface QueueArgs {
  visibilityTimeout: `${number} seconds` | `${number} minutes`;
  deadLetters: sst.aws.Queue;
  tries: number;
  keepDays: number;
}

function queue(name: string, args: QueueArgs) {
  return new sst.aws.Queue(name, {
    visibilityTimeout: args.visibilityTimeout,
    dlq: { queue: args.deadLetters.arn, retry: args.tries },
    transform: {
      queue: { sqsManagedSseEnabled: true, messageRetentionSeconds: args.keepDays * DAY },
    },
  });
}

/** Kept as long as SQS keeps anything. */
function dead(name: string) {
  return new sst.aws.Queue(name, {
    transform: { queue: { sqsManagedSseEnabled: true, messageRetentionSeconds: 14 * DAY } },
  });
}

/** What a function needs to be fed from a queue. */
export function fedFrom(source: sst.aws.Queue) {
  return {
    actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    resources: [source.arn],
  };
}

/** What a function needs to put messages there. */
export function sendTo(...targets: sst.aws.Queue[]) {
  return { actions: ["sqs:SendMessage"], resources: targets.map(({ arn }) => arn) };
}

/** What a function needs to let a message of its queue wait. */
export function putOff(source: sst.aws.Queue) {
  return { actions: ["sqs:ChangeMessageVisibility"], resources: [source.arn] };
}

/** A queue that takes messages from one service, and only on behalf of these. */
export function accepting(
  name: string,
  queue: sst.aws.Queue,
  service: string,
  sources: { arn: $util.Input<string> }[],
) {
  new aws.sqs.QueuePolicy(name, {
    queueUrl: queue.url,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          principals: [{ type: "Service", identifiers: [service] }],
          actions: ["sqs:SendMessage"],
          resources: [queue.arn],
          conditions: [
            { test: "ArnEquals", variable: "aws:SourceArn", values: sources.map(({ arn }) => arn) },
          ],
        },
      ],
    }).json,
  });
}
