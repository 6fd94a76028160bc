import { streams } from "./delivery.ts";
import { encoder, findJobs, jobsOfOurs } from "./encoder.ts";
import { intake, intakeLink } from "./intake.ts";
import { films, keepFilms, library } from "./library.ts";
import { deaths, encodesDead, fedFrom, undelivered } from "./queues.ts";
import { upTo } from "./stage.ts";
import { sources, uploads } from "./storage.ts";
import {
  answerTasks,
  describeExecutions,
  failTasks,
  startExecutions,
  workflow,
} from "./workflow.ts";

/** Finds films that wait for something that will not come. The next run is the retry. */
export const sweep = new sst.aws.Function("Sweep", {
  handler: "packages/functions/src/care/sweep.handler",
  timeout: upTo("240 seconds"),
  retries: 0,
  link: [films, uploads, streams, encoder, workflow, intakeLink],
  permissions: [
    keepFilms,
    { actions: ["dynamodb:Query"], resources: [library.arn, $interpolate`${library.arn}/index/*`] },
    findJobs,
    jobsOfOurs,
    answerTasks,
    describeExecutions,
    startExecutions,
    {
      actions: ["s3:ListBucket"],
      resources: [sources.arn],
      conditions: [
        {
          test: "StringLike",
          variable: "s3:prefix",
          values: [`${intake.uploadsPrefix}*`, `${intake.inboxPrefix}*`],
        },
      ],
    },
    { actions: ["sqs:SendMessage"], resources: [undelivered.arn] },
  ],
  transform: {
    eventInvokeConfig: (config) => {
      config.maximumEventAgeInSeconds = 300;
      config.destinationConfig = { onFailure: { destination: undelivered.arn } };
    },
  },
});

new sst.aws.CronV2("Sweeping", {
  schedule: "rate(5 minutes)",
  function: sweep.arn,
  retries: 0,
  dlq: undelivered.arn,
});

/** Writes the end of films whose execution died. */
export const settle = new sst.aws.Function("Settle", {
  handler: "packages/functions/src/care/settle.handler",
  timeout: upTo("30 seconds"),
  link: [films, uploads, streams, encoder, workflow, intakeLink],
  permissions: [fedFrom(deaths), keepFilms, jobsOfOurs, describeExecutions],
});

deaths.subscribe(settle.arn, {
  batch: { size: 10, partialResponses: true },
  transform: {
    eventSourceMapping: (mapping) => {
      mapping.scalingConfig = { maximumConcurrency: 2 };
    },
  },
});

/** Fails the films that could not be sent to MediaConvert. */
export const unsent = new sst.aws.Function("Unsent", {
  handler: "packages/functions/src/care/unsent.handler",
  timeout: upTo("10 seconds"),
  link: [films, uploads, streams, encoder, workflow, intakeLink],
  permissions: [fedFrom(encodesDead), keepFilms, failTasks],
});

encodesDead.subscribe(unsent.arn, {
  batch: { size: 1, partialResponses: true },
  transform: {
    eventSourceMapping: (mapping) => {
      mapping.scalingConfig = { maximumConcurrency: 2 };
    },
  },
});
