import * as Care from "@rushes/core/care";
import { queue } from "../door/queue.ts";

/** An execution died: its film is told so, and its job is stopped. */
export const handler = queue(
  Care.Died,
  ({ detail }) => ({ videoId: Care.videoOf(detail.input ?? undefined) }),
  Care.settle,
);
