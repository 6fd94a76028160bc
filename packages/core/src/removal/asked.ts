import * as z from "zod";
import * as Messages from "../aws/messages.ts";
import * as Config from "../config/index.ts";
import * as Id from "../id/id.ts";

/** A message on the removals queue: a deleted film, or one attempt's files that are to go. */
export const Asked = z.object({
  videoId: Id.VideoId,
  /** Only what this attempt left. */
  attempt: z.number().int().positive().optional(),
  /** How often it was carried on already. */
  turn: z.number().int().nonnegative().default(0),
});
export type Asked = z.infer<typeof Asked>;

/** Asks for it to be carried on, the later the longer it takes already. */
export async function ask(asked: z.input<typeof Asked>): Promise<void> {
  const { turn = 0 } = asked;
  await Messages.send(Config.removalsUrl(), asked, Math.min(turn * 2, LONGEST_PAUSE_SECONDS));
}

const LONGEST_PAUSE_SECONDS = 300;
