import * as Encode from "@rushes/core/encode";
import { queue } from "../door/queue.ts";

/** MediaConvert spoke: writes it down, and wakes the execution when the job is over. */
export const handler = queue(Encode.Spoke, ({ detail }) => detail.userMetadata, Encode.hear);
