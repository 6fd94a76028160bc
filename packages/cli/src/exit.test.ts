import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { program } from "./commands/program.ts";
import { exits } from "./exit.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

it("the page of the package tells every exit code in the words of --help", () => {
  const told = [...readme.matchAll(/^\| (\d+) +\| (.+?) +\|$/gm)].map(([, code, means]) => ({
    code: Number(code),
    means,
  }));
  expect(told).toEqual(Object.values(exits));
});

it("the page of the package names every command", () => {
  const named = program().commands.map((command) => command.name());
  expect(named.filter((name) => !new RegExp(`\`${name}\\b`).test(readme))).toEqual([]);
});
