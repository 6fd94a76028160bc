import { randomUUID } from "node:crypto";
import type { CreateStateMachineInput, UpdateStateMachineInput } from "@aws-sdk/client-sfn";
import type { Need } from "../../kernel/caller.ts";
import { NotPretended, Refusal } from "../../kernel/refusal.ts";
import type { Input } from "../../kernel/service.ts";
import type { MachineRow } from "../machines.ts";
import { diagnose, refuseInvalid } from "../validation/diagnose.ts";
import { arnOf, checkedArn, checkedName, invalid, nextToken, pageOf, required } from "./input.ts";
import type { Operations, Room } from "./room.ts";

export function machineOperations({ cloud, machines, journal, interpreter }: Room): Operations {
  const on =
    (action: string) =>
    (input: Input): Need => ({
      action: `states:${action}`,
      resource: String(input.stateMachineArn ?? "*"),
    });

  /** Writes the form down that executions from now on take. */
  function revise(machine: Omit<MachineRow, "id" | "revision">, updatedAtMs: number): number {
    const { arn, name, revisionId, definition, roleArn, settings } = machine;
    const given = { machineArn: arn, name, revisionId, definition, roleArn, settings, updatedAtMs };
    return journal.addRevision(given as Parameters<typeof journal.addRevision>[0]);
  }

  return {
    CreateStateMachine: {
      needs: (input: Input) => [
        {
          action: "states:CreateStateMachine",
          resource: arnOf(cloud, "stateMachine", String(input.name ?? "*")),
        },
        passRole(input.roleArn),
      ],
      run(input: CreateStateMachineInput) {
        const name = checkedName(required({ ...input }, "name"));
        const definition = required({ ...input }, "definition");
        const roleArn = checkedRole(required({ ...input }, "roleArn"));
        const type = input.type ?? "STANDARD";
        if (input.publish)
          throw new NotPretended({ service: "states", action: "PublishStateMachineVersion" });
        const arn = arnOf(cloud, "stateMachine", name);
        const settings = settingsOf(input);
        const old = machines.find(arn);
        if (old) {
          const same =
            old.definition === definition && old.type === type && old.settings === settings;
          if (!same) {
            throw new Refusal(
              "StateMachineAlreadyExists",
              `State Machine Already Exists: '${arn}'`,
            );
          }
          return { stateMachineArn: arn, creationDate: new Date(old.createdAtMs) };
        }
        refuseInvalid(definition);
        const createdAtMs = cloud.now();
        const tags = JSON.stringify(input.tags ?? []);
        const machine = {
          arn,
          name,
          type,
          roleArn,
          definition,
          settings,
          tags,
          revisionId: null,
          createdAtMs,
        };
        journal.transaction(() => {
          const revision = revise(machine, createdAtMs);
          machines.add({ ...machine, revision });
        });
        return { stateMachineArn: arn, creationDate: new Date(createdAtMs) };
      },
    },

    UpdateStateMachine: {
      needs: (input: Input) => [
        on("UpdateStateMachine")(input),
        ...(input.roleArn ? [passRole(input.roleArn)] : []),
      ],
      run(input: UpdateStateMachineInput) {
        const old = found(
          machines.find(checkedArn(required({ ...input }, "stateMachineArn"), "stateMachine")),
          input.stateMachineArn,
        );
        if (input.publish)
          throw new NotPretended({ service: "states", action: "PublishStateMachineVersion" });
        const { definition, roleArn } = input;
        const changed = [definition, roleArn, ...SETTINGS.map((name) => input[name])];
        if (changed.every((value) => value === undefined)) {
          throw new Refusal(
            "MissingRequiredParameter",
            "Either the definition, the role ARN, the LoggingConfiguration, the TracingConfiguration, or the EncryptionConfiguration must be specified",
          );
        }
        if (definition !== undefined && definition !== old.definition) refuseInvalid(definition);
        const machine: MachineRow = {
          ...old,
          definition: definition ?? old.definition,
          roleArn: roleArn === undefined ? old.roleArn : checkedRole(roleArn),
          settings: settingsOf({ ...JSON.parse(old.settings), ...input }),
        };
        const updatedAtMs = cloud.now();
        const same =
          machine.definition === old.definition &&
          machine.roleArn === old.roleArn &&
          machine.settings === old.settings;
        if (same && old.revisionId !== null) {
          return { updateDate: new Date(updatedAtMs), revisionId: old.revisionId };
        }
        machine.revisionId = randomUUID();
        journal.transaction(() => {
          machine.revision = revise(machine, updatedAtMs);
          machines.update(machine);
        });
        return { updateDate: new Date(updatedAtMs), revisionId: machine.revisionId };
      },
    },

    DescribeStateMachine: {
      needs: on("DescribeStateMachine"),
      run(input: Input) {
        const machine = found(
          machines.find(checkedArn(required(input, "stateMachineArn"), "stateMachine")),
          input.stateMachineArn,
        );
        return {
          stateMachineArn: machine.arn,
          name: machine.name,
          status: "ACTIVE",
          definition: machine.definition,
          roleArn: machine.roleArn,
          type: machine.type,
          creationDate: new Date(machine.createdAtMs),
          ...JSON.parse(machine.settings),
          ...(machine.revisionId === null ? {} : { revisionId: machine.revisionId }),
        };
      },
    },

    ListStateMachines: {
      needs: () => ({ action: "states:ListStateMachines", resource: "*" }),
      run(input: Input) {
        const { limit, after = 0 } = pageOf(input);
        const rows = machines.list(after, limit + 1);
        const shown = rows.slice(0, limit);
        return {
          stateMachines: shown.map((machine) => ({
            stateMachineArn: machine.arn,
            name: machine.name,
            type: machine.type,
            creationDate: new Date(machine.createdAtMs),
          })),
          ...nextToken(rows.length > limit ? shown.at(-1)?.id : undefined),
        };
      },
    },

    DeleteStateMachine: {
      needs: on("DeleteStateMachine"),
      run(input: Input) {
        const arn = checkedArn(required(input, "stateMachineArn"), "stateMachine");
        machines.remove(arn);
        // On AWS they end at their next transition; here at once.
        for (const execution of journal.running(arn))
          interpreter.end(execution, { status: "ABORTED" });
        return {};
      },
    },

    ValidateStateMachineDefinition: {
      needs: () => ({ action: "states:ValidateStateMachineDefinition", resource: "*" }),
      run(input: Input) {
        const most = Number(input.maxResults ?? 0) || 100;
        const { diagnostics } = diagnose(String(input.definition ?? ""));
        const wanted = diagnostics.filter(
          ({ severity }) => severity === "ERROR" || input.severity === "WARNING",
        );
        return {
          result: diagnostics.some(({ severity }) => severity === "ERROR") ? "FAIL" : "OK",
          diagnostics: wanted.slice(0, most),
          truncated: wanted.length > most,
        };
      },
    },
  };
}

