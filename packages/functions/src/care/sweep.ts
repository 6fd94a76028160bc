import * as Care from "@rushes/core/care";
import { say } from "../door/observe.ts";
import { schedule } from "../door/schedule.ts";

/** Looks after films that nothing has moved for a while, and says what it did. */
export const handler = schedule(async () => {
  const round = await Care.sweep();
  say("swept", { ...round });
  return round;
});
