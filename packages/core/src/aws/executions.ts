import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import * as Config from "../config/index.ts";
import { once } from "./once.ts";

/** Where an execution of the workflow is found, or will be, by its name. */
export function arnOf(name: string): string {
  return `${Config.workflowArn().replace(":stateMachine:", ":execution:")}:${name}`;
}

/** Stops an execution. One that is over, or was never begun, needs no stopping. */
export async function stop(executionArn: string, error: string, cause: string): Promise<void> {
  try {
    await sfn().send(new StopExecutionCommand({ executionArn, error, cause }));
  } catch (error) {
    if (!(error instanceof ExecutionDoesNotExist)) throw error;
  }
}

/** An execution as operators look at it. Documents are text, as Step Functions keeps them. */
export interface Look {
  name: string;
  status: string;
  startedAtMs: number;
  stoppedAtMs?: number;
  input?: string;
  output?: string;
  error?: string;
  cause?: string;
}

/** Undefined when Step Functions has forgotten it, or never knew it. */
export async function look(executionArn: string): Promise<Look | undefined> {
  try {
    const found = await sfn().send(new DescribeExecutionCommand({ executionArn }));
    const { input, output, error, cause } = found;
    return {
      name: found.name ?? executionArn.split(":").at(-1) ?? executionArn,
      status: found.status ?? "UNKNOWN",
      startedAtMs: found.startDate?.getTime() ?? 0,
      ...(found.stopDate ? { stoppedAtMs: found.stopDate.getTime() } : {}),
      ...(input === undefined ? {} : { input }),
      ...(output === undefined ? {} : { output }),
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    };
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

/** What happened in an execution, oldest first, at most `limit` events. */
export async function history(
  executionArn: string,
  limit: number,
): Promise<{ events: HistoryEvent[]; isWhole: boolean }> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn().send(
      new GetExecutionHistoryCommand({
        executionArn,
        maxResults: Math.min(1000, limit - events.length),
        includeExecutionData: true,
        ...(nextToken ? { nextToken } : {}),
      }),
    );
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken && events.length < limit);
  return { events, isWhole: !nextToken };
}

const sfn = once(() => new SFNClient({}));
