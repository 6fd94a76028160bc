import * as Playback from "@rushes/core/playback";
import type * as z from "zod";
import { bearer } from "../door/bearer.ts";
import { compressed } from "../door/compressed.ts";
import { Reply, serve } from "../door/described.ts";
import { gateway } from "../door/gateway.ts";
import { app } from "../door/route.ts";
import type { Grant } from "./shapes/grant.ts";
import { grantVideo, readPlaylist } from "./table/playback.ts";

const routes = [
  serve(grantVideo, async ({ actor, params, body }) => {
    const grant = await Playback.grant(actor, { videoId: params.id, ...body });
    return new Reply(told(grant), { cookies: Playback.setCookies(grant) });
  }),
  serve(readPlaylist, async ({ params: { id, ...which }, query }) => {
    const { text, contentType } = await Playback.playlist({ videoId: id, ...which, ...query });
    return new Reply(text, {
      headers: { "content-type": contentType, "cache-control": FOR_ONE },
    });
  }),
];

/** Grants, and the playlists of those who cannot send cookies. */
export const handler = compressed(gateway(app(routes, bearer)));

/** A playlist never changes, but it is of one grant: nobody between may keep it. */
const FOR_ONE = "private, max-age=60";

/** In the API's words, which are all pixels where a width is. */
function told({ downloads, thumbnails, ...grant }: Playback.Grant): z.input<typeof Grant> {
  return {
    ...grant,
    downloads: downloads.map(({ widthPx: width, heightPx: height, ...about }) => ({
      ...about,
      width,
      height,
    })),
    ...(thumbnails && { thumbnails: pictures(thumbnails) }),
  };
}

function pictures(thumbnails: NonNullable<Playback.Grant["thumbnails"]>) {
  const { widthPx: width, heightPx: height, ...about } = thumbnails;
  return { ...about, width, height };
}
