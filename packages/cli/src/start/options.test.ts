import { describe, expect, it } from "vitest";
import { parseStart, Usage } from "./options.ts";

describe("rushes start", () => {
  it("needs no words", () => {
    expect(parseStart([])).toEqual({
      dataDir: ".rushes",
      port: 4566,
      portGiven: false,
      fresh: false,
      sample: true,
      lenient: false,
    });
  });

  it("takes every option of the contract", () => {
    const words = "--data d --port 5000 --fresh --no-sample --once a.mov --lenient".split(" ");
    expect(parseStart(words)).toEqual({
      dataDir: "d",
      port: 5000,
      portGiven: true,
      fresh: true,
      sample: false,
      once: "a.mov",
      lenient: true,
    });
  });

  it.each([
    ["--port", "many"],
    ["--port", "70000"],
    ["--port", "1e3"],
    ["--port", "0x10"],
    ["--port", "4800.5"],
    ["--port", ""],
    ["--data", ""],
    ["--once", ""],
    ["--what"],
    ["film.mov"],
    ["--once"],
  ])("refuses %s %s with a sentence", (...words) => {
    expect(() => parseStart(words)).toThrow(Usage);
  });
});
