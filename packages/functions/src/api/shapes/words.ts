import * as Actor from "@rushes/core/actor";
import * as Id from "@rushes/core/id";
import * as Video from "@rushes/core/video";
import * as z from "zod";

/** Words that many shapes are made of. */

export const VideoId = Id.VideoId.meta({ examples: ["vid_01JD9GZ3W8M5V7Q2X4R6T8Y0AB"] });
export const UploadId = Id.UploadId.meta({ examples: ["upl_01JD9GZ3W9C1D3F5H7K9N2P4QR"] });
export const WebhookId = Id.WebhookId.meta({ examples: ["whk_01JD9H5A2B4C6D8E0F1G3H5J7K"] });
export const DeliveryId = Id.DeliveryId.meta({ examples: ["dlv_01JD9H7M9N2P4Q6R8S0T1V3W5X"] });

/** ISO 8601, in UTC. */
export const Time = z.iso.datetime().meta({ examples: ["2026-11-22T15:04:05.000Z"] });
export const Bytes = z.int().nonnegative();
export const Seconds = z.number().nonnegative();
export const Percent = z.int().min(0).max(100);
export const Usd = z.number().nonnegative().meta({ description: "US dollars" });
/** Somebody's `sub`. */
export const Person = Actor.Sub;
export const Frames = z
  .object({ numerator: z.int().positive(), denominator: z.int().positive() })
  .meta({ id: "FrameRate", description: "A fraction, such as 30000/1001 pictures a second." });

/** Where a list goes on; nobody but the API understands it. */
export const Cursor = z.string().min(1).max(2000);

/** How many at most, in a query. */
export const Limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(Video.limits.pageItemsAtMost)
  .default(Video.limits.pageItems);

/** A page of a list. */
export function page<Item extends z.ZodType>(item: Item, id: string) {
  return z
    .object({
      items: z.array(item),
      nextCursor: Cursor.optional().meta({ description: "absent on the last page" }),
    })
    .meta({ id });
}

/** Nothing needs to be said; what is said all the same is refused. */
export const Nothing = z.strictObject({}).meta({ id: "Nothing" });
