import * as Care from "@rushes/core/care";
import * as Encode from "@rushes/core/encode";
import { queue } from "../door/queue.ts";

/** A job could not be handed over: the waiting task fails at once. */
export const handler = queue(Encode.Asked, (asked) => asked, Care.unsent);
