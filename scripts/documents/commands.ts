import type { Document } from "./markdown.ts";
import { at } from "./places.ts";

/** What may be typed. */
export interface Vocabulary {
  /** names of the scripts in package.json */
  scripts: ReadonlySet<string>;
  /** Reads the words after `rushes`; throws a sentence about one it does not know. */
  readRushes(words: string[]): unknown;
  /** Reads the words after `start`; throws a sentence about one it does not know. */
  readStart(words: string[]): unknown;
  /** Whether a file of ours is there. */
  has(path: string): boolean;
}

/** A sentence for every command in `sh` blocks and inline code that would not do what it says. */
export function brokenCommands(document: Document, vocabulary: Vocabulary): string[] {
  const inBlocks = document.blocks
    .filter(({ language }) => language === "sh")
    .flatMap(({ text, line }) => linesOf(text).map((one) => ({ ...one, line: line + one.offset })));
  const inProse = document.spans.filter(({ text }) => /^(npm|npx|node|rushes) /.test(text));
  return [...inBlocks, ...inProse].flatMap(({ text, line }) =>
    commandsOf(text).flatMap((words) => {
      const wrong = objection(words, vocabulary);
      return wrong ? [`${at(document, { line })} says \`${words.join(" ")}\`: ${wrong}`] : [];
    }),
  );
}

/** Why a command is wrong; undefined when it is right or somebody else's. */
export function objection(words: string[], vocabulary: Vocabulary): string | undefined {
  const [program, ...rest] = words;
  if (program === "npm") return npmObjection(rest, vocabulary);
  if (program === "npx" && rest[0] === "rushes") return rushesObjection(rest.slice(1), vocabulary);
  if (program === "rushes") return rushesObjection(rest, vocabulary);
  if (program !== "node") return undefined;
  const file = rest.find((word) => !word.startsWith("-"));
  return !file?.endsWith(".ts") || vocabulary.has(file) ? undefined : `there is no ${file}`;
}

function npmObjection(words: string[], vocabulary: Vocabulary): string | undefined {
  const end = words.indexOf("--");
  const asked = (end < 0 ? words : words.slice(0, end)).filter((word) => !word.startsWith("-"));
  const [verb = "", name = ""] = asked;
  const script = verb === "run" ? name : verb;
  if (verb !== "run" && !SHORT.has(verb)) return undefined;
  if (!vocabulary.scripts.has(script)) return `package.json has no script "${script}"`;
  return script === "start" && end >= 0
    ? startObjection(words.slice(end + 1), vocabulary)
    : undefined;
}

function rushesObjection([command = "", ...words]: string[], vocabulary: Vocabulary) {
  if (command === "start") return startObjection(words, vocabulary);
  return objectionOf(() => vocabulary.readRushes([command, ...words]));
}

function startObjection(words: string[], { readStart }: Vocabulary): string | undefined {
  return objectionOf(() => readStart(words.map((word) => (word === "N" ? "0" : word))));
}

function objectionOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** npm's words for scripts of that name. */
const SHORT = new Set(["start", "test", "stop", "restart"]);

/** Lines as a shell reads them: a backslash goes on, comments are not read. */
function linesOf(text: string): Array<{ text: string; offset: number }> {
  const found: Array<{ text: string; offset: number }> = [];
  let begun: { text: string; offset: number } | undefined;
  for (const [offset, line] of text.split("\n").entries()) {
    begun = begun ? { ...begun, text: `${begun.text} ${line}` } : { text: line, offset };
    if (line.endsWith("\\")) {
      begun.text = begun.text.slice(0, -1);
      continue;
    }
    found.push(begun);
    begun = undefined;
  }
  return begun ? [...found, begun] : found;
}

/** The commands of a line, each as its words; assignments before a command are not part of it. */
export function commandsOf(line: string): string[][] {
  const commands: string[][] = [[]];
  for (const [token] of line.matchAll(TOKEN)) {
    if (token.startsWith("#")) break;
    if (/^(&&|\|\|?|;|&)$/.test(token)) commands.push([]);
    else commands.at(-1)?.push(token.replace(/^(["'])(.*)\1$/, "$2"));
  }
  return commands
    .map((words) => {
      const first = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
      return first < 0 ? [] : words.slice(first);
    })
    .filter((words) => words.length > 0);
}

const TOKEN = /&&|\|\|?|;|&|#.*|(?:"[^"]*"|'[^']*'|[^\s;&|"'])+/g;
