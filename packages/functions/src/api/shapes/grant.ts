import * as Playback from "@rushes/core/playback";
import * as z from "zod";
import { Bytes, Seconds, Time, VideoId } from "./words.ts";

export const GrantWish = z
  .strictObject({
    lifetimeSeconds: Playback.Wish.shape.lifetimeSeconds.meta({
      description: "as long as the film and an hour, unless said otherwise",
    }),
  })
  .meta({ id: "GrantWish" });

const Width = z.int().optional();

/** Permission to watch one attempt for a while. */
export const Grant = z
  .object({
    videoId: VideoId,
    attempt: z.int().positive(),
    title: z.string(),
    durationSeconds: Seconds,
    expiresAt: Time,
    cookies: z
      .record(z.string(), z.string())
      .meta({ description: "the same that Set-Cookie sets, for callers that are no browsers" }),
    cookiePath: z.string(),
    hls: z.string().meta({ description: "to be played with the cookies" }),
    dash: z.string().meta({ description: "to be played with the cookies" }),
    signedHls: z
      .string()
      .meta({ description: "for players that cannot send cookies: every line carries the grant" }),
    signedDash: z.string().meta({ description: "the same for players of DASH" }),
    signedExpiresAt: Time.meta({
      description: "when those two end: not before the film could have been seen",
    }),
    downloads: z.array(
      z.object({
        url: z.string(),
        mimeType: z.string(),
        sizeBytes: Bytes,
        width: Width,
        height: Width,
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
  .meta({
    id: "Grant",
    description:
      "It is a secret: whoever has one of its addresses or cookies may watch all of the film.",
  });
