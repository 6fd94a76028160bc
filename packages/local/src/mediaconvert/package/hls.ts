/** A media playlist: what one rendition's segments are. */
export interface MediaPlaylist {
  segments: ReadonlyArray<{ uri: string; seconds: number; range?: { bytes: number; at: number } }>;
  /** the initialisation segment; absent for transport streams */
  map?: { uri: string; range?: { bytes: number; at: number } };
  wholeSeconds: boolean;
  /** round the target duration instead of taking the next higher number */
  roundTarget: boolean;
  mayCache: boolean;
}

export function mediaPlaylist(list: MediaPlaylist): string {
  const longest = Math.max(1, ...list.segments.map(({ seconds }) => seconds));
  const target = list.roundTarget ? Math.round(longest) : Math.ceil(longest - 0.0005);
  const lines = [
    "#EXTM3U",
    `#EXT-X-VERSION:${list.map ? 7 : 4}`,
    `#EXT-X-TARGETDURATION:${Math.max(1, target)}`,
    "#EXT-X-MEDIA-SEQUENCE:1",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    "#EXT-X-INDEPENDENT-SEGMENTS",
  ];
  if (!list.mayCache) lines.push("#EXT-X-ALLOW-CACHE:NO");
  if (list.map) {
    const range = list.map.range ? `,BYTERANGE="${list.map.range.bytes}@${list.map.range.at}"` : "";
    lines.push(`#EXT-X-MAP:URI="${list.map.uri}"${range}`);
  }
  for (const { uri, seconds, range } of list.segments) {
    lines.push(`#EXTINF:${list.wholeSeconds ? Math.round(seconds) : seconds.toFixed(6)},`);
    if (range) lines.push(`#EXT-X-BYTERANGE:${range.bytes}@${range.at}`);
    lines.push(uri);
  }
  return `${[...lines, "#EXT-X-ENDLIST"].join("\n")}\n`;
}

/** How much a rendition needs, in bits per second. */
export interface Rates {
  peak: number;
  average: number;
}

/** Measured from the files; a short last segment says little about the peak. */
export function ratesOf(segments: ReadonlyArray<{ bytes: number; seconds: number }>): Rates {
  const longest = Math.max(0, ...segments.map(({ seconds }) => seconds));
  const telling = segments.filter(({ seconds }) => seconds >= longest / 2 && seconds > 0);
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0);
  return {
    peak: Math.ceil(Math.max(0, ...telling.map((one) => (one.bytes * 8) / one.seconds))),
    average: seconds > 0 ? Math.ceil((bytes * 8) / seconds) : 0,
  };
}

/** A stream of the multivariant playlist. */
export interface Variant extends Rates {
  uri: string;
  codecs: readonly string[];
  size: { width: number; height: number } | undefined;
  frameRate: number | undefined;
  /** group of the sound that goes with it */
  audio: string | undefined;
}

/** Sound in a playlist of its own. */
export interface Alternate {
  group: string;
  name: string;
  language: string;
  isDefault: boolean;
  autoselect: boolean;
  channels: number;
  describesVideo: boolean;
  uri: string;
}

export function multivariantPlaylist(
  variants: readonly Variant[],
  alternates: readonly Alternate[],
  version: number,
): string {
  const lines = ["#EXTM3U", `#EXT-X-VERSION:${version}`, "#EXT-X-INDEPENDENT-SEGMENTS"];
  for (const one of alternates) {
    const attributes = [
      "TYPE=AUDIO",
      `GROUP-ID="${one.group}"`,
      `NAME="${one.name}"`,
      ...(one.language === "und" ? [] : [`LANGUAGE="${one.language}"`]),
      `DEFAULT=${one.isDefault ? "YES" : "NO"}`,
      `AUTOSELECT=${one.autoselect ? "YES" : "NO"}`,
      `CHANNELS="${one.channels}"`,
      ...(one.describesVideo ? ['CHARACTERISTICS="public.accessibility.describes-video"'] : []),
      `URI="${one.uri}"`,
    ];
    lines.push(`#EXT-X-MEDIA:${attributes.join(",")}`);
  }
  for (const one of variants) {
    const attributes = [
      `BANDWIDTH=${one.peak}`,
      `AVERAGE-BANDWIDTH=${one.average}`,
      `CODECS="${one.codecs.join(",")}"`,
      ...(one.size ? [`RESOLUTION=${one.size.width}x${one.size.height}`] : []),
      ...(one.frameRate ? [`FRAME-RATE=${one.frameRate.toFixed(3)}`] : []),
      ...(one.audio ? [`AUDIO="${one.audio}"`] : []),
    ];
    lines.push(`#EXT-X-STREAM-INF:${attributes.join(",")}`, one.uri);
  }
  return `${lines.join("\n")}\n`;
}

/** A file name as part of an address. */
export function uriOf(name: string, baseUrl = ""): string {
  const prefix = baseUrl && !baseUrl.endsWith("/") ? `${baseUrl}/` : baseUrl;
  return prefix + encodeURIComponent(name);
}
