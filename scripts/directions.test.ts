import { describe, expect, it } from "vitest";
import { importsOf, objection } from "./directions.ts";

describe("import directions", () => {
  it.each([
    ["packages/core/src/video/index.ts", "@rushes/local/s3"],
    ["packages/core/src/video/index.ts", "../../../functions/src/door/rule.ts"],
    ["packages/local/src/s3/index.ts", "@rushes/core/video"],
    ["packages/local/src/s3/index.ts", "../../../core/src/video/index.ts"],
    ["packages/functions/src/api/playback.ts", "@rushes/local"],
    ["packages/cli/src/main.ts", "@rushes/core/video"],
    ["stacks/storage.ts", "../packages/core/src/video/index.ts"],
    ["packages/core/src/video/index.ts", "@aws-sdk/client-s3"],
    ["packages/functions/src/api/playback.ts", "@aws-sdk/client-s3"],
    ["packages/local/src/s3/index.ts", "@aws-sdk/client-s3"],
  ])("%s may not import %s", (from, specifier) => {
    expect(objection({ from, specifier, typeOnly: false })).toContain(specifier);
  });

  it.each([
    ["packages/functions/src/api/playback.ts", "@rushes/core/playback", false],
    ["packages/core/src/aws/s3.ts", "@aws-sdk/client-s3", false],
    ["packages/core/src/job/index.ts", "@aws-sdk/client-mediaconvert", true],
    ["packages/local/src/s3/get.ts", "@aws-sdk/client-s3", true],
    ["packages/cli/src/start/start.ts", "@rushes/local", false],
    ["packages/core/src/video/index.ts", "../clock.ts", false],
    ["packages/core/src/video/index.ts", "zod", false],
  ])("%s may import %s", (from, specifier, typeOnly) => {
    expect(objection({ from, specifier, typeOnly })).toBeUndefined();
  });

  it("reads every form of import", () => {
    const source = [
      'import a from "a";',
      'import type { B } from "b";',
      'import {\n  c,\n  type D,\n} from "c";',
      'import * as z from "z";',
      'export * as E from "./e.ts";',
      'import "side";',
      'const f = await import("f");',
    ].join("\n");
    expect(importsOf("x.ts", source).map((one) => one.specifier)).toEqual([
      "a",
      "b",
      "c",
      "z",
      "./e.ts",
      "side",
      "f",
    ]);
  });
});
