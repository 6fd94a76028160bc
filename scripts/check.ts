import { runNode } from "./run.ts";

/** What must hold before a commit that matters: each a program, all are run, any may fail it. */
const checks: Array<{ name: string; program: string; args?: string[] }> = [
  { name: "format and lint", program: "node_modules/@biomejs/biome/bin/biome", args: ["check"] },
  { name: "import directions", program: "scripts/directions.ts" },
  { name: "graph as committed", program: "scripts/synth/main.ts", args: ["--check"] },
  { name: "error pages as committed", program: "scripts/errors.ts", args: ["--check"] },
  { name: "API as described", program: "scripts/openapi/main.ts", args: ["--check"] },
  { name: "documents", program: "scripts/documents.ts" },
  { name: "types", program: "node_modules/typescript/bin/tsc", args: ["-p", "tsconfig.json"] },
  {
    name: "types of the stacks",
    program: "node_modules/typescript/bin/tsc",
    args: ["-p", "stacks/tsconfig.json"],
  },
];

const failed: string[] = [];
for (const { name, program, args } of checks) {
  const startedAtMs = Date.now();
  const code = runNode(program, args);
  const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
  if (code !== 0) failed.push(name);
}
if (failed.length) {
  console.error(
    `Not in order: ${failed.join(", ")}. \`npm run fix\` mends format; \`npm run synth\` the graph.`,
  );
  process.exitCode = 1;
}
