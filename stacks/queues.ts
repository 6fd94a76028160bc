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
