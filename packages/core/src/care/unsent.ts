import * as Attempt from "../attempt/index.ts";
import * as Sfn from "../aws/workflow.ts";
import * as Clock from "../clock/index.ts";
import * as Encode from "../encode/index.ts";
import { Problem } from "../problem/index.ts";

/**
 * A message that could not be handed to the encoder, however often it was tried. Fails the waiting
 * task at once, unless the attempt has a job or an end after all.
 */
export async function unsent(asked: Encode.Asked): Promise<void> {
  const { videoId, attempt, delivery, taskToken } = asked;
  const { code, message } = new Problem("EncodeUnsent");
  const begun = await Attempt.find(videoId, attempt);
  if (!begun) {
    await Sfn.fail(taskToken, code, message);
    return;
  }
  if ((begun.delivery ?? 0) > delivery) return; // a later delivery is under way
  if (begun.terminal) {
    await Encode.answer({ ...begun, token: begun.token ?? taskToken });
    return;
  }
  if (begun.jobId) return; // its events will wake the execution
  if (begun.createTriedAtMs !== undefined && begun.source) {
    const job = await Encode.lookUp(videoId, attempt, begun.source);
    if (job?.Id) {
      await Attempt.learnJob(videoId, attempt, job.Id);
      await Encode.hearOfEnd(videoId, attempt, job);
      return;
    }
  }
  const problem = { code, message };
  const ended = await Attempt.end(videoId, attempt, {
    status: "ERROR",
    atMs: Clock.now(),
    problem,
  });
  if (ended) await Encode.answer({ ...ended, token: taskToken });
}
