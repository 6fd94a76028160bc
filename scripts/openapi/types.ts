/** Makes the client's types from the API's description; with `--check` only compares. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { root } from "../run.ts";

const client = join(root, "packages/client");
const file = join(client, "src/api.gen.ts");
const made = header() + types(join(client, "openapi.gen.json"));
if (process.argv.includes("--check")) {
  if (read() !== made) {
    console.error("packages/client/src/api.gen.ts is not what the API says: npm run openapi");
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, made);
}

/** The description as TypeScript. The maker needs another compiler than ours, so it runs apart. */
function types(description: string): string {
  const maker = createRequire(join(client, "package.json")).resolve("openapi-typescript");
  const program = join(dirname(maker), "../bin/cli.js");
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [program, description], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 ** 2,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`openapi-typescript cannot read ${description}:\n${stderr}`);
  return stdout.replaceAll("\r\n", "\n").replace(/^\/\*\*[\s\S]*?\*\/\s*/, "");
}

function header(): string {
  return "// Made by `npm run openapi` from packages/client/openapi.gen.json. Edit the routes, not this file.\n\n";
}

function read(): string {
  try {
    return readFileSync(file, "utf8").replaceAll("\r\n", "\n");
  } catch {
    return "";
  }
}
