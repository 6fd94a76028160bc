import * as Webhook from "@rushes/core/webhook";
import { Reply, type Served, serve } from "../door/described.ts";
import {
  changeWebhook,
  deleteWebhook,
  listDeliveries,
  listWebhooks,
  openWebhook,
  replayDelivery,
  rotateSecret,
  showWebhook,
  testWebhook,
} from "./table/webhooks.ts";

export const webhooks: readonly Served[] = [
  serve(openWebhook, async ({ actor, body }) => {
    const opened = await Webhook.create(actor, body);
    return new Reply(opened, { location: `/webhooks/${opened.id}` });
  }),
  serve(listWebhooks, ({ actor }) => Webhook.list(actor)),
  serve(showWebhook, ({ actor, params }) => Webhook.find(actor, params.id)),
  serve(changeWebhook, ({ actor, params, body }) => Webhook.change(actor, params.id, body)),
  serve(deleteWebhook, ({ actor, params }) => Webhook.remove(actor, params.id)),
  serve(rotateSecret, ({ actor, params }) => Webhook.rotate(actor, params.id)),
  serve(testWebhook, ({ actor, params }) => Webhook.test(actor, params.id)),
  serve(listDeliveries, ({ actor, params, query }) => Webhook.deliveries(actor, params.id, query)),
  serve(replayDelivery, ({ actor, params: { id, deliveryId } }) =>
    Webhook.replay(actor, id, deliveryId),
  ),
];
