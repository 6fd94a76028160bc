import { limits } from "./limits.ts";

/** What people call a film. */
export interface Words {
  title?: string;
  description?: string;
  tags?: string[];
}

/** A title as it is kept; empty when nothing of it can be shown. */
export function title(text: string): string {
  return line(text, limits.titleLength);
}

export function description(text: string): string {
  return cut(text.replace(UNSEEN, " ").trim(), limits.descriptionLength);
}

/** Tags as they are kept: each once, in their order, empty ones left out. */
export function tags(texts: readonly string[]): string[] {
  const kept = texts.map((text) => line(text, limits.tagLength)).filter((tag) => tag !== "");
  return [...new Set(kept)].slice(0, limits.tags);
}

/** A film that nobody named is called like its file, without folders and ending. */
export function titleOf(file: string): string {
  const name = file.split("/").at(-1) ?? file;
  return title(name.replace(/\.[A-Za-z0-9]{1,5}$/, "")) || title(name) || "Untitled";
}

/** The name of a file without its folders. */
export function filename(text: string): string {
  return line(text.split(/[/\\]/).at(-1) ?? "", limits.filenameLength);
}

/** Words for one line: they are printed on terminals, and must not steer them. */
function line(text: string, length: number): string {
  return cut(text.replace(/[\p{Cc}\p{Cs}]+/gu, " ").trim(), length).trim();
}

/** What no text needs but line breaks and tabs; halves of characters cannot even be stored. */
const UNSEEN = /[^\P{Cc}\n\t]|\p{Cs}/gu;

/** At most `length` characters, never half of one. */
function cut(text: string, length: number): string {
  return Array.from(text).slice(0, length).join("");
}
