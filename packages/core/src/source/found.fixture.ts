import type { Found } from "./found.ts";

/** A usual film, for tests that change one thing about it. */
export function found(
  change: Partial<NonNullable<Found["video"]>> = {},
  about: Partial<Found> = {},
): Found {
  return {
    container: "mp4",
    durationMs: 30_000,
    sizeBytes: 1_000_000,
    video: {
      codec: "AVC",
      widthPx: 1920,
      heightPx: 1080,
      frameRate: { numerator: 30, denominator: 1 },
      rotation: 0,
      pixelAspect: { numerator: 1, denominator: 1 },
      interlaced: false,
      bitDepth: 8,
      highDynamicRange: false,
      ...change,
    },
    audio: { codec: "AAC", channels: 2, tracks: 1 },
    ...about,
  };
}

export function sound(): Found {
  const { video: _, ...rest } = found();
  return rest;
}
