import { join } from "node:path";
import { root, runNode } from "./run.ts";

/** `npm test` runs the quick suites, `npm run test:full` the long proofs; words after `--` narrow. */
const suites: Record<string, string[]> = {
  quick: ["unit", "journeys"],
  full: ["full"],
};

const [suite = "quick", ...rest] = process.argv.slice(2);
const projects = suites[suite];
if (!projects) {
  console.error(`There is no suite "${suite}". Say one of: ${Object.keys(suites).join(", ")}.`);
  process.exit(2);
}
process.exitCode = runNode("node_modules/vitest/vitest.mjs", [
  "run",
  ...projects.flatMap((project) => ["--project", project]),
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${join(root, ".reports", `${suite}.json`)}`,
  ...rest,
]);
