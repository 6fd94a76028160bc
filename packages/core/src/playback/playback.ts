import * as z from "zod";
import { Actor } from "../actor/index.ts";
import * as Signatures from "../aws/signatures.ts";
import { Clock } from "../clock/index.ts";
import { Config } from "../config/index.ts";
import * as Id from "../id/id.ts";
import { Problem } from "../problem/index.ts";
import { Video } from "../video/index.ts";
import { signer } from "./key.ts";
import { policy } from "./policy.ts";

export { parse as parseKey } from "./key.ts";
export { type Policy, policy } from "./policy.ts";

/** Longest and shortest grant. */
export const LONGEST_SECONDS = 24 * 3600;
const SHORTEST_SECONDS = 1;
/** A grant nobody sized lasts as long as the film, and this much longer. */
const MARGIN_SECONDS = 3600;

/** Somebody wants to watch a film. Without an actor it is an operator, let in by IAM. */
export const Wish = z.object({
  videoId: Id.VideoId,
  lifetimeSeconds: z.number().int().min(SHORTEST_SECONDS).max(LONGEST_SECONDS).optional(),
  actor: Actor.Actor.optional(),
});
export type Wish = z.input<typeof Wish>;

/** Permission to watch one attempt for a while. It is a secret: whoever has it may watch. */
export interface Grant {
  videoId: Id.VideoId;
  attempt: number;
  /** ISO 8601. */
  expiresAt: string;
  /** Set all of them with {@link cookiePath} on the edge's host. */
  cookies: Record<string, string>;
  cookiePath: string;
  /** To be played with the cookies. */
  hls: string;
  dash: string;
  /** These carry their own signature. */
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
 * @throws Problem `VideoNotFound` when there is no such film, or it is not this actor's to watch
 * @throws Problem `NotPublished` when no attempt has been READY yet
 */
export async function grant(wish: z.output<typeof Wish>): Promise<Grant> {
  const video = await Video.require(wish.videoId);
  if (!Actor.mayWatch(wish.actor, video.ownerId)) throw new Problem("VideoNotFound");
  const { published } = video;
  if (!published) throw new Problem("NotPublished");

  const now = Clock.now();
  const seconds =
    wish.lifetimeSeconds ??
    Math.min(LONGEST_SECONDS, Math.ceil(published.durationMs / 1000) + MARGIN_SECONDS);
  // whole seconds, rounded up: a grant is never shorter than it says
  const expiresAtMs = Math.ceil((now + seconds * 1000) / 1000) * 1000;
  const by = await signer();
  const sign = (key: string) => {
    const { text, resource } = policy(key, expiresAtMs, now);
    return Signatures.url(by, text, resource);
  };
  const edge = Config.edgeUrl();
  return {
    videoId: video.id,
    attempt: published.attempt,
    expiresAt: new Date(expiresAtMs).toISOString(),
    cookies: Signatures.cookies(by, policy(`${published.prefix}*`, expiresAtMs, now).text),
    cookiePath: `/${published.prefix}`,
    hls: `${edge}/${published.hlsKey}`,
    dash: `${edge}/${published.dashKey}`,
    downloads: published.downloads.map(({ key, ...about }) => ({ url: sign(key), ...about })),
    ...(published.poster ? { poster: sign(published.poster.key) } : {}),
    ...(published.thumbnails ? { thumbnails: thumbnails(published.thumbnails) } : {}),
  };

  function thumbnails({ base, ...about }: NonNullable<Video.Published["thumbnails"]>) {
    const folder = policy(`${base.slice(0, base.lastIndexOf("/"))}/*`, expiresAtMs, now);
    const query = Signatures.url(by, folder.text, `${edge}/${base}.jpg`).split("?")[1] ?? "";
    return { template: `${edge}/${base}.{index}.jpg?${query}`, ...about };
  }
}
