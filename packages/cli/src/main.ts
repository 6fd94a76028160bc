import { help, parseStart, Usage } from "./start/options.ts";

/** Exit codes: 0 done, 1 it did not work, 2 asked wrongly. */
async function main(words: string[]): Promise<number> {
  const [command, ...rest] = words;
  if (command !== "start") {
    throw new Usage(`There is no command "${command ?? ""}". There is: start.`);
  }
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
  process.exit(error instanceof Usage ? 2 : 1);
}
