/**
 * Holds documents to their word: links and paths lead somewhere, commands exist, examples compile,
 * and what a refusal of the laptop points to is there.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { understand } from "../packages/cli/src/commands/program.ts";
import { parseStart } from "../packages/cli/src/start/options.ts";
import { brokenCommands, type Vocabulary } from "./documents/commands.ts";
import { brokenJson, complaints, type Example, examplesOf } from "./documents/examples.ts";
import { parse } from "./documents/markdown.ts";
import { brokenLinks, type House, missingPaths, refusingServices } from "./documents/places.ts";
import { root } from "./run.ts";

/** Examples are compiled here: ignored by git, and near enough to find our packages. */
const FOLDER = ".reports/documents";

const places = walk("");
const documents = places
  .filter((path) => path.endsWith(".md"))
  .map((path) => parse(path, read(path)));
const house: House = {
  places: new Set(places),
  anchors: new Map(documents.map(({ path, anchors }) => [path, anchors])),
};
const vocabulary: Vocabulary = {
  scripts: new Set(Object.keys(JSON.parse(read("package.json")).scripts)),
  readRushes: understand,
  readStart: parseStart,
  has: (path) => house.places.has(path),
};
const examples = documents.flatMap((document) => examplesOf(document, FOLDER));
const objections = [
  ...documents.flatMap((document) => [
    ...brokenLinks(document, house),
    ...missingPaths(document, house),
    ...brokenCommands(document, vocabulary),
    ...brokenJson(document),
  ]),
  ...unexplained(),
  ...compile(examples),
];
for (const sentence of objections) console.error(sentence);
console.log(
  `${documents.length} documents, ${examples.length} compiled examples, ${objections.length} objections`,
);
process.exitCode = objections.length ? 1 : 0;

/** Services that refuse things by name, and that packages/local/README.md says nothing of. */
function unexplained(): string[] {
  const guide = "packages/local/README.md";
  const services = places
    .filter((path) => /^packages\/local\/src\/.*(?<!\.test)\.ts$/.test(path))
    .flatMap((path) => refusingServices(read(path)));
  return [...new Set(services)]
    .filter((service) => !house.anchors.get(guide)?.has(service))
    .map(
      (service) => `${guide} has no heading "${service}", to which refusals of ${service} point`,
    );
}

function compile(all: Example[]): string[] {
  rmSync(join(root, FOLDER), { recursive: true, force: true });
  if (!all.length) return [];
  for (const { file, text } of all) write(join(FOLDER, file), text);
  const up = "../..";
  const settings = {
    extends: `${up}/tsconfig.base.json`,
    compilerOptions: { moduleDetection: "force", noUnusedLocals: false, noUnusedParameters: false },
    include: ["**/*.ts", `${up}/packages/*/*.d.ts`, `${up}/packages/*/src/**/*.d.ts`],
  };
  write(join(FOLDER, "tsconfig.json"), JSON.stringify(settings));
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [compiler, "-p", join(root, FOLDER), "--pretty", "false"],
    { cwd: root, encoding: "utf8" },
  );
  if (error) throw error;
  return status === 0 ? [] : complaints(`${stdout}\n${stderr}`, all);
}

/** Every file and folder of ours. What is hidden is somebody's own, but for what CI runs. */
function walk(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules" || (entry.name.startsWith(".") && entry.name !== ".ci")) {
      return [];
    }
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    return entry.isDirectory() ? [path, ...walk(path)] : [path];
  });
}

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
