import colors from "picocolors";
import { expect, it } from "vitest";
import { cut, table, width } from "./table.ts";

it("columns line up, whatever is coloured or wide", () => {
  const made = table(
    ["ID", "TITLE"],
    [
      ["1", "映画"],
      [colors.createColors(true).red("long"), "b"],
    ],
  );
  const lines = made.split("\n");
  expect(lines.map((line) => width(line.slice(0, line.search(/TITLE|映画|b$/))))).toEqual([
    6, 6, 6,
  ]);
});

it.each([
  ["short", 10, "short"],
  ["exactly-10", 10, "exactly-10"],
  ["more than ten", 10, "more than…"],
  ["映画映画映画", 7, "映画映…"],
])("%s in %d columns is %s", (text, columns, shown) => expect(cut(text, columns)).toBe(shown));
