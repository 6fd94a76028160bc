import { intakeLink } from "./intake.ts";
import { films, onFilms } from "./library.ts";
import { fedFrom, pulling, pullsLink, sendTo } from "./queues.ts";
import { takeUploads, uploads } from "./storage.ts";
import { startExecutions, workflow } from "./workflow.ts";

/** Fetches films from the web. Each has its own public address, and may be slow. */
export const pull = new sst.aws.Function("Pull", {
  handler: "packages/functions/src/pull/pull.handler",
  timeout: "15 minutes",
  memory: "1024 MB",
  link: [films, uploads, intakeLink, pullsLink, workflow],
  permissions: [
    fedFrom(pulling),
    onFilms("GetItem", "PutItem", "UpdateItem"),
    takeUploads,
    // a film that takes longer than a function may is gone on with
    sendTo(pulling),
    // a film that never comes is announced by the workflow, as every end is
    startExecutions,
  ],
});

pulling.subscribe(pull.arn, {
  batch: { size: 1, partialResponses: true },
  transform: {
    eventSourceMapping: (mapping) => {
      mapping.scalingConfig = { maximumConcurrency: 10 };
    },
  },
});