export function found(machine: MachineRow | undefined, arn: unknown): MachineRow {
  if (machine) return machine;
  throw new Refusal("StateMachineDoesNotExist", `State Machine Does Not Exist: '${String(arn)}'`);
}

function passRole(role: unknown): Need {
  return {
    action: "iam:PassRole",
    resource: String(role ?? "*"),
    context: { "iam:PassedToService": "states.amazonaws.com" },
  };
}

function checkedRole(arn: string): string {
  if (/^arn:[a-z0-9-]+:iam::\d{12}:role\/\S+$/.test(arn)) return arn;
  throw invalid(
    "Value at 'roleArn' failed to satisfy constraint: Member must be the ARN of a role",
  );
}

const SETTINGS = [
  "loggingConfiguration",
  "tracingConfiguration",
  "encryptionConfiguration",
] as const;

function settingsOf(input: Partial<Record<(typeof SETTINGS)[number], unknown>>): string {
  return JSON.stringify({
    loggingConfiguration: {
      includeExecutionData: false,
      level: "OFF",
      ...(input.loggingConfiguration ?? {}),
    },
    tracingConfiguration: input.tracingConfiguration ?? { enabled: false },
    encryptionConfiguration: input.encryptionConfiguration ?? { type: "AWS_OWNED_KEY" },
  });
}
