import * as Removal from "@rushes/core/removal";
import { queue } from "../door/queue.ts";

/** Takes away what a deleted film, or an attempt that nobody watches any more, has left. */
export const handler = queue(Removal.Asked, (asked) => asked, Removal.answer);
