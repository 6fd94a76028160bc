/** Says where a file that a manifest names is to be fetched; undefined leaves the name as it is. */
export type Address = (file: string) => string | undefined;

/**
 * Puts addresses in the place of every file that an HLS playlist names: the lines that are no tags,
 * and the `URI` of those tags that have one. Nothing else changes, not a byte.
 */
export function rewriteHls(playlist: string, address: Address): string {
  return playlist.replace(LINE, (line) => {
    const text = line.trim(); // takes a byte order mark away too
    if (text === "") return line;
    if (!text.startsWith("#")) return line.replace(text, () => address(text) ?? text);
    const [tag] = TAG.exec(text) ?? [];
    if (tag === undefined || !NAMING.has(tag)) return line;
    return line.replace(ATTRIBUTE, (whole, name: string, quoted: string | undefined) => {
      const found = name === "URI" && quoted ? address(quoted) : undefined;
      return found === undefined ? whole : `${name}="${found}"`;
    });
  });
}

/**
 * Puts addresses in the place of every file that a DASH manifest names. Those are templates: what
 * stands between dollar signs is the player's to fill in, and is kept.
 */
export function rewriteDash(manifest: string, address: Address): string {
  const placed = (file: string) => address(file)?.replaceAll("&", "&amp;");
  return manifest.replace(COMMENT_OR_ELEMENT, (whole, open?: string, file?: string) => {
    if (open !== undefined && file !== undefined) return `${open}${placed(file) ?? file}`;
    if (!NAMING_ELEMENT.test(whole)) return whole;
    return whole.replace(
      XML_ATTRIBUTE,
      (one, before: string, quote: string, value: string) =>
        `${before}${quote}${placed(value) ?? value}${quote}` || one,
    );
  });
}

/** RFC 8216: lines end in LF or CRLF. */
const LINE = /[^\r\n]+/g;
const TAG = /^#EXT[A-Z0-9-]*(?=:)/;
/** `NAME=value`; quoted values may hold commas, and are taken whole. */
const ATTRIBUTE = /([A-Z0-9-]+)=(?:"([^"]*)"|[^",]*)/g;

/** Tags with a URI. Source: RFC 8216bis, section 4.4. */
const NAMING: ReadonlySet<string> = new Set([
  "#EXT-X-I-FRAME-STREAM-INF",
  "#EXT-X-IMAGE-STREAM-INF",
  "#EXT-X-KEY",
  "#EXT-X-MAP",
  "#EXT-X-MEDIA",
  "#EXT-X-PART",
  "#EXT-X-PRELOAD-HINT",
  "#EXT-X-RENDITION-REPORT",
  "#EXT-X-SESSION-DATA",
  "#EXT-X-SESSION-KEY",
]);

/** A comment, a `BaseURL` up to its end, or the beginning of any element with its attributes. */
const COMMENT_OR_ELEMENT =
  /<!--[\s\S]*?-->|(<BaseURL\b[^>]*>\s*)([^<\s]+)|<[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>/g;
/** Elements with files in attributes. Source: ISO/IEC 23009-1, segment information. */
const NAMING_ELEMENT =
  /^<(?:SegmentTemplate|SegmentURL|Initialization|RepresentationIndex|BitstreamSwitching)\b/;
const XML_ATTRIBUTE =
  /(\s(?:media|initialization|index|bitstreamSwitching|sourceURL)\s*=\s*)(["'])(.*?)\2/g;
