/** Step Functions, as far as core leans on it: tokens that are taken once, starts by name. */
export interface Machine {
  call(operation: string, input: Record<string, string>): object;
  /** A task begins to wait. */
  wait(token: string): void;
  /** A task stops waiting: it timed out, or its execution was stopped. */
  giveUp(token: string): void;
  answers: { token: string; output?: unknown; error?: string }[];
  /** Answers that came too late. */
  late: number;
  started: Map<string, unknown>;
  executions: Map<string, { status: string; input?: string; output?: string; error?: string }>;
  /** Events by execution, as GetExecutionHistory tells them. */
  histories: Map<string, object[]>;
  /** Throws before or after the next calls take effect. */
  fault: ((operation: string, when: "before" | "after") => void) | undefined;
}

export function smallMachine(): Machine {
  const waiting = new Set<string>();
  const machine: Machine = {
    answers: [],
    late: 0,
    started: new Map(),
    executions: new Map(),
    histories: new Map(),
    fault: undefined,
    wait: (token) => void waiting.add(token),
    giveUp: (token) => void waiting.delete(token),
    call(operation, input) {
      machine.fault?.(operation, "before");
      const output = run(operation, input);
      machine.fault?.(operation, "after");
      return output;
    },
  };
  return machine;

  function run(operation: string, input: Record<string, string>): object {
    switch (operation) {
      case "SendTaskSuccess":
        return take(input, { output: JSON.parse(input.output ?? "null") as unknown });
      case "SendTaskFailure":
        return take(input, { error: input.error ?? "" });
      case "StartExecution": {
        const name = input.name ?? "";
        if (machine.started.has(name)) throw named("ExecutionAlreadyExists");
        machine.started.set(name, JSON.parse(input.input ?? "null"));
        return { executionArn: `arn:aws:states:::execution:workflow:${name}`, startDate: 0 };
      }
      case "DescribeExecution": {
        const found = machine.executions.get(input.executionArn ?? "");
        if (!found) throw named("ExecutionDoesNotExist");
        return { executionArn: input.executionArn, stateMachineArn: "m", startDate: 0, ...found };
      }
      case "StopExecution": {
        const found = machine.executions.get(input.executionArn ?? "");
        if (!found) throw named("ExecutionDoesNotExist");
        if (found.status === "RUNNING") {
          Object.assign(found, { status: "ABORTED", error: input.error ?? "" });
        }
        return { stopDate: 0 };
      }
      case "GetExecutionHistory":
        return { events: machine.histories.get(input.executionArn ?? "") ?? [] };
      default:
        throw named("UnknownOperation");
    }
  }

  function take(input: Record<string, string>, said: object): object {
    const token = input.taskToken ?? "";
    if (!waiting.delete(token)) {
      machine.late += 1;
      throw named("TaskTimedOut");
    }
    machine.answers.push({ token, ...said });
    return {};
  }
}

export function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
