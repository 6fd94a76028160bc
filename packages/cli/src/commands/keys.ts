import type { Command } from "commander";
import colors from "picocolors";
import { createKeys, rotateKeys, type Told } from "../keys/keys.ts";
import { laptopSecrets, type Secrets, stageSecrets } from "../keys/secrets.ts";
import { type Desk, doing } from "./run.ts";

/** The keys that sign grants: a laptop's, or with `--stage` those of a deployed one. */
export function keys(rushes: Command): void {
  const group = rushes.command("keys").description("the keys that sign grants");
  const stage = "a deployed stage, through sst secret; default: this laptop";

  group
    .command("create")
    .description("make the keys that are missing: one that signs, and the next one")
    .option("--stage <stage>", stage)
    .option("--end-grants", "even though grants of the last key end")
    .action(
      doing(async (desk, options: { stage?: string; endGrants?: boolean }) => {
        const { endGrants = false } = options;
        tell(desk, await createKeys(secretsOf(desk, options.stage), { endGrants }));
        return undefined;
      }),
    );

  group
    .command("rotate")
    .description("let the next key sign; whoever is watching notices nothing")
    .option("--stage <stage>", stage)
    .action(
      doing(async (desk, options: { stage?: string }) => {
        tell(desk, await rotateKeys(secretsOf(desk, options.stage)), "rotated. ");
        return undefined;
      }),
    );
}

function secretsOf(desk: Desk, stage: string | undefined): Secrets {
  return stage === undefined ? laptopSecrets(desk.dataDir) : stageSecrets(stage);
}

function tell({ terminal }: Desk, told: Told, done = ""): void {
  const made = told.made.length > 0 ? `made: ${told.made.join(", ")}. ` : done;
  terminal.answer(told, () => `${colors.green("✓")} ${made}${told.next}`);
}
