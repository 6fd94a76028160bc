import { type Run, retryCount, type Strand } from "./engine/run.ts";
import type { Json, JsonObject } from "./json.ts";

export interface Beside {
  token?: string;
  item?: { index: number; value: Json };
}

/** The context object, `$states.context`. Source: Step Functions developer guide. */
export function contextOf(
  run: Run,
  strand: Strand,
  retriable: boolean,
  beside: Beside = {},
): JsonObject {
  return {
    Execution: {
      Id: run.arn,
      Input: run.input,
      StartTime: new Date(run.startedAtMs).toISOString(),
      Name: run.name,
      RoleArn: run.roleArn,
      RedriveCount: 0,
    },
    StateMachine: { Id: run.machineArn, Name: run.machineName },
    State: {
      Name: strand.state,
      EnteredTime: new Date(strand.entered.atMs).toISOString(),
      ...(retriable ? { RetryCount: retryCount(strand) } : {}),
    },
    ...(beside.token === undefined ? {} : { Task: { Token: beside.token } }),
    ...(beside.item
      ? { Map: { Item: { Index: beside.item.index, Value: beside.item.value } } }
      : {}),
  };
}
