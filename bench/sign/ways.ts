import { sign as signBytes } from "node:crypto";
import { getSignedCookies, getSignedUrl } from "@aws-sdk/cloudfront-signer";
import * as Playback from "@rushes/core/playback";
import type * as Video from "@rushes/core/video";
import { EDGE, film, type Key } from "./film.ts";

/** One way to make the n-th grant. */
export interface Way {
  name: string;
  /** how many signatures one of it takes */
  signatures: number;
  make(n: number): unknown;
}

/**
 * Each way makes what one viewer of one film gets; films differ, so that nothing can be kept from
 * one to the next. The floor is the signature alone: nobody can grant faster than that.
 */
export function waysWith({ keyPairId, key, pem }: Key): Way[] {
  const signer = { keyPairId, key };
  const policy = Buffer.from(policyOf(film(0), endsAt()));
  return [
    { name: "a signature alone", signatures: 1, make: () => signBytes("sha256", policy, key) },
    { name: "Playback.grant", signatures: 1, make: (n) => Playback.grantOf(film(n), signer) },
    {
      name: "... as JSON, with its Set-Cookie lines",
      signatures: 1,
      make: (n) => {
        const grant = Playback.grantOf(film(n), signer);
        return [JSON.stringify(grant), Playback.setCookies(grant)];
      },
    },
    {
      name: "... of 900 s, less than the film",
      signatures: 2,
      make: (n) => Playback.grantOf(film(n), signer, 900),
    },
    {
      name: "naive, key kept",
      signatures: 5,
      // typed as text, but handed to node:crypto as it is
      make: (n) => naive(film(n), keyPairId, key as unknown as string),
    },
    { name: "naive", signatures: 5, make: (n) => naive(film(n), keyPairId, pem) },
  ];
}

/**
 * What one writes first: AWS's signer, the key as the text that Secrets Manager gave, one call for
 * the cookies and one for each address that is not played with them.
 */
function naive({ published }: ReturnType<typeof film>, keyPairId: string, privateKey: string) {
  const { prefix, hlsKey, dashKey, downloads, poster, thumbnails } = published;
  const dateLessThan = new Date(endsAt() * 1000).toISOString();
  const by = { keyPairId, privateKey, algorithm: "SHA256" as const };
  const one = (key: string) => getSignedUrl({ ...by, url: `${EDGE}/${key}`, dateLessThan });
  return {
    cookies: getSignedCookies({ ...by, policy: policyOf({ published }, endsAt()) }),
    hls: `${EDGE}/${hlsKey}`,
    dash: `${EDGE}/${dashKey}`,
    signedHls: one(hlsKey),
    downloads: downloads.map(({ key }) => one(key)),
    poster: poster && one(poster.key),
    thumbnails:
      thumbnails &&
      getSignedUrl({
        ...by,
        url: `${EDGE}/${thumbnails.base}.{index}.jpg`,
        policy: policyOf({ published: { prefix: `${prefix}thumbnails/` } }, endsAt()),
      }),
  };
}

function policyOf({ published }: { published: Pick<Video.Published, "prefix"> }, endsAtS: number) {
  return JSON.stringify({
    Statement: [
      {
        Resource: `${EDGE}/${published.prefix}*`,
        Condition: { DateLessThan: { "AWS:EpochTime": endsAtS } },
      },
    ],
  });
}

const endsAt = (): number => Math.ceil(Date.now() / 1000) + 3600;
