import { spawn } from "node:child_process";
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examplesOf } from "../../scripts/documents/examples.ts";
import { parse } from "../../scripts/documents/markdown.ts";
import { root, type TestLaptop, testLaptop } from "../support/laptop.ts";
import { clip } from "../support/media.ts";

/** Ignored by git, and near enough to find our packages. */
const FOLDER = ".reports/examples";

const examples = globSync("**/*.md", {
  cwd: root,
  exclude: (path) => /(^|\/)(node_modules|\..*)$/.test(path),
})
  .map((path) => path.replaceAll("\\", "/"))
  .flatMap((path) => examplesOf(parse(path, readFileSync(join(root, path), "utf8")), FOLDER));

let here: TestLaptop;
let film: string;
beforeAll(async () => {
  here = await testLaptop();
  film = await clip({ seconds: 1 });
});
afterAll(async () => {
  await here?.[Symbol.asyncDispose]();
  rmSync(join(root, FOLDER), { recursive: true, force: true });
});

/** Where a reader would be: beside a laptop that runs, with a film, in a folder like this one. */
function home(): string {
  const folder = mkdtempSync(join(tmpdir(), "rushes-example-"));
  mkdirSync(join(folder, ".rushes"));
  copyFileSync(join(here.dataDir, "endpoints.json"), join(folder, ".rushes/endpoints.json"));
  copyFileSync(film, join(folder, "holiday.mp4"));
  for (const room of ["node_modules", "packages", "stacks", "statemachines", "package.json"]) {
    symlinkSync(join(root, room), join(folder, room));
  }
  return folder;
}

function run(file: string, cwd: string): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", file], {
    cwd,
    timeout: 100_000,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      said += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, said }));
  });
}

describe("the examples of our documents", () => {
  it.each(examples)("$file runs", async ({ file, text, document }) => {
    const path = join(root, FOLDER, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    if (document.startsWith("test/")) {
      await import(/* @vite-ignore */ path); // tests' own helpers live in tests alone
      return;
    }
    const cwd = home();
    const { code, said } = await run(path, cwd);
    expect(code, said).toBe(0);
    rmSync(cwd, { recursive: true, force: true });
  });
});
