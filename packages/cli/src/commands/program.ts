import { Command, CommanderError } from "commander";
import about from "../../package.json" with { type: "json" };
import { Ended, exits } from "../exit.ts";
import { openTerminal, tellEnd } from "../output/terminal.ts";
import { people } from "./accounts.ts";
import { care } from "./care.ts";
import { doctor } from "./doctor.ts";
import { films } from "./films.ts";
import { keys } from "./keys.ts";
import { money } from "./money.ts";
import { operate } from "./operate.ts";
import { upload } from "./upload.ts";
import { viewing } from "./viewing.ts";
import { webhooks } from "./webhooks.ts";

/** Everything one can type after `rushes`. */
export function program(complain: (text: string) => void = () => {}): Command {
  const rushes = new Command("rushes")
    .description("Upload in, signed stream out: films on AWS or on this machine.")
    .option(
      "--api <address>",
      "a deployed stage; default: the laptop of this folder",
      process.env.RUSHES_API,
    )
    .option("--data <folder>", "the laptop's data folder; default: .rushes, here or above")
    .option("--json", "print one JSON value on standard output")
    .version(about.version)
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .addHelpText("after", `\nExit codes:\n${ends()}\n`)
    .exitOverride()
    .configureOutput({ writeErr: complain });
  rushes
    .command("start")
    .description("the whole of Rushes on this machine (start --help tells its options)");
  for (const add of [
    people,
    upload,
    films,
    viewing,
    care,
    money,
    webhooks,
    operate,
    keys,
    doctor,
  ]) {
    add(rushes);
  }
  return rushes;
}

/**
 * Runs what was typed.
 *
 * @returns the exit code
 */
export async function run(words: string[]): Promise<number> {
  // of a command that is only a group, what there is to type below it
  let help = "";
  const rushes = program((text) => {
    help += text;
  });
  try {
    await rushes.parseAsync(words, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0; // --help
    // no command at all: what is there to type is the answer
    const terminal = openTerminal(words.includes("--json"));
    if (error.code === "commander.help") {
      if (terminal.json) return tellEnd(terminal, new Ended("usage", "Say a command: see --help."));
      process.stderr.write(help);
      return exits.usage.code;
    }
    const said = error.message.replace(/^error: /, "").replaceAll("\n", " ");
    const sentence = `${said.charAt(0).toUpperCase()}${said.slice(1).replace(/\.?$/, ".")}`;
    const ended = new Ended("usage", `${sentence} Say --help for what there is.`);
    return tellEnd(terminal, ended);
  }
}

/**
 * Reads what could be typed, and does nothing.
 *
 * @throws CommanderError with a sentence about what is not understood
 */
export function understand(words: string[]): void {
  const rushes = program();
  const deaf = (command: Command): void => {
    command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
    if (command !== rushes) command.action(() => {});
    for (const below of command.commands) deaf(below);
  };
  deaf(rushes);
  try {
    rushes.parse(words.filter(Boolean), { from: "user" });
  } catch (error) {
    // help, asked for or given to who says nothing, is an answer
    const isHelp = error instanceof CommanderError && /^commander\.help/.test(error.code);
    if (!isHelp) throw error;
  }
}

function ends(): string {
  return Object.values(exits)
    .map(({ code, means }) => `  ${String(code).padEnd(4)} ${means}`)
    .join("\n");
}
