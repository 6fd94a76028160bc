/** What a source may be, beyond its size in bytes. Source: MediaConvert, limits of inputs. */
export const sourceLimits = {
  tracks: 32,
  seconds: 24 * 3600,
  /** 8K, in whatever shape */
  pixels: 8192 * 4320,
  /** a side of a picture: at least, and in any shape at most */
  leastPx: 32,
  mostPx: 8192,
} as const;
