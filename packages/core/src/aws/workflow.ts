import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from "@aws-sdk/client-sfn";
import * as Config from "../config/index.ts";
import { once } from "./once.ts";

/** Whether the waiting task took the answer, or was over before (answered, timed out, stopped). */
export type Taken = "taken" | "over";

export async function succeed(token: string, output: object): Promise<Taken> {
  return swallow(() =>
    sfn().send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(output) })),
  );
}

/**
 * @param message for people
 * @param said what AWS said: operators find it in the execution's history
 */
export async function fail(
  token: string,
  code: string,
  message: string,
  said?: string,
): Promise<Taken> {
  return swallow(() =>
    sfn().send(
      new SendTaskFailureCommand({
        taskToken: token,
        error: code.slice(0, 256),
        // the shape of a failed Lambda, so that the machine reads both alike
        cause: JSON.stringify({
          errorType: code,
          errorMessage: message.slice(0, 4000),
          ...(said ? { said: said.slice(0, 4000) } : {}),
        }),
      }),
    ),
  );
}

/** Starts an execution by name; when one of that name was started before, nothing happens. */
export async function start(name: string, input: object): Promise<"started" | "already"> {
  try {
    await sfn().send(
      new StartExecutionCommand({
        stateMachineArn: Config.workflowArn(),
        name,
        input: JSON.stringify(input),
      }),
    );
    return "started";
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) return "already";
    throw error;
  }
}

export interface Execution {
  status: string;
  input?: string;
  /** What it ended with: JSON when it succeeded, an error's name when it failed. */
  output?: string;
  error?: string;
  stoppedAtMs?: number;
}

/** What became of an execution; undefined when Step Functions has forgotten it. */
export async function describe(arn: string): Promise<Execution | undefined> {
  try {
    const found = await sfn().send(new DescribeExecutionCommand({ executionArn: arn }));
    return {
      status: found.status ?? "UNKNOWN",
      ...(found.input === undefined ? {} : { input: found.input }),
      ...(found.output === undefined ? {} : { output: found.output }),
      ...(found.error === undefined ? {} : { error: found.error }),
      ...(found.stopDate === undefined ? {} : { stoppedAtMs: found.stopDate.getTime() }),
    };
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

/** Whether an execution may still do something by itself. */
export function isUnderWay(execution: Execution | undefined): boolean {
  return execution?.status === "RUNNING" || execution?.status === "PENDING_REDRIVE";
}

/** A second answer is told that the task is over: that is success. */
async function swallow(send: () => Promise<unknown>): Promise<Taken> {
  try {
    await send();
    return "taken";
  } catch (error) {
    if (error instanceof TaskTimedOut || error instanceof TaskDoesNotExist) return "over";
    throw error;
  }
}

const sfn = once(() => new SFNClient({}));
