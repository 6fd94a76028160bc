import { XMLParser } from "fast-xml-parser";

/** One playable version of a film, as its manifest names it. */
export interface Variant {
  /** absolute address of its own playlist */
  url: string;
  codecs: string;
  width: number | null;
  height: number | null;
  frameRate: number | null;
}

/** A media playlist: what to fetch, and how long each segment lasts. */
export interface MediaPlaylist {
  init: string | undefined;
  segments: Array<{ url: string; seconds: number }>;
}

/** Reads a multivariant playlist. Alternate audio is a variant without a picture. */
export function variants(playlist: string, base: string): Variant[] {
  const found: Variant[] = [];
  const lines = playlist.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const attributes = attributesOf(line);
    if (line.startsWith("#EXT-X-MEDIA:") && attributes.URI) {
      found.push(variant(attributes, new URL(attributes.URI, base).href));
    } else if (line.startsWith("#EXT-X-STREAM-INF:")) {
      const uri = lines.slice(index + 1).find((next) => next && !next.startsWith("#"));
      if (uri) found.push(variant(attributes, new URL(uri, base).href));
    }
  }
  return found;
}

function variant(attributes: Record<string, string>, url: string): Variant {
  const [width, height] = (attributes.RESOLUTION ?? "").split("x").map(Number);
  return {
    url,
    codecs: attributes.CODECS ?? "",
    width: width || null,
    height: height || null,
    frameRate: attributes["FRAME-RATE"] ? Number(attributes["FRAME-RATE"]) : null,
  };
}

/** `#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="a,b"` → its attributes */
function attributesOf(line: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const match of line.matchAll(/([A-Z0-9-]+)=(?:"([^"]*)"|([^,]*))/g)) {
    if (match[1]) found[match[1]] = match[2] ?? match[3] ?? "";
  }
  return found;
}

export function mediaPlaylist(playlist: string, base: string): MediaPlaylist {
  const segments: MediaPlaylist["segments"] = [];
  let init: string | undefined;
  let seconds = 0;
  for (const line of playlist.split(/\r?\n/)) {
    if (line.startsWith("#EXT-X-MAP:")) {
      const uri = attributesOf(line).URI;
      if (uri) init = new URL(uri, base).href;
    } else if (line.startsWith("#EXTINF:")) {
      seconds = Number.parseFloat(line.slice("#EXTINF:".length));
    } else if (line && !line.startsWith("#")) {
      segments.push({ url: new URL(line, base).href, seconds });
    }
  }
  return { init, segments };
}

interface Template {
  initialization?: string;
  media?: string;
  startNumber?: string;
  SegmentTimeline?: { S: Array<{ d: string; r?: string }> };
}

interface Node {
  id?: string;
  bandwidth?: string;
  BaseURL?: Array<string | { "#text": string }>;
  SegmentTemplate?: Template;
  AdaptationSet?: Node[];
  Representation?: Node[];
  Period?: Node[];
}

/** Every file that an MPD with segment templates and timelines names. */
export function dashAddresses(mpd: string, base: string): string[] {
  const { MPD } = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    parseAttributeValue: false,
    isArray: (name) => ["Period", "AdaptationSet", "Representation", "S", "BaseURL"].includes(name),
  }).parse(mpd) as { MPD: Node };
  const found: string[] = [];
  for (const period of MPD.Period ?? []) {
    for (const set of period.AdaptationSet ?? []) {
      for (const representation of set.Representation ?? []) {
        const template = { ...set.SegmentTemplate, ...representation.SegmentTemplate };
        found.push(...expand(template, representation).map((path) => new URL(path, base).href));
      }
    }
  }
  return found;
}

function expand(template: Template, { id = "", bandwidth = "" }: Node): string[] {
  const fill = (pattern: string, number: number, time: number): string =>
    pattern
      .replaceAll("$RepresentationID$", id)
      .replaceAll("$Bandwidth$", bandwidth)
      .replace(/\$Number(?:%0(\d+)d)?\$/g, (_, width: string | undefined) =>
        String(number).padStart(Number(width ?? 1), "0"),
      )
      .replace(/\$Time\$/g, String(time));
  const paths = template.initialization ? [fill(template.initialization, 0, 0)] : [];
  let number = Number(template.startNumber ?? 1);
  let time = 0;
  for (const { d, r } of template.SegmentTimeline?.S ?? []) {
    for (let left = Number(r ?? 0); left >= 0; left -= 1) {
      if (template.media) paths.push(fill(template.media, number, time));
      number += 1;
      time += Number(d);
    }
  }
  return paths;
}
