import { globSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { root } from "./run.ts";

/** Our rooms, and which of ours each may import. A room not named here may import nothing of ours. */
const mayImport: Record<string, readonly string[]> = {
  "packages/core": [],
  "packages/functions": ["packages/core"],
  "packages/local": [],
  "packages/client": [],
  "packages/web": ["packages/client"],
  "packages/cli": ["packages/client", "packages/local"],
  stacks: [],
  "sst.config.ts": ["stacks"],
  scripts: ["packages/core", "packages/functions", "packages/cli"],
  bench: ["packages/core", "packages/local", "packages/client", "packages/cli", "test", "scripts"],
  test: [
    "packages/core",
    "packages/functions",
    "packages/local",
    "packages/client",
    "packages/cli",
    "scripts",
    "stacks",
  ],
};

/** Only this folder of core holds SDK clients. */
const sdkDoor = "packages/core/src/aws/";

export interface Import {
  /** path of the importing file from the root, with `/` */
  from: string;
  /** what the import statement names */
  specifier: string;
  typeOnly: boolean;
}

/** Why an import is not allowed, as a sentence; undefined when it is. */
export function objection({ from, specifier, typeOnly }: Import): string | undefined {
  const here = roomOf(from);
  const there = specifier.startsWith("@rushes/")
    ? `packages/${specifier.split("/")[1]}`
    : specifier.startsWith(".")
      ? roomOf(toPosix(relative(root, resolve(root, from, "..", specifier))))
      : undefined;
  if (there && there !== here && !mayImport[here]?.includes(there)) {
    return `${from}: ${here} may not import ${there} (${specifier})`;
  }
  if (specifier.startsWith("@aws-sdk/")) {
    const product = !/(\.test\.ts|\/testing\.ts|\/testing\/.*|\/fixtures\/.*)$/.test(from);
    if (here === "packages/core" && product && !typeOnly && !from.startsWith(sdkDoor)) {
      return `${from}: only ${sdkDoor} holds SDK clients (${specifier})`;
    }
    if (here === "packages/functions" && product && !typeOnly) {
      return `${from}: functions reach AWS through core (${specifier})`;
    }
    if (here === "packages/local" && product && !typeOnly) {
      return `${from}: local answers the SDK, it does not call it (${specifier})`;
    }
  }
  return undefined;
}

/** Every import and export-from of a file, dynamic ones included. */
export function importsOf(from: string, source: string): Import[] {
  const found: Import[] = [];
  for (const match of source.matchAll(STATIC)) {
    found.push({ from, specifier: match[2] ?? "", typeOnly: Boolean(match[1]) });
  }
  for (const match of source.matchAll(DYNAMIC)) {
    found.push({ from, specifier: match[1] ?? "", typeOnly: false });
  }
  return found;
}

const STATIC = /^\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?["']([^"']+)["']/gm;
const DYNAMIC = /\bimport\(\s*["']([^"']+)["']/g;

function roomOf(file: string): string {
  return Object.keys(mayImport).find((room) => file === room || file.startsWith(`${room}/`)) ?? "";
}

const toPosix = (path: string): string => path.split(sep).join("/");

if (import.meta.main) {
  const files = globSync(
    [
      "packages/*/src/**/*.{ts,tsx}",
      "stacks/**/*.ts",
      "scripts/**/*.ts",
      "test/**/*.ts",
      "bench/**/*.ts",
    ],
    { cwd: root },
  ).map(toPosix);
  const objections = files
    .flatMap((file) => importsOf(file, readFileSync(join(root, file), "utf8")))
    .map(objection)
    .filter((sentence) => sentence !== undefined);
  for (const sentence of objections) console.error(sentence);
  console.log(`${files.length} files, ${objections.length} imports in the wrong direction`);
  process.exitCode = objections.length ? 1 : 0;
}
