import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import { openBars } from "./bars.ts";
import { width } from "./table.ts";

function screen(isTTY: boolean, columns = 60) {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => written.push(text) };
}

it("a watched bar is drawn over itself and never wraps", () => {
  const on = screen(true);
  const bars = openBars(on);
  bars.set("upload", 0.5, "a rather long remark about how fast this goes");
  bars.set("encoding", undefined);
  bars.set("upload", 1);
  expect(on.written[2]?.startsWith("\u001b[2A")).toBe(true);
  for (const line of stripVTControlCharacters(on.written.join("")).split("\n")) {
    expect(width(line)).toBeLessThanOrEqual(60);
  }
});

it("the same bar again writes nothing", () => {
  const on = screen(true);
  const bars = openBars(on);
  bars.set("upload", 0.5);
  bars.set("upload", 0.5);
  expect(on.written).toHaveLength(1);
});

it("a log gets a line for each quarter", () => {
  const on = screen(false);
  const bars = openBars(on);
  for (let at = 0; at <= 100; at += 1) bars.set("upload", at / 100);
  expect(on.written).toEqual([0, 25, 50, 75, 100].map((at) => `upload ${at} %\n`));
});
