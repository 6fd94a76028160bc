import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { JsonObject } from "./json.ts";

/** Recordings of what AWS answered, beside the repository; a checkout alone does not have them. */
const folder = fileURLToPath(new URL("../../../../../shared/vectors/asl/", import.meta.url));

export const recorded = existsSync(folder);

if (!recorded) console.log("No recordings of AWS beside the repository: their tests are skipped.");

export function rows<Row = JsonObject>(file: string): Row[] {
  if (!recorded) return [];
  return readFileSync(`${folder}${file}.jsonl`, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}

/** Does a value match a recording, where `<...>` in a recorded text stands for anything? */
export function same(recording: unknown, value: unknown): boolean {
  if (typeof recording === "string" && typeof value === "string") {
    if (recording === value || matches(recording, value)) return true;
    const [one, other] = [parsed(recording), parsed(value)];
    return one !== undefined && other !== undefined && same(one, other);
  }
  if (typeof recording === "object" && recording !== null && typeof value === "string") {
    const inner = parsed(value);
    return typeof inner === "object" && same(recording, inner);
  }
  if (Array.isArray(recording)) {
    return (
      Array.isArray(value) &&
      value.length === recording.length &&
      recording.every((entry, index) => same(entry, value[index]))
    );
  }
  if (typeof recording === "object" && recording !== null) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    const names = Object.keys(recording);
    return (
      names.length === Object.keys(value).length &&
      names.every((name) =>
        same((recording as JsonObject)[name], (value as Record<string, unknown>)[name]),
      )
    );
  }
  if (typeof value === "number" && typeof recording === "string")
    return /^<[^<>]+>$/.test(recording);
  return recording === value;
}

function matches(recording: string, value: string): boolean {
  if (!/<[^<>]+>|ArnPart_0idx/.test(recording)) return false;
  const pattern = recording
    .replace(/<<([^<>]+)>(:\d+)?>/g, "<$1>")
    .split(/<[^<>]+>/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[\\s\\S]+");
  return new RegExp(`^${pattern}$`).test(value);
}

function parsed(text: string): unknown {
  if (!/^[\s]*[[{"\d-]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
