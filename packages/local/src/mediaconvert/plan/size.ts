/** How a picture becomes an output's size: scale, then crop or pad. All sizes are even. */
export interface Fit {
  scale: Size;
  crop?: Size;
  pad?: Size;
  /** what comes out */
  size: Size;
}

export interface Size {
  width: number;
  height: number;
}

/**
 * @param source what a viewer sees: square pixels, turned
 * @param want as the output asks; a missing side follows the shape, both missing the source
 */
export function fit(
  source: Size,
  want: { width?: number | undefined; height?: number | undefined; behavior?: string | undefined },
): Fit {
  const behavior = want.behavior ?? "DEFAULT";
  if (want.width === undefined || want.height === undefined) {
    return plain(oneSide(source, want, behavior));
  }
  const box = { width: want.width, height: want.height };
  switch (behavior) {
    case "STRETCH_TO_OUTPUT":
      return plain(box);
    case "FILL": {
      const factor = Math.max(box.width / source.width, box.height / source.height);
      const scale = {
        width: Math.max(box.width, even(source.width * factor)),
        height: Math.max(box.height, even(source.height * factor)),
      };
      return same(scale, box) ? plain(box) : { scale, crop: box, size: box };
    }
    case "FIT":
      return plain(inside(source, box));
    case "FIT_NO_UPSCALE":
      return plain(inside(source, smaller(box, source)));
    default: {
      const scale = inside(source, box);
      return same(scale, box) ? plain(box) : { scale, pad: box, size: box };
    }
  }
}

function oneSide(
  source: Size,
  want: { width?: number | undefined; height?: number | undefined },
  behavior: string,
): Size {
  const shape = source.width / source.height;
  const cap = behavior === "FIT_NO_UPSCALE";
  if (want.width !== undefined) {
    const width = cap ? Math.min(want.width, evenBelow(source.width)) : want.width;
    return { width: even(width), height: even(width / shape) };
  }
  if (want.height !== undefined) {
    const height = cap ? Math.min(want.height, evenBelow(source.height)) : want.height;
    return { width: even(height * shape), height: even(height) };
  }
  return { width: evenBelow(source.width), height: evenBelow(source.height) };
}

/** The largest size of the source's shape inside the box. */
function inside(source: Size, box: Size): Size {
  const factor = Math.min(box.width / source.width, box.height / source.height);
  return {
    width: Math.min(evenBelow(box.width), even(source.width * factor)),
    height: Math.min(evenBelow(box.height), even(source.height * factor)),
  };
}

function smaller(box: Size, source: Size): Size {
  return {
    width: Math.min(box.width, source.width),
    height: Math.min(box.height, source.height),
  };
}

/** The nearest even number, at least 2: chroma of 4:2:0 has half the size. */
function even(value: number): number {
  return Math.max(2, Math.round(value / 2) * 2);
}

/** Where nothing may grow. */
function evenBelow(value: number): number {
  return Math.max(2, Math.floor(value / 2) * 2);
}

function same(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

function plain(size: Size): Fit {
  return { scale: size, size };
}
