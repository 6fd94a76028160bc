import { FIRST_PORT } from "@rushes/local/ports";
import type { Command } from "commander";
import colors from "picocolors";
import { doing } from "./run.ts";
import { counting } from "./words.ts";

/** Looks whether all is there that a film needs, and says how to fix what is not. */
export function doctor(rushes: Command): void {
  rushes
    .command("doctor")
    .description("look whether this machine has what it takes, and say how to fix what is missing")
    .option("--port <n>", "the laptop's first port", counting, FIRST_PORT)
    .action(
      doing(async (desk, { port }: { port: number }) => {
        const { examine } = await import("../doctor/doctor.ts");
        const items = await examine({
          dataDir: desk.dataDir,
          port,
          place: async () => desk.place(),
        });
        desk.terminal.answer({ ok: items.every(({ ok }) => ok), items }, () =>
          items
            .map(({ what, ok, found, fix }) => {
              const mark = ok ? colors.green("✓") : colors.red("✗");
              return `${mark} ${what.padEnd(12)} ${found}${fix ? `\n${" ".repeat(15)}${fix}` : ""}`;
            })
            .join("\n"),
        );
        return items.every(({ ok }) => ok) ? undefined : "failed";
      }),
    );
}
