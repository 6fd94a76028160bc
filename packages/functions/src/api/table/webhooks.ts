import * as z from "zod";
import { described } from "../../door/described.ts";
import {
  Deliveries,
  Delivery,
  Webhook,
  WebhookChange,
  Webhooks,
  WebhookWish,
  WebhookWithSecret,
} from "../shapes/webhook.ts";
import { Cursor, DeliveryId, Limit, Nothing, WebhookId } from "../shapes/words.ts";

const tag = "Webhooks";
const params = z.object({ id: WebhookId });
const absent = { id: "WebhookNotFound", deliveryId: "WebhookNotFound" } as const;

export const openWebhook = described({
  id: "openWebhook",
  method: "post",
  path: "/webhooks",
  tag,
  summary: "Opens a webhook for your films",
  description: "Signed as Standard Webhooks, retried for a day.",
  access: "token",
  body: WebhookWish,
  answer: {
    status: 201,
    says: "The webhook, with its secret.",
    shape: WebhookWithSecret,
    headers: { location: "the webhook's address" },
  },
  problems: ["Forbidden", "AddressNotAllowed", "TooManyWebhooks"],
});

export const listWebhooks = described({
  id: "listWebhooks",
  method: "get",
  path: "/webhooks",
  tag,
  summary: "Lists your webhooks",
  access: "token",
  answer: { status: 200, says: "All of them.", shape: Webhooks },
  problems: ["Forbidden"],
});

export const showWebhook = described({
  id: "showWebhook",
  method: "get",
  path: "/webhooks/{id}",
  tag,
  summary: "Shows a webhook",
  access: "token",
  params,
  absent,
  answer: { status: 200, says: "The webhook.", shape: Webhook },
  problems: ["WebhookNotFound", "Forbidden"],
});

export const changeWebhook = described({
  id: "changeWebhook",
  method: "patch",
  path: "/webhooks/{id}",
  tag,
  summary: "Changes a webhook",
  access: "token",
  params,
  absent,
  body: WebhookChange,
  answer: { status: 200, says: "The webhook as it is now.", shape: Webhook },
  problems: ["WebhookNotFound", "Forbidden", "AddressNotAllowed"],
});

export const deleteWebhook = described({
  id: "deleteWebhook",
  method: "delete",
  path: "/webhooks/{id}",
  tag,
  summary: "Deletes a webhook",
  access: "token",
  params,
  absent,
  answer: { status: 204, says: "It is gone." },
  problems: ["WebhookNotFound", "Forbidden"],
});

export const rotateSecret = described({
  id: "rotateSecret",
  method: "post",
  path: "/webhooks/{id}/secret",
  tag,
  summary: "Gives a webhook a new secret",
  description: "For a day deliveries are signed with both.",
  access: "token",
  params,
  absent,
  body: Nothing,
  answer: { status: 200, says: "The webhook, with its new secret.", shape: WebhookWithSecret },
  problems: ["WebhookNotFound", "Forbidden"],
});

export const testWebhook = described({
  id: "testWebhook",
  method: "post",
  path: "/webhooks/{id}/test",
  tag,
  summary: "Sends a webhook something to try it",
  access: "token",
  params,
  absent,
  body: Nothing,
  answer: { status: 202, says: "The delivery, on its way.", shape: Delivery },
  problems: ["WebhookNotFound", "Forbidden"],
});

export const listDeliveries = described({
  id: "listDeliveries",
  method: "get",
  path: "/webhooks/{id}/deliveries",
  tag,
  summary: "Lists what was sent to a webhook, newest first",
  access: "token",
  params,
  absent,
  query: z.strictObject({ limit: Limit, cursor: Cursor.optional() }),
  answer: { status: 200, says: "A page of deliveries.", shape: Deliveries },
  problems: ["WebhookNotFound", "Forbidden", "CursorInvalid"],
});

export const replayDelivery = described({
  id: "replayDelivery",
  method: "post",
  path: "/webhooks/{id}/deliveries/{deliveryId}/replay",
  tag,
  summary: "Sends a delivery again",
  access: "token",
  params: z.object({ id: WebhookId, deliveryId: DeliveryId }),
  absent,
  body: Nothing,
  answer: { status: 202, says: "The delivery, on its way again.", shape: Delivery },
  problems: ["WebhookNotFound", "Forbidden"],
});
