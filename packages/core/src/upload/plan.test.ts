import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import * as Id from "../id/index.ts";
import { code, file, linkLibrary, MIB } from "../library/library.testing.ts";
import { sizeOfPart } from "./plan.ts";
import * as Upload from "./upload.ts";

beforeAll(linkLibrary);

describe("a plan", () => {
  it("covers a file with parts that S3 takes, whatever its size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 * 1024 * MIB }), (sizeBytes) => {
        const plan = Upload.plan(Id.newVideo(), { ...file, sizeBytes });
        if (plan.way !== "multipart") return plan.way === "single" && sizeBytes <= 32 * MIB;
        const sizes = Array.from(
          { length: plan.partCount },
          (_, at) => sizeOfPart(plan, at + 1) ?? 0,
        );
        expect(sizes.length).toBeLessThanOrEqual(10_000);
        expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBe(sizeBytes);
        expect(sizes.slice(0, -1).every((bytes) => bytes === plan.partSizeBytes)).toBe(true);
        expect(plan.partSizeBytes).toBeGreaterThanOrEqual(5 * MIB);
        return (sizes.at(-1) ?? 0) > 0 && sizeOfPart(plan, sizes.length + 1) === undefined;
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["video/mp4", true],
    ["VIDEO/MP4", true],
    ["audio/mpeg", true],
    ["video/mp4; codecs=avc1", true],
    ["image/png", false],
    ["video", false],
    ["video/", false],
    ["video/mp4\n", true],
    ["video/mp4\nx", false],
    ["video/ümp4", false],
    ["xvideo/mp4", false],
  ])("takes the type %j: %s", (type, taken) => {
    const plan = () => Upload.plan(Id.newVideo(), { ...file, type });
    if (taken) expect(plan().type).toBe(type.trim().toLowerCase());
    else expect(plan).toThrow(expect.objectContaining(code("TypeNotAllowed")));
  });
});
