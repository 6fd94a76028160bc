import type { Attempt } from "../attempt/attempt.ts";
import * as Sfn from "../aws/workflow.ts";

/**
 * Wakes the execution that waits for an attempt, if it is over and somebody waits. A second answer
 * finds the task over, which is success.
 */
export async function answer(attempt: Attempt): Promise<"taken" | "over" | "nobody waits"> {
  const { token, terminal, videoId } = attempt;
  if (!token || !terminal) return "nobody waits";
  if (terminal.status === "COMPLETE") {
    return Sfn.succeed(token, { videoId, attempt: attempt.attempt, status: terminal.status });
  }
  const problem = terminal.problem ?? { code: "EncodeFailed", message: "" };
  return Sfn.fail(token, problem.code, problem.message, terminal.said);
}
