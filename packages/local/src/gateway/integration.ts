import type { InvokeCommandOutput } from "@aws-sdk/client-lambda";
import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Trail } from "./access-log.ts";
import type { Route } from "./api.ts";
import type { Event } from "./event.ts";
import { problem } from "./problem.ts";
import { type Reply, readReply } from "./reply.ts";

export interface Call {
  route: Route;
  /** what a permission of the function names: `arn:aws:execute-api:...:ID/STAGE/METHOD/PATH` */
  sourceArn: string;
  event: Event;
}

/**
 * Asks a function, under the permission that it gives to API Gateway.
 *
 * @param note is told how it went
 * @throws Refusal `Internal` for a function that failed, may not be invoked or answered what is no
 *   answer; `Unavailable` when it has no room; `TimedOut`
 */
export async function invoke(
  cloud: Cloud,
  { route, sourceArn, event }: Call,
  note: (went: NonNullable<Trail["integration"]>) => void,
): Promise<Reply> {
  const beganMs = performance.now();
  const latency = () => ({ latencyMs: Math.round(performance.now() - beganMs) });
  const caller = cloud.iam.service("apigateway.amazonaws.com", {
    "aws:SourceArn": sourceArn,
    "aws:SourceAccount": cloud.accountId,
  });
  try {
    const output = await within(
      route.timeoutMs,
      cloud.call<Pick<InvokeCommandOutput, "FunctionError" | "Payload">>(
        "lambda",
        "Invoke",
        { FunctionName: route.functionName, Payload: JSON.stringify(event) },
        caller,
      ),
    );
    const payload = Buffer.from(output.Payload ?? "").toString();
    if (output.FunctionError) {
      // what went wrong in it is in the function's own log
      throw problem("Internal", { why: "the function failed" });
    }
    const reply = readReply(payload);
    note({ ...latency(), status: reply.status });
    return reply;
  } catch (error) {
    const said = asProblem(error);
    note({ ...latency(), ...(said instanceof Refusal ? { error: String(said.about.why) } : {}) });
    throw said;
  }
}

/** Lambda's refusals as callers of an API see them; what cannot be one stays what it is. */
function asProblem(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  switch (error.code) {
    case "TooManyRequestsException":
      return problem("Unavailable", { why: "the function is throttled" });
    case "RequestTooLargeException":
      return problem("TooLarge", { why: "the event is larger than a function may be given" });
    case "AccessDenied":
      return problem("Internal", {
        why: "the function gives this API no permission to invoke it",
      });
    case "ResourceNotFoundException":
      return problem("Internal", { why: "there is no such function" });
    default:
      return error;
  }
}

/** The function runs on, and nobody waits for it. */
async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(problem("TimedOut", { why: `no answer within ${timeoutMs} ms` })),
      timeoutMs,
    ).unref();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
