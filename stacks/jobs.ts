import { streams } from "./delivery.ts";
import { createJobs, encoder, searchJobs } from "./encoder.ts";
import { films, onFilms } from "./library.ts";
import { encodes, fedFrom, jobEvents } from "./queues.ts";
import { upTo } from "./stage.ts";
import { answerTasks } from "./workflow.ts";

/** Parks the token and creates the job, two at a time: MediaConvert takes five a second. */
export const submit = new sst.aws.Function("Submit", {
  handler: "packages/functions/src/encoder/submit.handler",
  timeout: upTo("6 seconds"),
  link: [films, streams, encoder],
  permissions: [
    fedFrom(encodes),
    onFilms("GetItem", "UpdateItem"),
    ...createJobs,
    searchJobs,
    answerTasks,
  ],
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
  link: [films, encoder],
  permissions: [fedFrom(jobEvents), onFilms("GetItem", "PutItem", "UpdateItem"), answerTasks],
});

jobEvents.subscribe(resume.arn, {
  batch: { size: 10, partialResponses: true },
  transform: {
    eventSourceMapping: (mapping) => {
      mapping.scalingConfig = { maximumConcurrency: 10 };
    },
  },
});
