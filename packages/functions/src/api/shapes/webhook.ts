import { Video } from "@rushes/core/video";
import * as z from "zod";
import { DeliveryId, page, Time, WebhookId } from "./words.ts";

const { limits } = Video;
const Event = z
  .string()
  .min(1)
  .max(60)
  .meta({ examples: ["video.ready"] });
const Url = z
  .string()
  .min(1)
  .max(limits.urlLength)
  .meta({ examples: ["https://example.org/hook"] });
const Words = {
  events: z
    .array(Event)
    .max(limits.webhookEvents)
    .optional()
    .meta({ description: "all, unless said" }),
  description: z.string().max(limits.descriptionLength).optional(),
  enabled: z.boolean().optional(),
};

export const WebhookWish = z.strictObject({ url: Url, ...Words }).meta({ id: "WebhookWish" });
export const WebhookChange = z
  .strictObject({ url: Url.optional(), ...Words })
  .meta({ id: "WebhookChange" });

export const Webhook = z
  .object({
    id: WebhookId,
    url: Url,
    events: z.array(Event),
    description: z.string().optional(),
    enabled: z.boolean(),
    createdAt: Time,
  })
  .meta({ id: "Webhook" });

export const WebhookWithSecret = Webhook.extend({
  secret: z.string().meta({ description: "told this once", examples: ["whsec_…"] }),
}).meta({ id: "WebhookWithSecret" });

export const Webhooks = page(Webhook, "Webhooks");

export const Delivery = z
  .object({
    id: DeliveryId,
    event: Event,
    state: z.enum(["waiting", "delivered", "failed"]),
    at: Time,
    tries: z.array(
      z.object({ at: Time, status: z.int().optional(), problem: z.string().optional() }),
    ),
    nextTryAt: Time.optional(),
  })
  .meta({ id: "Delivery" });

export const Deliveries = page(Delivery, "Deliveries");
