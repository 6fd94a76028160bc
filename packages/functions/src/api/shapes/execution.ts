import * as z from "zod";
import { Time } from "./words.ts";

/** One state that an execution was in. */
export const Step = z
  .object({
    name: z.string(),
    type: z.string(),
    status: z.enum(["running", "succeeded", "failed"]),
    enteredAt: Time,
    exitedAt: Time.optional(),
    input: z.unknown().optional(),
    output: z.unknown().optional(),
    error: z.string().optional(),
    cause: z.string().optional(),
  })
  .meta({ id: "Step" });

export const Execution = z
  .object({
    attempt: z.int().positive(),
    name: z.string(),
    status: z.string().meta({ examples: ["RUNNING"] }),
    startedAt: Time,
    stoppedAt: Time.optional(),
    states: z.array(Step),
    history: z.array(z.looseObject({ id: z.int(), at: Time, type: z.string() })),
  })
  .meta({ id: "Execution", description: "Task tokens are redacted everywhere." });
