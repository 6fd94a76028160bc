import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect, type Operator } from "@rushes/cli/operator";
import { seedUsers } from "@rushes/cli/users";
import { type Laptop, type LaptopOptions, openLaptop, type User } from "@rushes/local";
import { until } from "./until.ts";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface TestLaptop extends AsyncDisposable {
  laptop: Laptop;
  operator: Operator;
  dataDir: string;
  /** somebody of each group */
  users: User[];
  /** configuration for any SDK client of the account's operator */
  config: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
}

/** The development graph on free ports, in a folder that goes with it. */
export async function testLaptop(options: Partial<LaptopOptions> = {}): Promise<TestLaptop> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "rushes-laptop-"));
  const laptop = await openLaptop({
    graph: join(root, "stacks/graph/dev.gen.json"),
    root,
    bundles: join(root, "node_modules/.cache/rushes/bundles"), // made once for all tests
    port: 0,
    prepare: async (place) => ({ users: await seedUsers(place, dataDir) }),
    ...options,
    dataDir,
  });
  const { aws, region, credentials } = laptop.endpoints;
  const operator = connect(laptop.endpoints);
  return {
    laptop,
    operator,
    dataDir,
    users: laptop.endpoints.users ?? [],
    config: { endpoint: aws, region, credentials },
    async [Symbol.asyncDispose]() {
      operator.close();
      await laptop.close();
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Waits until a film that the key started has ended, and answers it. */
export async function ended(
  { operator }: Pick<TestLaptop, "operator">,
  videoId: () => Promise<string | undefined> | string | undefined,
  withinMs = 90_000,
) {
  return until(
    "the film to end",
    async () => {
      const id = await videoId();
      const film = id ? await operator.film(id) : undefined;
      return film && ["READY", "FAILED", "CANCELED"].includes(String(film.status))
        ? film
        : undefined;
    },
    withinMs,
  );
}
