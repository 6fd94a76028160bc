import * as z from "zod";
import { described } from "../../door/described.ts";
import { Grant, GrantWish } from "../shapes/grant.ts";
import { VideoId } from "../shapes/words.ts";

const tag = "Playback";

export const grantVideo = described({
  id: "grantVideo",
  method: "post",
  path: "/videos/{id}/grants",
  tag,
  summary: "Permits watching a film for a while",
  description: "A public film needs no token.",
  access: "either",
  params: z.object({ id: VideoId }),
  body: GrantWish,
  answer: {
    status: 201,
    says: "The grant. Its cookies are set on the way.",
    shape: Grant,
    headers: { "set-cookie": "the signed cookies" },
  },
  problems: ["VideoNotFound", "NotPublished", "TokenInvalid"],
});

export const readPlaylist = described({
  id: "readPlaylist",
  method: "get",
  path: "/videos/{id}/attempts/{attempt}/playlists/{name}",
  tag,
  summary: "Gives a playlist whose every line carries the grant",
  description: "For players that cannot send cookies. A grant has its address.",
  access: "none",
  params: z.object({
    id: VideoId,
    attempt: z.coerce.number().int().min(1).max(1_000_000),
    name: z
      .string()
      .regex(/^[\w-]{1,60}\.(m3u8|mpd)$/)
      .meta({ examples: ["main.m3u8"] }),
  }),
  query: z.strictObject({ grant: z.string().min(1).max(4000) }),
  answer: {
    status: 200,
    says: "The playlist.",
    shape: z.string(),
    type: "application/vnd.apple.mpegurl",
  },
  problems: ["VideoNotFound"],
});
