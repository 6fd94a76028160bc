import * as Webhook from "@rushes/core/webhook";
import { queue } from "../door/queue.ts";

/** A film's end was announced: whoever wants to hear of it gets a delivery. */
export const handler = queue(Webhook.Announced, (told) => told, Webhook.notify);
