/** What a number of lines deserves. */
export interface Level {
  linesPx: number;
  quality: number;
  maxKbps: number;
}

/**
 * The steps, largest first. Source: MediaConvert user guide, recommended QVBR settings, with room
 * for a small one below.
 */
export const levels: readonly Level[] = [
  { linesPx: 1080, quality: 8, maxKbps: 6000 },
  { linesPx: 720, quality: 8, maxKbps: 4000 },
  { linesPx: 480, quality: 7, maxKbps: 1500 },
  { linesPx: 360, quality: 7, maxKbps: 800 },
  { linesPx: 240, quality: 7, maxKbps: 400 },
];

export interface Profile {
  /** No rung is larger than this on its shorter side. */
  ceilingPx: number;
}

export const profiles: Readonly<Record<string, Profile>> = {
  standard: { ceilingPx: 1080 },
};

export function isProfile(name: string): boolean {
  return Object.hasOwn(profiles, name);
}
