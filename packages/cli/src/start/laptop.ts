import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Laptop, openLaptop } from "@rushes/local";
import type { StartOptions } from "./options.ts";
import { seedUsers } from "./users.ts";

/** The root of the project, where the graph's handler paths begin. */
export const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** Opens the laptop on the development graph of this checkout. */
export function open(
  options: Pick<StartOptions, "dataDir" | "port" | "fresh" | "lenient">,
  tell: (line: string) => void,
): Promise<Laptop> {
  process.umask(0o077); // films, keys and logs are their owner's alone
  const dataDir = resolve(options.dataDir);
  return openLaptop({
    graph: resolve(root, "stacks/graph/dev.gen.json"),
    root,
    dataDir,
    port: options.port,
    fresh: options.fresh,
    lenient: options.lenient,
    prepare: async (place) => ({ users: await seedUsers(place, dataDir) }),
    tell,
  });
}
