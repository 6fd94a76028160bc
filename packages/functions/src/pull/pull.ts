import * as Pull from "@rushes/core/pull";
import { queue } from "../door/queue.ts";

/** Fetches a film from the web, as far as there is time; another message goes on. */
export const handler = queue(Pull.Asked, (asked) => asked, Pull.run);
