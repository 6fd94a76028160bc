import * as Encode from "@rushes/core/encode";
import { queue } from "../door/queue.ts";

/** Parks the token and creates the job, never a second one. */
export const handler = queue(Encode.Asked, (asked) => asked, Encode.submit);
