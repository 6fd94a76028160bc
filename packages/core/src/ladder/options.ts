import * as z from "zod";
import { sourceLimits } from "../source/limits.ts";

/** What a film's owner may choose beside the profile. */
export const Options = z.strictObject({
  download: z.boolean().optional().describe("One file to download; made unless this is false."),
  thumbnails: z
    .boolean()
    .optional()
    .describe("Pictures along the film; made unless this is false. The poster is always made."),
  posterAtSeconds: z
    .number()
    .min(0)
    .max(sourceLimits.seconds)
    // no table keeps a number like 1e-300, and no picture stands so early
    .overwrite((seconds) => Math.round(seconds * 1000) / 1000)
    .optional()
    .describe(
      "Which moment the poster shows, to the millisecond; one past the end means the film's last. Chosen by the film's length when absent.",
    ),
});
export type Options = z.infer<typeof Options>;
