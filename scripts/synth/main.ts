import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { textOf } from "./graph.ts";
import { synth } from "./synth.ts";
import { referenceTo, typesOf } from "./types.ts";

/**
 * `npm run synth`: writes what the stacks evaluate to. `--check` compares instead, and ends with 1
 * when a committed file says something else. `--stage NAME` prints the graph of any stage, with
 * `--dev` as `sst dev` would deploy it.
 */
const { values } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    stage: { type: "string" },
    dev: { type: "boolean", default: false },
  },
});
const root = path.resolve(import.meta.dirname, "../..");

try {
  if (values.stage) {
    process.stdout.write(textOf((await synth({ stage: values.stage, dev: values.dev })).graph));
  } else {
    const made = await files();
    process.exitCode = values.check ? compare(made) : write(made);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function files(): Promise<Map<string, string>> {
  const dev = await synth({ stage: "dev" });
  const production = await synth({ stage: "production" });
  return new Map([
    ["stacks/graph/dev.gen.json", textOf(dev.graph)],
    ["stacks/graph/production.gen.json", textOf(production.graph)],
    ["sst-env.d.ts", typesOf(dev.registered)],
    ["packages/core/sst-env.d.ts", referenceTo("../..")],
  ]);
}

function write(made: Map<string, string>): number {
  for (const [name, text] of made) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
    if (before !== text) writeFileSync(file, text);
    console.log(`${before === text ? "same   " : "written"} ${name}`);
  }
  return 0;
}

function compare(made: Map<string, string>): number {
  let stale = 0;
  for (const [name, text] of made) {
    const file = path.join(root, name);
    const committed = existsSync(file) ? readFileSync(file, "utf8") : undefined;
    if (committed === text) continue;
    stale += 1;
    console.error(committed === undefined ? `${name} is missing` : hint(name, committed, text));
  }
  if (stale > 0) console.error("Run `npm run synth`, look at what changed, and commit it.");
  return stale > 0 ? 1 : 0;
}

/** The first place where two texts part, with a little of what follows. */
function hint(name: string, committed: string, made: string): string {
  const [old, now] = [committed.split("\n"), made.split("\n")];
  const first = old.findIndex((line, index) => line !== now[index]);
  const at = first === -1 ? old.length : first;
  return [
    `${name} is not what the stacks evaluate to. From line ${at + 1}:`,
    ...old.slice(at, at + 3).map((line) => `  committed: ${line.trim().slice(0, 200)}`),
    ...now.slice(at, at + 3).map((line) => `  made now:  ${line.trim().slice(0, 200)}`),
  ].join("\n");
}
