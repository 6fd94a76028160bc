import type { Grant } from "../operator/operator.ts";
import {
  dashAddresses,
  type MediaPlaylist,
  mediaPlaylist,
  type Variant,
  variants,
} from "./manifests.ts";

/** What a viewer gets of one rendition, measured on what was delivered. */
export interface Rendition {
  codec: string;
  width: number | null;
  height: number | null;
  frameRate: number | null;
  averageKbps: number;
  peakKbps: number;
  sizeBytes: number;
}

export interface Verdict {
  renditions: Rendition[];
  /** every address fetched, without its signature */
  addresses: string[];
  /** what was not as it should be, as sentences; empty for a good film */
  objections: string[];
}

/**
 * Watches a film as a player would: every playlist and every segment of every rung with the
 * grant's cookies, every download with its signature.
 */
export async function watch(grant: Grant): Promise<Verdict> {
  const objections: string[] = [];
  const addresses = new Set<string>();
  const sizes = new Map<string, number>();
  const headers = { cookie: cookieHeader(grant.cookies) };

  const fetched = async (url: string, withCookies = true): Promise<Buffer> => {
    const answer = await fetch(url, withCookies ? { headers } : {});
    const body = Buffer.from(await answer.arrayBuffer());
    addresses.add(bare(url));
    sizes.set(url, body.length);
    if (answer.status !== 200) objections.push(`${bare(url)} answered ${answer.status} to a grant`);
    else if (body.length === 0) objections.push(`${bare(url)} is empty`);
    return body;
  };

  const renditions: Rendition[] = [];
  if (grant.hls) {
    const top = String(await fetched(grant.hls));
    const found = variants(top, grant.hls);
    if (!found.length) objections.push("the HLS playlist names no rendition");
    for (const variant of found) {
      const playlist = mediaPlaylist(String(await fetched(variant.url)), variant.url);
      if (!playlist.segments.length) objections.push(`${bare(variant.url)} names no segment`);
      if (playlist.init) await fetched(playlist.init);
      for (const { url } of playlist.segments) await fetched(url);
      const codec = codecs(variant).find((one) => variant.width === null || !isAudio(one));
      const alternate = found.flatMap(codecs).find(isAudio);
      renditions.push(measure(codec ?? alternate ?? "", variant, playlist, sizes));
    }
  }
  if (grant.dash) {
    const named = dashAddresses(String(await fetched(grant.dash)), grant.dash);
    if (!named.length) objections.push("the DASH manifest names no segment");
    for (const url of named) if (!sizes.has(url)) await fetched(url);
  }
  for (const { url } of grant.downloads) await fetched(url, false);
  if (grant.poster) await fetched(grant.poster, false);
  const { thumbnails } = grant;
  for (let index = 0; index < (thumbnails?.count ?? 0); index += 1) {
    const url = thumbnails?.template.replace("{index}", String(index).padStart(7, "0"));
    if (url) await fetched(url, false);
  }
  renditions.sort((a, b) => (b.height ?? 0) - (a.height ?? 0));
  return { renditions, addresses: [...addresses], objections };
}

/**
 * Tries every address without a signature, with a changed one, and with an expired grant. Each
 * must be refused with 403.
 *
 * @param expired cookies of a grant whose time is over
 */
export async function trespass(
  addresses: readonly string[],
  grant: Grant,
  expired: Grant,
): Promise<string[]> {
  const objections: string[] = [];
  const tries: Array<[string, Record<string, string>]> = [
    ["unsigned", {}],
    ["tampered", { cookie: cookieHeader(tampered(grant.cookies)) }],
    ["expired", { cookie: cookieHeader(expired.cookies) }],
  ];
  for (const address of addresses) {
    for (const [how, headers] of tries) {
      const answer = await fetch(address, { headers });
      await answer.arrayBuffer();
      if (answer.status !== 403) objections.push(`${address} answered ${answer.status} ${how}`);
    }
  }
  return objections;
}

/** The same cookies with one character of the signature another. */
function tampered(cookies: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(cookies).map(([name, value]) => {
      if (!name.endsWith("-Signature")) return [name, value];
      const middle = Math.floor(value.length / 2);
      const other = value[middle] === "A" ? "B" : "A";
      return [name, value.slice(0, middle) + other + value.slice(middle + 1)];
    }),
  );
}

const cookieHeader = (cookies: Record<string, string>): string =>
  Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");

/** An address without query: what may be printed. */
const bare = (url: string): string => url.split("?")[0] ?? url;

const codecs = (variant: Variant): string[] => variant.codecs.split(",").filter(Boolean);

/** Alternate audio carries no CODECS of its own: the variants that use it name it. */
const isAudio = (codec: string): boolean => /^(mp4a|ac-3|ec-3|opus|fLaC)/.test(codec);

function measure(
  codec: string,
  variant: Variant,
  playlist: MediaPlaylist,
  sizes: ReadonlyMap<string, number>,
): Rendition {
  const kbps = (bytes: number, seconds: number): number =>
    seconds > 0 ? Math.round((bytes * 8) / seconds / 1000) : 0;
  let bytes = 0;
  let seconds = 0;
  let peakKbps = 0;
  for (const segment of playlist.segments) {
    const size = sizes.get(segment.url) ?? 0;
    bytes += size;
    seconds += segment.seconds;
    peakKbps = Math.max(peakKbps, kbps(size, segment.seconds));
  }
  return {
    codec,
    width: variant.width,
    height: variant.height,
    frameRate: variant.frameRate,
    averageKbps: kbps(bytes, seconds),
    peakKbps,
    sizeBytes: bytes + (playlist.init ? (sizes.get(playlist.init) ?? 0) : 0),
  };
}
