import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type * as Video from "@rushes/core/video";

export const EDGE = "https://d111111abcdef8.cloudfront.net";

/** What SST hands to the function, before anything of core asks for it. */
export function link(): void {
  process.env.SST_RESOURCE_App = JSON.stringify({ name: "rushes", stage: "bench" });
  process.env.SST_RESOURCE_Edge = JSON.stringify({ url: EDGE });
}

export interface Key {
  keyPairId: string;
  key: KeyObject;
  pem: string;
}

export function makeKey(): Key {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = String(privateKey.export({ type: "pkcs8", format: "pem" }));
  return { keyPairId: "K2JCJMDEHXQW5F", key: privateKey, pem };
}

/** The n-th of a million films, each as the table would give it: ten minutes, every kind of file. */
export function film(
  n: number,
): Pick<Video.Video, "id" | "title"> & { published: Video.Published } {
  const id = `vid_01JD9GZ3W8M5V7Q2X4R6${String(n % 1_000_000).padStart(6, "0")}` as const;
  const prefix = `videos/${id}/1/`;
  return {
    id,
    title: "Holiday",
    published: {
      attempt: 1,
      atMs: 0,
      bucket: "streams",
      prefix,
      durationMs: 600_000,
      sizeBytes: 1_000_000_000,
      hlsKey: `${prefix}stream/main.m3u8`,
      dashKey: `${prefix}stream/main.mpd`,
      renditions: [],
      downloads: [{ key: `${prefix}download/film.mp4`, mimeType: "video/mp4", sizeBytes: 5 }],
      poster: { key: `${prefix}pictures/poster.0000001.jpg`, widthPx: 1280, heightPx: 720 },
      thumbnails: {
        base: `${prefix}thumbnails/t`,
        count: 100,
        everySeconds: 6,
        widthPx: 320,
        heightPx: 180,
      },
    },
  };
}
