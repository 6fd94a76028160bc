import * as z from "zod";
import { Bytes, Time, VideoId } from "./words.ts";

export const GrantWish = z
  .strictObject({
    lifetimeSeconds: z
      .int()
      .min(1)
      .max(86_400)
      .optional()
      .meta({ description: "as long as the film and an hour, unless said otherwise" }),
  })
  .meta({ id: "GrantWish" });

/** Permission to watch one attempt for a while. */
export const Grant = z
  .object({
    videoId: VideoId,
    attempt: z.int().positive(),
    expiresAt: Time,
    cookies: z
      .record(z.string(), z.string())
      .meta({ description: "the same that Set-Cookie sets, for callers that are no browsers" }),
    cookiePath: z.string(),
    hls: z.string().meta({ description: "to be played with the cookies" }),
    dash: z.string().meta({ description: "to be played with the cookies" }),
    hlsWithoutCookies: z
      .string()
      .meta({ description: "for players that cannot send cookies: every line carries the grant" }),
    downloads: z.array(
      z.object({
        url: z.string(),
        mimeType: z.string(),
        sizeBytes: Bytes,
        width: z.int().optional(),
        height: z.int().optional(),
      }),
    ),
    poster: z.string().optional(),
    thumbnails: z
      .object({
        template: z
          .string()
          .meta({ description: "put a number of seven digits, from 0, for {index}" }),
        count: z.int(),
        everySeconds: z.number(),
        width: z.int(),
        height: z.int(),
      })
      .optional(),
  })
  .meta({ id: "Grant", description: "It is a secret: whoever has it may watch." });
