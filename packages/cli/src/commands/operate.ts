import type { Command } from "commander";
import colors from "picocolors";
import { table } from "../output/table.ts";
import { doing } from "./run.ts";
import { counting } from "./words.ts";

/** For admins: what the workflow did. */
export function operate(rushes: Command): void {
  rushes
    .command("executions <video>")
    .description("the execution that made a film: its states, inputs and outputs (admins)")
    .option("--attempt <n>", "of an earlier attempt", counting)
    .action(
      doing(async (desk, id: string, { attempt }: { attempt?: number }) => {
        const told = await (await desk.rushes()).videos.execution(id, attempt);
        desk.terminal.answer(told, () =>
          [
            `${colors.bold(told.name)}  ${told.status}`,
            table(
              ["STATE", "STATUS", "ENTERED", "SECONDS", "ERROR"].map((name) => colors.dim(name)),
              told.states.map((state) => [
                state.name,
                state.status,
                state.enteredAt,
                state.exitedAt ? lasted(state.enteredAt, state.exitedAt) : "",
                state.error ?? "",
              ]),
            ),
          ].join("\n"),
        );
        return undefined;
      }),
    );
}

function lasted(from: string, to: string): string {
  return ((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1);
}
