import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { problems } from "../packages/core/src/problem/index.ts";
import { root } from "./run.ts";

/** A list of core's, written again elsewhere, would go its own way without anybody noticing. */

interface Schema {
  enum?: unknown[];
  [name: string]: unknown;
}

/** Every closed list that the API tells of: statuses, phases, events, profiles, problems. */
function listsIn(schema: unknown, lists = new Map<string, string[]>()): Map<string, string[]> {
  if (Array.isArray(schema)) for (const one of schema) listsIn(one, lists);
  else if (typeof schema === "object" && schema !== null) {
    const { enum: words = [], ...rest } = schema as Schema;
    const texts = words.filter((word) => typeof word === "string");
    if (texts.length > 1) lists.set(texts.join(), texts);
    listsIn(Object.values(rest), lists);
  }
  return lists;
}

const told = JSON.parse(readFileSync(join(root, "packages/client/openapi.gen.json"), "utf8"));
const lists = [...listsIn(told.components.schemas).values()];

/** The texts of every list that is written out in a file. */
function written(text: string): string[][] {
  const code = text.replaceAll(/^\s*(\/\/|\/?\*).*$/gm, "");
  return [...code.matchAll(/\[([^[\]]*)\]/g)].map(([, inside = ""]) =>
    [...inside.matchAll(/"([^"\n]+)"/g)].map(([, word = ""]) => word),
  );
}

const files = globSync("packages/{functions,client,cli}/src/**/*.ts", { cwd: root }).filter(
  (file) => !/\.(gen|test)\.ts$|testing\.ts$/.test(file),
);

it("the API tells of lists", () => {
  expect(lists).toContainEqual(expect.arrayContaining(["READY", "FAILED", "CANCELED"]));
  expect(lists).toContainEqual(expect.arrayContaining(["video.ready", "video.failed"]));
  expect(files.length).toBeGreaterThan(100);
});

it("functions, client and cli write none of them again", () => {
  const again = files.flatMap((file) =>
    written(readFileSync(join(root, file), "utf8"))
      .filter((words) => lists.some((list) => !isProblems(list) && isPart(words, list)))
      .map((words) => `${file}: ${words}`),
  );
  expect(again).toEqual([]);
});

const isPart = (words: string[], list: string[]): boolean =>
  words.filter((one) => list.includes(one)).length > 1;

/** Which problems a route may meet, or a client gives up at, is no second list of all. */
function isProblems(list: string[]): boolean {
  return list.every((word) => word in problems);
}
