import { announcements } from "./announcements.ts";
import { films, onFilms, queryFilms } from "./library.ts";
import { neighbours } from "./origins.ts";
import { accepting, announced, deliveries, fedFrom, putOff, sendTo } from "./queues.ts";
import { upTo } from "./stage.ts";

export const webhooks = new sst.Linkable("Webhooks", {
  properties: {
    queueUrl: deliveries.url,
    schemes: neighbours.length > 0 ? ["https", "http"] : ["https"],
    privateHosts: neighbours,
  },
});

accepting("AnnouncedPolicy", announced, "sns.amazonaws.com", [announcements]);

new aws.sns.TopicSubscription("AnnouncedSubscription", {
  topic: announcements.arn,
  protocol: "sqs",
  endpoint: announced.arn,
  rawMessageDelivery: true,
});

/** Finds out who wants to hear of a film, and makes a delivery for each. */
export const notify = new sst.aws.Function("Notify", {
  handler: "packages/functions/src/webhooks/notify.handler",
  timeout: upTo("30 seconds"),
  link: [films, webhooks],
  permissions: [fedFrom(announced), onFilms("GetItem", "PutItem"), queryFilms, sendTo(deliveries)],
});

announced.subscribe(notify.arn, {
  batch: { size: 10, partialResponses: true },
  transform: {
    eventSourceMapping: (mapping) => {
      mapping.scalingConfig = { maximumConcurrency: 5 };
    },
  },
});

/** Delivers one webhook, or lets it wait for its next try. */
export const deliver = new sst.aws.Function("Deliver", {
  handler: "packages/functions/src/webhooks/deliver.handler",
  timeout: upTo("30 seconds"),
  link: [films, webhooks],
  permissions: [fedFrom(deliveries), putOff(deliveries), onFilms("GetItem", "UpdateItem")],
});

deliveries.subscribe(deliver.arn, {
  batch: { size: 1, partialResponses: true },
  transform: {
    eventSourceMapping: (mapping) => {
      mapping.scalingConfig = { maximumConcurrency: 20 };
    },
  },
});
