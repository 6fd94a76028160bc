import { streams } from "./delivery.ts";
import { createJobs, encoder, findJobs, jobsOfOurs } from "./encoder.ts";
import { intakeLink } from "./intake.ts";
import { films, keepFilms } from "./library.ts";
import { encodes, fedFrom, jobEvents } from "./queues.ts";
import { upTo } from "./stage.ts";
import { uploads } from "./storage.ts";
import { answerTasks, workflow } from "./workflow.ts";

/** Parks the token and creates the job, two at a time: MediaConvert takes five a second. */
export const submit = new sst.aws.Function("Submit", {
  handler: "packages/functions/src/encoder/submit.handler",
  timeout: upTo("6 seconds"),
  link: [films, uploads, streams, encoder, workflow, intakeLink],
  permissions: [fedFrom(encodes), keepFilms, ...createJobs, findJobs, jobsOfOurs, answerTasks],
});

encodes.subscribe(submit.arn, {
  batch: { size: 1, partialResponses: true },
  transform: {
    eventSourceMapping: (mapping) => {
      mapping.scalingConfig = { maximumConcurrency: 2 };
    },
  },
});

/** Writes down what MediaConvert says, and wakes the execution when the job is over. */
export const resume = new sst.aws.Function("Resume", {
  handler: "packages/functions/src/encoder/resume.handler",
  timeout: upTo("10 seconds"),
  link: [films, uploads, streams, encoder, workflow, intakeLink],
  permissions: [fedFrom(jobEvents), keepFilms, jobsOfOurs, answerTasks],
});

jobEvents.subscribe(resume.arn, {
  batch: { size: 10, partialResponses: true },
  transform: {
    eventSourceMapping: (mapping) => {
      mapping.scalingConfig = { maximumConcurrency: 10 };
    },
  },
});
