import * as path from "node:path/posix";

/** One rendition's playlist: which files it needs, and how long each plays. */
export interface Media {
  /** Beside the playlist: the initialisation, when there is one. */
  init?: string;
  segments: { file: string; seconds: number }[];
  /** The last line is there: the playlist is whole. */
  ended: boolean;
}

export interface Variant {
  file: string;
  codecs: string[];
  widthPx?: number;
  heightPx?: number;
  frameRate?: number;
}

/** What the first playlist offers. */
export interface Offer {
  variants: Variant[];
  /** Playlists of sound, by their own files. */
  sounds: string[];
}

export function readMedia(text: string): Media {
  const media: Media = { segments: [], ended: false };
  let seconds: number | undefined;
  for (const line of lines(text)) {
    if (line.startsWith("#EXTINF:")) seconds = Number.parseFloat(line.slice(8));
    else if (line.startsWith("#EXT-X-MAP:")) media.init = attributes(line).URI ?? "";
    else if (line === "#EXT-X-ENDLIST") media.ended = true;
    else if (!line.startsWith("#") && seconds !== undefined) {
      media.segments.push({ file: line, seconds });
      seconds = undefined;
    }
  }
  return media;
}

export function readOffer(text: string): Offer {
  const offer: Offer = { variants: [], sounds: [] };
  let next: Record<string, string> | undefined;
  for (const line of lines(text)) {
    if (line.startsWith("#EXT-X-STREAM-INF:")) next = attributes(line);
    else if (line.startsWith("#EXT-X-MEDIA:")) {
      const { TYPE, URI } = attributes(line);
      if (TYPE === "AUDIO" && URI) offer.sounds.push(URI);
    } else if (!line.startsWith("#") && next) {
      offer.variants.push(variant(line, next));
      next = undefined;
    }
  }
  return offer;
}

/** A file named in a playlist, as a key beside that playlist; undefined when it leads elsewhere. */
export function beside(playlist: string, file: string): string | undefined {
  if (file === "" || file.startsWith("/") || /^[a-z][a-z0-9+.-]*:/i.test(file)) return undefined;
  const bare = file.split(/[?#]/)[0] ?? "";
  const found = path.join(path.dirname(playlist), decodeURIComponent(bare));
  return found.startsWith("..") ? undefined : found;
}

function variant(file: string, about: Record<string, string>): Variant {
  const [width, height] = (about.RESOLUTION ?? "").split("x").map(Number);
  const frameRate = Number(about["FRAME-RATE"]);
  return {
    file,
    codecs: (about.CODECS ?? "").split(",").filter((codec) => codec !== ""),
    ...(width && height ? { widthPx: width, heightPx: height } : {}),
    ...(frameRate > 0 ? { frameRate } : {}),
  };
}

function lines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** `NAME=value` pairs; values may be quoted and then hold commas. */
function attributes(line: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, quoted, bare] of line.matchAll(/([A-Z0-9-]+)=(?:"([^"]*)"|([^",]*))/g)) {
    if (name) found[name] = quoted ?? bare ?? "";
  }
  return found;
}
