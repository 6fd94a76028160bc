import * as Webhook from "@rushes/core/webhook";
import { queue } from "../door/queue.ts";

/** Tells one endpoint, once; the message comes again when it did not listen. */
export const handler = queue(Webhook.Carried, () => ({}), Webhook.deliver);
