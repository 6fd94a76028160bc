import * as z from "zod";
import type * as Actor from "../actor/index.ts";
import * as Signatures from "../aws/signatures.ts";
import * as Clock from "../clock/index.ts";
import * as Config from "../config/index.ts";
import * as Id from "../id/id.ts";
import { watchable } from "../library/access.ts";
import { Problem } from "../problem/index.ts";
import type { Published, Video } from "../video/film.ts";
import { signer } from "./key.ts";
import * as Pass from "./pass.ts";
import { addressOf } from "./playlist.ts";
import { policy } from "./policy.ts";

export { type Keys, parse as parseKeys } from "./key.ts";
export { Asked, PLAYLISTS, type Playlist, playlist, TYPES } from "./playlist.ts";

/** How long somebody may ask to watch, in seconds. */
const LEAST_SECONDS = 1;
export const MOST_SECONDS = 24 * 3600;
/** A grant nobody sized lasts as long as the film, and this much longer. */
const MARGIN_SECONDS = 3600;
/** No grant is good for longer: that of the longest film, for a player that cannot renew it. */
export const LONGEST_SECONDS = MOST_SECONDS + MARGIN_SECONDS;

/** Somebody wants to watch a film. */
export const Wish = z.object({
  videoId: Id.VideoId,
  lifetimeSeconds: z.number().int().min(LEAST_SECONDS).max(MOST_SECONDS).optional(),
});
export type Wish = z.infer<typeof Wish>;

/** Permission to watch one attempt for a while. It is a secret: whoever has it may watch. */
export interface Grant {
  videoId: Id.VideoId;
  attempt: number;
  title: string;
  durationSeconds: number;
  /** When all of it ends but {@link signedHls} and {@link signedDash}; ISO 8601. */
  expiresAt: string;
  /** Set all of them with {@link cookiePath} on the edge's host. */
  cookies: Record<string, string>;
  cookiePath: string;
  /** To be played with the cookies. */
  hls: string;
  dash: string;
  /** For players that cannot send cookies, nor ask again: every line carries the grant. */
  signedHls: string;
  signedDash: string;
  /** When those two end: never before the film could have been seen. */
  signedExpiresAt: string;
  /** These carry the signature of the whole grant. */
  downloads: {
    url: string;
    mimeType: string;
    sizeBytes: number;
    widthPx?: number;
    heightPx?: number;
  }[];
  poster?: string;
  /** Put a number of seven digits, from 0, for `{index}`. */
  thumbnails?: {
    template: string;
    count: number;
    everySeconds: number;
    widthPx: number;
    heightPx: number;
  };
}

/**
 * Grants a film for a while. Reads only what is published: a replacement that fails leaves the old
 * film playing.
 *
 * @param actor undefined: somebody who has not signed in, who may watch what is public
 * @throws Problem `VideoNotFound` when there is no such film, or it is not this actor's to watch
 * @throws Problem `NotPublished` when no attempt has been READY yet
 */
export async function grant(actor: Actor.Actor | undefined, wish: Wish): Promise<Grant> {
  const video = await watchable(actor, wish.videoId);
  const { published } = video;
  if (!published) throw new Problem("NotPublished");
  return grantOf({ ...video, published }, await signer(), wish.lifetimeSeconds);
}

/**
 * Makes a grant of what is published. It is signed once: the one signature is in its cookies, its
 * addresses and the pass of the players without cookies. A wish that is shorter than the film takes
 * a second one for those players.
 */
export function grantOf(
  { id, title, published }: Pick<Video, "id" | "title"> & { published: Published },
  by: Signatures.Signer,
  lifetimeSeconds?: number,
): Grant {
  const { attempt, prefix } = published;
  const now = Clock.now();
  const sign = (seconds: number) => {
    // whole seconds, rounded up: a grant is never shorter than it says
    const endsAtMs = Math.ceil(now / 1000 + seconds) * 1000;
    return { endsAtMs, ...Signatures.sign(by, policy(`${prefix}*`, endsAtMs, now)) };
  };
  const wholeSeconds = Math.ceil(published.durationMs / 1000) + MARGIN_SECONDS;
  const seconds = lifetimeSeconds ?? Math.min(MOST_SECONDS, wholeSeconds);
  const signed = sign(seconds);
  const lasting = seconds < wholeSeconds ? sign(Math.min(LONGEST_SECONDS, wholeSeconds)) : signed;

  const edge = Config.edgeUrl();
  const query = Signatures.query(signed);
  const pass = Pass.written(lasting, lasting.endsAtMs);
  const listed = (key: string) =>
    addressOf({ videoId: id, attempt, name: key.slice(key.lastIndexOf("/") + 1), grant: pass });
  const { poster, thumbnails } = published;
  return {
    videoId: id,
    attempt,
    title,
    durationSeconds: published.durationMs / 1000,
    expiresAt: new Date(signed.endsAtMs).toISOString(),
    cookies: Signatures.cookies(signed),
    cookiePath: `/${prefix}`,
    hls: `${edge}/${published.hlsKey}`,
    dash: `${edge}/${published.dashKey}`,
    signedHls: listed(published.hlsKey),
    signedDash: listed(published.dashKey),
    signedExpiresAt: new Date(lasting.endsAtMs).toISOString(),
    downloads: published.downloads.map(({ key, ...about }) => ({
      url: `${edge}/${key}?${query}`,
      ...about,
    })),
    ...(poster && { poster: `${edge}/${poster.key}?${query}` }),
    ...(thumbnails && { thumbnails: templated(thumbnails) }),
  };

  function templated({ base, ...about }: NonNullable<Published["thumbnails"]>) {
    return { template: `${edge}/${base}.{index}.jpg?${query}`, ...about };
  }
}

/**
 * The lines that set a grant's cookies in a browser. They hold on the host that answers, so they are
 * of use where the API is asked through the edge. Pages of other sites do not send them along: those
 * play {@link Grant.signedHls}.
 */
export function setCookies({ cookies, cookiePath, expiresAt }: Grant): string[] {
  const seconds = Math.round((Date.parse(expiresAt) - Clock.now()) / 1000);
  const secure = Config.edgeUrl().startsWith("https:") ? "; Secure" : "";
  const rest = `Path=${cookiePath}; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
  return Object.entries(cookies).map(([name, value]) => `${name}=${value}; ${rest}`);
}
