import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fit } from "./size.ts";

describe("a picture and the size an output asks for", () => {
  it.each([
    { from: "1920x1080", want: "1280x720", behavior: "DEFAULT", size: "1280x720" },
    {
      from: "1080x1920",
      want: "1280x720",
      behavior: "DEFAULT",
      size: "1280x720",
      scale: "406x720",
    },
    { from: "1080x1920", want: "1280x720", behavior: "FIT", size: "406x720" },
    { from: "640x360", want: "1280x720", behavior: "FIT", size: "1280x720" },
    { from: "640x360", want: "1280x720", behavior: "FIT_NO_UPSCALE", size: "640x360" },
    { from: "1080x1920", want: "1280x720", behavior: "FILL", size: "1280x720", scale: "1280x2276" },
    { from: "1080x1920", want: "1280x720", behavior: "STRETCH_TO_OUTPUT", size: "1280x720" },
    { from: "1920x1080", want: "x720", behavior: "DEFAULT", size: "1280x720" },
    { from: "320x180", want: "x720", behavior: "FIT_NO_UPSCALE", size: "320x180" },
    { from: "1920x1080", want: "640x", behavior: "DEFAULT", size: "640x360" },
    { from: "321x181", want: "x", behavior: "DEFAULT", size: "320x180" },
    { from: "1024x576", want: "x", behavior: "DEFAULT", size: "1024x576" },
  ])("$from to $want by $behavior is $size", ({ from, want, behavior, size, scale }) => {
    const [width = 0, height = 0] = from.split("x").map(Number);
    const [w, h] = want.split("x").map((side) => (side ? Number(side) : undefined));
    const fitted = fit({ width, height }, { width: w, height: h, behavior });
    expect(`${fitted.size.width}x${fitted.size.height}`).toBe(size);
    if (scale) expect(`${fitted.scale.width}x${fitted.scale.height}`).toBe(scale);
  });

  it("always gives even sides, and covers what is cropped and fits what is padded", () => {
    const side = fc.integer({ min: 2, max: 5000 });
    const asked = fc.option(
      fc.integer({ min: 16, max: 4096 }).map((half) => half * 2),
      { nil: undefined },
    );
    const behavior = fc.constantFrom(
      "DEFAULT",
      "FIT",
      "FIT_NO_UPSCALE",
      "FILL",
      "STRETCH_TO_OUTPUT",
    );
    fc.assert(
      fc.property(side, side, asked, asked, behavior, (width, height, w, h, how) => {
        const { scale, crop, pad, size } = fit(
          { width, height },
          { width: w, height: h, behavior: how },
        );
        for (const { width: x, height: y } of [scale, size]) {
          expect([x % 2, y % 2]).toEqual([0, 0]);
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(2);
        }
        if (crop) expect(scale.width >= crop.width && scale.height >= crop.height).toBe(true);
        if (pad) expect(scale.width <= pad.width && scale.height <= pad.height).toBe(true);
      }),
    );
  });
});
