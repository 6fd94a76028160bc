import { describe, expect, it } from "vitest";
import { evaluate, expressionIn } from "./evaluate.ts";

const states = { input: { items: [{ name: "a" }, { name: "b" }], one: [7] } };
const ask = (expression: string) => evaluate(expression, { states, attempt: 3 });

describe("an expression", () => {
  it.each([
    ["$states.input.items.name", ["a", "b"]],
    ["$states.input.one", [7]],
    ["$attempt + 1", 4],
    ["$partition([1, 2, 3], 2)", [[1, 2], [3]]],
    ["$range(0, 10, 5)", [0, 5, 10]],
    ["$range(3, 1, -1)", [3, 2, 1]],
    ["$range(1, 1, 1)", 1],
    ["$hash('x', 'MD5')", "9dd4e461268c8034f5c8564e155c67a6"],
    ["$hash('x')", "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"],
    ["$parse('{\"a\": [1]}').a[0]", 1],
    ["$random(7) = $random(7)", true],
    ["$random() < 1", true],
    ["$length($uuid())", 36],
    ["$replace('abc', /b/, 'x')", "axc"],
    ["$lookup($states.input.items, 'name')", ["a", "b"]],
    ["$exists($states.input.missing)", false],
    ["$states.input.missing", undefined],
    ["($f := function($n) { $n <= 0 ? 0 : 1 + $f($n - 1) }; $f(100))", 100],
    ["{'constructor': 5}.constructor", 5],
  ])("%s is as JSONata says", async (expression, wanted) => {
    expect(await ask(expression)).toEqual(wanted);
  });

  it.each([
    ["$eval('1')", /T1006/],
    ["1 + 'a'", /T2002/],
    ["$range(1, 5000, 1)", /more than 1000/],
    ["$range(1, 5, 0)", /must not be 0/],
    ["$partition([1], 0)", /at least 1/],
    ["$hash('x', 'CRC')", /algorithm/],
    ["$parse('{no')", /not JSON/],
    ["$error('said so')", /said so/],
    ["$sum", /function/],
    ["[{'f': function($x) { $x }}]", /function/],
    ["$states.constructor", /not a field/],
    ["{}.__proto__", /not a field/],
  ])("%s is an error", async (expression, sentence) => {
    await expect(ask(expression)).rejects.toThrow(sentence);
  });

  it.each([
    ["backtracks without end", "$match('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', /(a+)+$/)"],
    ["loops without end", "($f := function($n) { $f($n + 1) }; $f(0))"],
    ["walks millions", "$map([1..9999999], function($v) { $v })"],
    ["nests without end", "($f := function($n) { 1 + $f($n) }; $f(0))"],
  ])("that %s is stopped", async (_what, expression) => {
    const began = performance.now();
    await expect(ask(expression)).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("changes nothing that it was given", async () => {
    await ask("$states.input ~> |items|{'name': 'changed'}|");
    expect(states.input.items[0]).toEqual({ name: "a" });
  });
});

it.each([
  ["{% 1 %}", "1"],
  ["{%%}", ""],
  [" {% 1 %}", undefined],
  ["{% 1 %} ", undefined],
  ["{%}", undefined],
  [5, undefined],
])("%j is an expression only between its marks", (value, wanted) => {
  expect(expressionIn(value)).toBe(wanted);
});
