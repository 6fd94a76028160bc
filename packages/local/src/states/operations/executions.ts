import { randomUUID } from "node:crypto";
import type { StartExecutionInput } from "@aws-sdk/client-sfn";
import type { Need } from "../../kernel/caller.ts";
import { NotPretended, Refusal } from "../../kernel/refusal.ts";
import type { Input } from "../../kernel/service.ts";
import type { Definition } from "../definition.ts";
import type { ExecutionRow } from "../engine/journal.ts";
import { redrive } from "../engine/status.ts";
import { refusals } from "../validation/refusals.ts";
import {
  arnOf,
  checkedArn,
  checkedInput,
  checkedName,
  invalid,
  nextToken,
  pageOf,
  required,
} from "./input.ts";
import { found } from "./machines.ts";
import type { Operations, Room } from "./room.ts";

export function executionOperations({ cloud, machines, journal, interpreter }: Room): Operations {
  const on =
    (action: string) =>
    (input: Input): Need => ({
      action: `states:${action}`,
      resource: String(input.executionArn ?? "*"),
    });

  function execution(input: Input): ExecutionRow {
    const arn = checkedArn(required(input, "executionArn"), "execution");
    const row = journal.execution(arn);
    if (row) return row;
    throw new Refusal("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
  }

  return {
    StartExecution: {
      needs: (input: Input) => ({
        action: "states:StartExecution",
        resource: String(input.stateMachineArn ?? "*"),
      }),
      run(input: StartExecutionInput) {
        const machineArn = checkedArn(required({ ...input }, "stateMachineArn"), "stateMachine");
        const machine = found(machines.find(machineArn), machineArn);
        const name = checkedName(input.name ?? randomUUID());
        const text = checkedInput(input.input);
        const arn = arnOf(cloud, "execution", `${machine.name}:${name}`);
        const old = journal.execution(arn);
        if (old) {
          if (old.status !== "RUNNING" || old.input !== text) {
            throw new Refusal("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
          }
          return { executionArn: arn, startDate: new Date(old.startedAtMs) };
        }
        const definition = JSON.parse(machine.definition) as Definition;
        const [refused] = refusals(definition, machine.type);
        if (refused !== undefined) throw new NotPretended({ service: "states", action: refused });
        const startedAtMs = cloud.now();
        interpreter.launch({
          arn,
          machineArn,
          name,
          revision: machine.revision,
          input: text,
          startedAtMs,
          deadlineMs:
            definition.TimeoutSeconds === undefined
              ? null
              : startedAtMs + definition.TimeoutSeconds * 1000,
          traceHeader: input.traceHeader ?? null,
        });
        return { executionArn: arn, startDate: new Date(startedAtMs) };
      },
    },

    StopExecution: {
      needs: on("StopExecution"),
      run(input: Input) {
        const row = execution(input);
        interpreter.end(row.arn, { status: "ABORTED", ...errorIn(input) });
        const stopped = journal.execution(row.arn)?.stoppedAtMs ?? cloud.now();
        return { stopDate: new Date(stopped) };
      },
    },

    DescribeExecution: {
      needs: on("DescribeExecution"),
      run(input: Input) {
        const row = execution(input);
        const { status, reason } = redrive(row.status);
        return {
          ...summary(row),
          redriveStatus: status,
          redriveStatusReason: reason,
          input: row.input,
          inputDetails: { included: true },
          ...(row.output === null ? {} : { output: row.output, outputDetails: { included: true } }),
          ...(row.error === null ? {} : { error: row.error }),
          ...(row.cause === null ? {} : { cause: row.cause }),
          ...(row.traceHeader === null ? {} : { traceHeader: row.traceHeader }),
        };
      },
    },

    ListExecutions: {
      needs: (input: Input) => ({
        action: "states:ListExecutions",
        resource: String(input.stateMachineArn ?? "*"),
      }),
      run(input: Input) {
        if (input.mapRunArn !== undefined) {
          throw new NotPretended({ service: "states", action: "ListExecutions by mapRunArn" });
        }
        const arn = checkedArn(required(input, "stateMachineArn"), "stateMachine");
        found(machines.find(arn), arn);
        const { statusFilter } = input;
        if (statusFilter !== undefined && !STATUSES.has(statusFilter)) {
          throw invalid(
            `Value '${statusFilter}' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: [${[...STATUSES].join(", ")}]`,
          );
        }
        const { limit, after } = pageOf(input);
        const rows = journal.list(arn, { status: statusFilter, before: after, limit: limit + 1 });
        const shown = rows.slice(0, limit);
        return {
          executions: shown.map(summary),
          ...nextToken(rows.length > limit ? shown.at(-1)?.id : undefined),
        };
      },
    },

    GetExecutionHistory: {
      needs: on("GetExecutionHistory"),
      run(input: Input) {
        const row = execution(input);
        const reverse = input.reverseOrder === true;
        const { limit, after } = pageOf(input);
        const events = journal.events(row.id, {
          after: after ?? (reverse ? Number.MAX_SAFE_INTEGER : 0),
          limit: limit + 1,
          reverse,
          withData: input.includeExecutionData !== false,
        });
        const shown = events.slice(0, limit);
        return {
          events: shown,
          ...nextToken(events.length > limit ? shown.at(-1)?.id : undefined),
        };
      },
    },

    DescribeStateMachineForExecution: {
      needs: on("DescribeStateMachineForExecution"),
      run(input: Input) {
        const row = execution(input);
        const revision = journal.revision(row.revision);
        return {
          stateMachineArn: row.machineArn,
          name: revision.name,
          definition: revision.definition,
          roleArn: revision.roleArn,
          updateDate: new Date(revision.updatedAtMs),
          ...JSON.parse(revision.settings),
          ...(revision.revisionId === null ? {} : { revisionId: revision.revisionId }),
        };
      },
    },
  };
}

/** Error and cause as StopExecution and SendTaskFailure take them. */
export function errorIn(input: Input): { error?: string; cause?: string } {
  const given: { error?: string; cause?: string } = {};
  for (const [member, most] of [
    ["error", 256],
    ["cause", 32_768],
  ] as const) {
    const value = input[member];
    if (value === undefined || value === null) continue;
    if (typeof value !== "string" || value.length > most) {
      throw invalid(
        `Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${most}`,
      );
    }
    given[member] = value;
  }
  return given;
}

function summary(row: ExecutionRow) {
  return {
    executionArn: row.arn,
    stateMachineArn: row.machineArn,
    name: row.name,
    status: row.status,
    startDate: new Date(row.startedAtMs),
    ...(row.stoppedAtMs === null ? {} : { stopDate: new Date(row.stoppedAtMs) }),
    redriveCount: 0,
  };
}

const STATUSES = new Set([
  "RUNNING",
  "SUCCEEDED",
  "FAILED",
  "TIMED_OUT",
  "ABORTED",
  "PENDING_REDRIVE",
]);
