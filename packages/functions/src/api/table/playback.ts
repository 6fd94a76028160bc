import * as Playback from "@rushes/core/playback";
import * as z from "zod";
import { described } from "../../door/described.ts";
import { Grant, GrantWish } from "../shapes/grant.ts";
import { VideoId } from "../shapes/words.ts";

const tag = "Playback";

const Asked = Playback.Asked.shape;

export const grantVideo = described({
  id: "grantVideo",
  method: "post",
  path: "/videos/{id}/grants",
  tag,
  summary: "Permits watching a film for a while",
  description: "A public film needs no token.",
  access: "either",
  params: z.object({ id: VideoId }),
  absent: { id: "VideoNotFound" },
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
  path: Playback.PLAYLISTS,
  tag,
  summary: "Gives a playlist whose every line carries the grant",
  description:
    "For players that cannot send cookies. A grant has its address. A name that ends in .mpd is answered as application/dash+xml.",
  access: "none",
  params: z.object({
    id: VideoId,
    attempt: Asked.attempt,
    name: Asked.name.meta({ examples: ["main.m3u8"] }),
  }),
  absent: { id: "VideoNotFound", attempt: "PlaylistNotFound", name: "PlaylistNotFound" },
  query: z.object({ grant: Asked.grant }),
  answer: {
    status: 200,
    says: "The playlist.",
    shape: z.string(),
    type: Playback.TYPES.m3u8,
  },
  problems: ["VideoNotFound", "GrantInvalid", "PlaylistNotFound"],
});
