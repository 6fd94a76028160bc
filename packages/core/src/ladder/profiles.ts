import * as z from "zod";

/** What a number of lines deserves. */
export interface Level {
  linesPx: number;
  quality: number;
  maxKbps: number;
}

/**
 * The steps, largest first. Source: MediaConvert user guide, recommended QVBR settings, with two
 * large ones above and a small one below.
 */
export const levels: readonly Level[] = [
  { linesPx: 2160, quality: 9, maxKbps: 16_000 },
  { linesPx: 1440, quality: 8, maxKbps: 10_000 },
  { linesPx: 1080, quality: 8, maxKbps: 6000 },
  { linesPx: 720, quality: 8, maxKbps: 4000 },
  { linesPx: 480, quality: 7, maxKbps: 1500 },
  { linesPx: 360, quality: 7, maxKbps: 800 },
  { linesPx: 240, quality: 7, maxKbps: 400 },
];

/**
 * How hard the encoder tries, in MediaConvert's words. `SINGLE_PASS` is sold in its basic tier,
 * which knows no quality-defined bit rate.
 */
export type Tuning = "SINGLE_PASS" | "SINGLE_PASS_HQ";

export interface Profile {
  description: string;
  /** Shorter sides that are made, largest first; none: sound only. */
  linesPx: readonly number[];
  tuning: Tuning;
  /** No rung shows more than 30 pictures a second. */
  calm?: true;
}

/** What can be made of a film, by the name people ask for. */
const profiles = {
  standard: {
    description: "Up to 1080 lines in five sizes, up to 60 pictures a second.",
    linesPx: [1080, 720, 480, 360, 240],
    tuning: "SINGLE_PASS_HQ",
  },
  economy: {
    description:
      "Up to 720 lines in three sizes, up to 30 pictures a second, at the encoder's basic rate.",
    linesPx: [720, 480, 240],
    tuning: "SINGLE_PASS",
    calm: true,
  },
  "4k": {
    description: "As standard, and above it 1440 and 2160 lines where the source has them.",
    linesPx: [2160, 1440, 1080, 720, 480, 360, 240],
    tuning: "SINGLE_PASS_HQ",
  },
  audio: {
    description: "The sound alone, of a film too.",
    linesPx: [],
    tuning: "SINGLE_PASS_HQ",
  },
} as const satisfies Record<string, Profile>;

export const profileNames = Object.keys(profiles) as [ProfileName, ...ProfileName[]];

/** The name of a profile, as requests carry it. */
export const ProfileName = z.enum(Object.keys(profiles) as (keyof typeof profiles)[]);
export type ProfileName = z.infer<typeof ProfileName>;

/** Made when nobody says otherwise. */
export const USUAL: ProfileName = "standard";

export function isProfile(name: string): name is ProfileName {
  return Object.hasOwn(profiles, name);
}

export function profileOf(name: ProfileName): Profile {
  return profiles[name];
}
