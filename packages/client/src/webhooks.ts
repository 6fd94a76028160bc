import type { Delivery, Webhook, WebhookChange, WebhookWish, WebhookWithSecret } from "./shapes.ts";
import { at, every } from "./wire/pages.ts";
import { taken, type Wire } from "./wire/wire.ts";

/** Endpoints that are told what becomes of their owner's films. */
export interface Webhooks {
  /** The answer holds the secret to verify deliveries with; it is told here and never again. */
  open(wish: WebhookWish): Promise<WebhookWithSecret>;
  list(): Promise<Webhook[]>;
  get(id: string): Promise<Webhook>;
  change(id: string, change: WebhookChange): Promise<Webhook>;
  remove(id: string): Promise<void>;
  /** A new secret in place of the old one. */
  rotate(id: string): Promise<WebhookWithSecret>;
  /** Has something delivered that means nothing. */
  test(id: string): Promise<Delivery>;
  /** What was delivered, the newest first. */
  deliveries(id: string): AsyncGenerator<Delivery, void, undefined>;
  /** Delivers something once more. */
  replay(id: string, deliveryId: string): Promise<Delivery>;
}

export function webhooksOf({ repeat, once }: Wire): Webhooks {
  const hook = (id: string) => ({ path: { id } });
  return {
    open: (body) => taken(once.POST("/webhooks", { body })),
    list: async () => (await taken(repeat.GET("/webhooks"))).items,
    get: (id) => taken(repeat.GET("/webhooks/{id}", { params: hook(id) })),
    change: (id, body) => taken(repeat.PATCH("/webhooks/{id}", { params: hook(id), body })),
    remove: async (id) => void (await repeat.DELETE("/webhooks/{id}", { params: hook(id) })),
    rotate: (id) => taken(once.POST("/webhooks/{id}/secret", { params: hook(id), body: {} })),
    test: (id) => taken(once.POST("/webhooks/{id}/test", { params: hook(id), body: {} })),
    deliveries: (id) =>
      every((cursor) =>
        taken(
          repeat.GET("/webhooks/{id}/deliveries", {
            params: { ...hook(id), query: at({}, cursor) },
          }),
        ),
      ),
    replay: (id, deliveryId) =>
      taken(
        once.POST("/webhooks/{id}/deliveries/{deliveryId}/replay", {
          params: { path: { id, deliveryId } },
          body: {},
        }),
      ),
  };
}
