import { posix } from "node:path";
import type { Document } from "./markdown.ts";
import { at } from "./places.ts";

/** An example as a file of its own, which the compiler can look at. */
export interface Example {
  /** below the folder of examples, such as `README.md.34.ts` */
  file: string;
  text: string;
  document: string;
}

/**
 * The `ts` examples of a document. Each is a module whose lines have the numbers they have in the
 * document, and whose relative imports begin at the document.
 *
 * @param folder where the files will lie, from the root
 */
export function examplesOf(document: Document, folder: string): Example[] {
  return document.blocks
    .filter(({ language }) => language === "ts")
    .map(({ text, line }) => {
      const file = `${document.path}.${line}.ts`;
      const home = posix.dirname(posix.join(folder, file));
      const beside = posix.relative(home, posix.dirname(document.path));
      const moved = text.replace(RELATIVE, (_, before: string, quote: string, path: string) => {
        const target = posix.join(beside, path);
        return `${before}${quote}${target.startsWith(".") ? target : `./${target}`}${quote}`;
      });
      return { file, text: `${"\n".repeat(line - 1)}${moved}\n`, document: document.path };
    });
}

const RELATIVE = /(\bfrom\s+|\bimport\s*\(?\s*)(["'])(\.{1,2}\/[^"']*)\2/g;

/**
 * The compiler's complaints about examples, in the documents' own places. What it says of our code
 * is for the check of types to tell; what it says of no file at all is told.
 */
export function complaints(output: string, examples: Example[]): string[] {
  const lines = output.split("\n").filter((line) => /^\S/.test(line));
  return lines.flatMap((line) => {
    const [, file, row, text] = /^(.+?)\((\d+),\d+\): (.+)$/.exec(line) ?? [];
    if (file === undefined) return [line];
    const example = examples.find((one) => file.replaceAll("\\", "/").endsWith(one.file));
    return example ? [`${example.document}:${row} does not compile: ${text}`] : [];
  });
}

/** A sentence for every `json` example that is none. */
export function brokenJson(document: Document): string[] {
  return document.blocks
    .filter(({ language }) => language === "json")
    .flatMap((block) => {
      try {
        JSON.parse(block.text);
        return [];
      } catch (error) {
        return [`${at(document, block)} is no JSON: ${(error as Error).message}`];
      }
    });
}
