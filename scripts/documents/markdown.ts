/** What a document claims, with the lines where it does. */
export interface Document {
  /** path from the root, with `/` */
  path: string;
  blocks: Block[];
  /** inline code */
  spans: Spot[];
  /** targets of links */
  links: Spot[];
  /** what `#` may name, as GitHub makes it of headings */
  anchors: ReadonlySet<string>;
}

export interface Block {
  /** the word after the fence, such as `ts` */
  language: string;
  text: string;
  /** line of its first line of content, from 1 */
  line: number;
}

export interface Spot {
  text: string;
  line: number;
}

export function parse(path: string, markdown: string): Document {
  const { blocks, prose } = unfenced(markdown.replaceAll("\r\n", "\n"));
  const { spans, rest } = unquoted(prose);
  return { path, blocks, spans, links: linksOf(rest), anchors: anchorsOf(prose) };
}

/** Takes fenced blocks out and leaves empty lines, so that lines keep their numbers. */
function unfenced(markdown: string): { blocks: Block[]; prose: string } {
  const blocks: Block[] = [];
  let open: { fence: string; indent: number; language: string; line: number } | undefined;
  let content: string[] = [];
  const prose = markdown.split("\n").map((line, index) => {
    const [, indent = "", fence, language = ""] =
      /^( *)(`{3,}|~{3,})\s*([\w-]*)[^`]*$/.exec(line) ?? [];
    if (open) {
      const closes = fence?.startsWith(open.fence) && language === "";
      if (!closes) {
        content.push(line.slice(Math.min(open.indent, line.search(/\S|$/))));
        return "";
      }
      blocks.push({ language: open.language, text: content.join("\n"), line: open.line });
      open = undefined;
      content = [];
      return "";
    }
    if (!fence) return line;
    open = { fence, indent: indent.length, language, line: index + 2 };
    return "";
  });
  if (open) blocks.push({ language: open.language, text: content.join("\n"), line: open.line });
  return { blocks, prose: prose.join("\n") };
}

/** Takes inline code out; it may run over the end of a line, never over that of a paragraph. */
function unquoted(prose: string): { spans: Spot[]; rest: string } {
  const spans: Spot[] = [];
  const rest = prose.replace(CODE, (...found) => {
    const [whole, , text, at] = found as [string, string, string, number];
    spans.push({ text: text.replace(/\s*\n\s*/g, " ").trim(), line: lineOf(prose, at) });
    return whole.replace(/[^\n]/g, "x");
  });
  return { spans, rest };
}

const CODE = /(?<!`)(`+)(?!`)((?:(?!\n\s*\n)[\s\S])*?[^`])\1(?!`)/g;

function linksOf(text: string): Spot[] {
  return [INLINE, DEFINITION].flatMap((shape) =>
    [...text.matchAll(shape)].map((found) => ({
      text: found[1] ?? "",
      line: lineOf(text, found.index),
    })),
  );
}

const INLINE = /\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g;
const DEFINITION = /^ {0,3}\[[^\]]+\]:\s+(\S+)/gm;

function anchorsOf(prose: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of prose.matchAll(/^ {0,3}#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-");
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again += 1) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}
