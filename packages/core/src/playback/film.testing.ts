import { generateKeyPairSync } from "node:crypto";
import * as Signatures from "../aws/signatures.ts";
import * as Table from "../aws/table.ts";
import * as Id from "../id/index.ts";
import * as Video from "../video/index.ts";

/** A key, and the secret that holds it. */
export const key = generateKeyPairSync("ec", { namedCurve: "P-256" });
export const secretText = JSON.stringify({
  keyPairId: "K2TEST",
  privateKeyPem: key.privateKey.export({ type: "pkcs8", format: "pem" }),
});

/** A film whose second attempt can be watched, though its third has failed. */
export async function film(about: Record<string, unknown> = {}): Promise<Id.VideoId> {
  const id = Id.newVideo();
  const prefix = `videos/${id}/2/`;
  await Table.put({
    ...Video.keyOf(id),
    videoId: id,
    ownerId: "ann",
    title: "Holiday",
    status: "FAILED",
    attempt: 3,
    published: {
      attempt: 2,
      prefix,
      durationMs: 60_500,
      hlsKey: `${prefix}stream/main.m3u8`,
      dashKey: `${prefix}stream/main.mpd`,
      downloads: [{ key: `${prefix}download/film.mp4`, mimeType: "video/mp4", sizeBytes: 5 }],
      poster: { key: `${prefix}pictures/poster.0000001.jpg`, widthPx: 320, heightPx: 180 },
      thumbnails: {
        base: `${prefix}thumbnails/t`,
        count: 3,
        everySeconds: 1,
        widthPx: 320,
        heightPx: 180,
      },
    },
    ...about,
  });
  return id;
}

/** The policy that an address or a cookie carries, as it was signed. */
export function policyIn(carried: string | null | undefined): Buffer {
  const policy = Signatures.unwrapped(carried ?? "");
  if (!policy) throw new Error("that is no policy");
  return policy;
}
