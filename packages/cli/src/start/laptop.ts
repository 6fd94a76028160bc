import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Laptop, openLaptop } from "@rushes/local";
import type { StartOptions } from "./options.ts";

/** The root of the project, where the graph's handler paths begin. */
export const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** Opens the laptop on the development graph of this checkout. */
export function open(
  options: Pick<StartOptions, "dataDir" | "port" | "fresh" | "lenient">,
  tell: (line: string) => void,
): Promise<Laptop> {
  process.umask(0o077); // films, keys and logs are their owner's alone
  return openLaptop({
    graph: resolve(root, "stacks/graph/dev.gen.json"),
    root,
    dataDir: resolve(options.dataDir),
    port: options.port,
    fresh: options.fresh,
    lenient: options.lenient,
    tell,
  });
}
