import { budget } from "./budget.ts";
import { distribution, emptyStreams, invalidate, streams } from "./delivery.ts";
import { cancelJobs, encoder, getJobs, listJobs, searchJobs } from "./encoder.ts";
import { intakeLink } from "./intake.ts";
import { films, onFilms, queryBy, queryFilms } from "./library.ts";
import {
  deaths,
  encodesDead,
  fedFrom,
  pulling,
  pullsLink,
  removalsLink,
  removing,
  sendTo,
  undelivered,
} from "./queues.ts";
import { accountId, region, trusting, upTo } from "./stage.ts";
import { abortUploads, emptySources, seeSources, uploads } from "./storage.ts";
import {
  answerTasks,
  describeExecutions,
  startExecutions,
  stopExecutions,
  workflow,
} from "./workflow.ts";

/** Finds films that wait for something that will not come. The next run is the retry. */
export const sweep = new sst.aws.Function("Sweep", {
  handler: "packages/functions/src/care/sweep.handler",
  timeout: upTo("240 seconds"),
  retries: 0,
  link: [films, uploads, encoder, workflow, intakeLink, budget, pullsLink, removalsLink],
  permissions: [
    onFilms("GetItem", "PutItem", "UpdateItem"),
    queryBy("inFlight"),
    ...seeSources,
    abortUploads,
    listJobs,
    searchJobs,
    getJobs,
    cancelJobs,
    answerTasks,
    describeExecutions,
    startExecutions,
    stopExecutions,
    sendTo(pulling, removing),
    // what it failed on
    sendTo(undelivered),
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
  transform: {
    role: (role) => {
      // the scheduler names the group of a schedule as the one it acts for
      role.assumeRolePolicy = trusting(
        "scheduler.amazonaws.com",
        $interpolate`arn:aws:scheduler:${region}:${accountId}:schedule-group/default`,
      );
    },
  },
});

/** Writes the end of films whose execution died. */
export const settle = new sst.aws.Function("Settle", {
  handler: "packages/functions/src/care/settle.handler",
  timeout: upTo("30 seconds"),
  link: [films, workflow, intakeLink],
  permissions: [
    fedFrom(deaths),
    onFilms("GetItem", "PutItem", "UpdateItem"),
    searchJobs,
    cancelJobs,
    describeExecutions,
    startExecutions,
    stopExecutions,
  ],
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
  link: [films],
  permissions: [fedFrom(encodesDead), onFilms("GetItem", "UpdateItem"), searchJobs, answerTasks],
});

encodesDead.subscribe(unsent.arn, {
  batch: { size: 1, partialResponses: true },
  transform: {
    eventSourceMapping: (mapping) => {
      mapping.scalingConfig = { maximumConcurrency: 2 };
    },
  },
});

/** Takes a deleted film away: what runs for it, its objects in every version, its records. */
export const remove = new sst.aws.Function("Remove", {
  handler: "packages/functions/src/care/remove.handler",
  timeout: upTo("240 seconds"),
  memory: "1024 MB",
  link: [films, uploads, streams, intakeLink, distribution, removalsLink],
  permissions: [
    fedFrom(removing),
    onFilms("GetItem", "UpdateItem", "DeleteItem"),
    queryFilms,
    ...emptySources,
    ...emptyStreams,
    invalidate,
    describeExecutions,
    stopExecutions,
    searchJobs,
    cancelJobs,
    sendTo(removing),
  ],
});

removing.subscribe(remove.arn, {
  batch: { size: 1, partialResponses: true },
  transform: {
    eventSourceMapping: (mapping) => {
      mapping.scalingConfig = { maximumConcurrency: 5 };
    },
  },
});
