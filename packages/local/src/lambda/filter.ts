import { readPattern } from "../events/pattern.ts";
import { Refusal } from "../kernel/refusal.ts";

/** One pattern of a mapping's filter criteria. */
export interface Filter {
  text: string;
  /** @param record as the function would get it, its body still text */
  matches(record: { body: string }): boolean;
}

/** @throws Refusal `InvalidParameterValueException` when the pattern cannot be read */
export function readFilter(text: unknown): Filter {
  try {
    const source = String(text);
    const pattern = readPattern(source);
    const { body: wanted } = JSON.parse(source) as { body?: unknown };
    return {
      text: source,
      matches(record) {
        const read = parsed(record.body);
        const isObject = typeof read === "object" && read !== null;
        // A pattern for JSON drops what is text, and one for text drops what is JSON.
        if (wanted !== undefined && Array.isArray(wanted) === isObject) return false;
        return pattern.matches({ ...record, body: isObject ? read : record.body });
      },
    };
  } catch (error) {
    throw new Refusal(
      "InvalidParameterValueException",
      `Invalid filter pattern definition. (${error instanceof Error ? error.message : error})`,
      { cause: error, about: { Type: "User" } },
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
