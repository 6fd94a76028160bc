import { accountsLink } from "./accounts.ts";
import { budget } from "./budget.ts";
import { cancelJobs, searchJobs } from "./encoder.ts";
import { gateway, signedIn } from "./gateway.ts";
import { intakeLink } from "./intake.ts";
import { films, onFilms, queryBy, queryFilms } from "./library.ts";
import { deliveries, pulling, pullsLink, removalsLink, removing, sendTo } from "./queues.ts";
import { upTo } from "./stage.ts";
import { seeUploads, takeUploads, uploads } from "./storage.ts";
import { webhooks } from "./webhooks.ts";
import { readExecutions, startExecutions, stopExecutions, workflow } from "./workflow.ts";

/** Everything people ask of the library. Grants have a function of their own. */
export const api = new sst.aws.Function("Api", {
  handler: "packages/functions/src/api/api.handler",
  timeout: upTo("29 seconds"),
  memory: "1024 MB",
  link: [
    accountsLink,
    films,
    uploads,
    intakeLink,
    workflow,
    budget,
    pullsLink,
    removalsLink,
    webhooks,
  ],
  permissions: [
    onFilms("GetItem", "PutItem", "UpdateItem", "DeleteItem"),
    queryFilms,
    queryBy("byOwner", "byTitle", "byTime"),
    takeUploads,
    ...seeUploads,
    sendTo(pulling, removing, deliveries),
    startExecutions,
    stopExecutions,
    ...readExecutions,
    searchJobs,
    cancelJobs,
  ],
});

// one by one: a route for ANY would take a browser's preflights, which bring no token
for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]) {
  gateway.route(`${method} /api/{proxy+}`, api.arn, { ...signedIn, name: method });
}
// who is not signed in must learn where to sign in
gateway.route("GET /api/sign-in", api.arn, { name: "SignIn" });
