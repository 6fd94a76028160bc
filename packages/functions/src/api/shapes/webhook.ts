import * as Video from "@rushes/core/video";
import * as Hook from "@rushes/core/webhook";
import * as z from "zod";
import { DeliveryId, page, Time, WebhookId } from "./words.ts";

const { limits } = Video;
const Event = z.enum(Hook.events);
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
  .strictObject({ url: z.exactOptional(Url), ...Words })
  .meta({ id: "WebhookChange" });

export const Webhook = z
  .object({
    id: WebhookId,
    url: Url,
    events: z.array(z.string()).meta({ examples: [[...Hook.events]] }),
    description: z.string().optional(),
    enabled: z.boolean(),
    createdAt: Time,
  })
  .meta({ id: "Webhook" });

export const WebhookWithSecret = Webhook.extend({
  secret: z.string().meta({ description: "told this once", examples: ["whsec_…"] }),
}).meta({ id: "WebhookWithSecret" });

export const Webhooks = z.object({ items: z.array(Webhook) }).meta({ id: "Webhooks" });

export const Delivery = z
  .object({
    id: DeliveryId,
    event: z.string().meta({ examples: [...Hook.events, Hook.TEST] }),
    state: z.enum(Hook.states),
    at: Time,
    tries: z.array(
      z.object({ at: Time, status: z.int().optional(), problem: z.string().optional() }),
    ),
    nextTryAt: Time.optional(),
  })
  .meta({ id: "Delivery" });

export const Deliveries = page(Delivery, "Deliveries");
