import { run } from "./commands/program.ts";
import { Ended, exits } from "./exit.ts";
import { help, parseStart, Usage } from "./start/options.ts";

/** Runs what was typed, and answers with an exit code. `start` never speaks to the API. */
async function main(words: string[]): Promise<number> {
  const [command, ...rest] = words;
  if (command !== "start") return run(words);
  const options = parseStart(rest);
  if (options === "help") {
    console.log(help);
    return 0;
  }
  if (options.once !== undefined) {
    const { once } = await import("./once/once.ts");
    return once({ ...options, once: options.once });
  }
  const { start } = await import("./start/start.ts");
  return start(options);
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  const exit = error instanceof Usage ? "usage" : error instanceof Ended ? error.exit : "failed";
  process.exit(exits[exit].code);
}
