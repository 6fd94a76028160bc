import { standings } from "@rushes/core/execution";
import * as z from "zod";
import { Time } from "./words.ts";

/** How an execution, or one of its states, came out. */
const Outcome = {
  input: z.unknown().optional(),
  output: z.unknown().optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
};

/** One state that an execution was in. */
export const State = z
  .object({
    name: z.string().meta({ examples: ["Encode"] }),
    type: z.string().meta({ examples: ["Task"] }),
    status: z.enum(standings),
    enteredAt: Time,
    exitedAt: Time.optional(),
    retries: z.int().nonnegative(),
    ...Outcome,
  })
  .meta({ id: "ExecutionState" });

export const Execution = z
  .object({
    attempt: z.int().nonnegative(),
    name: z.string(),
    status: z.string().meta({ examples: ["RUNNING"] }),
    startedAt: Time,
    stoppedAt: Time.optional(),
    ...Outcome,
    states: z.array(State).meta({ description: "in the order in which they were entered" }),
    history: z.array(
      z.object({
        id: z.int(),
        at: Time,
        type: z.string(),
        previousId: z.int().optional(),
        about: z.unknown().optional(),
      }),
    ),
    isWhole: z.boolean().meta({ description: "false: the history is longer than what is shown" }),
  })
  .meta({ id: "Execution", description: "Task tokens are redacted wherever they stand." });
