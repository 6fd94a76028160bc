import type { Item } from "./dynalite.ts";

/**
 * The size of an item in bytes, names and values. Dynalite counts characters, which are fewer where
 * the text is not English. Source: Amazon DynamoDB developer guide, item sizes and formats.
 */
export function sizeOf(item: Item): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) {
    bytes += Buffer.byteLength(name) + valueSize(value);
  }
  return bytes;
}

function valueSize(value: Record<string, unknown>): number {
  const [[type, given] = ["NULL", true]] = Object.entries(value);
  switch (type) {
    case "S":
      return Buffer.byteLength(given as string);
    case "N":
      return numberSize(given as string);
    case "B":
      return Buffer.byteLength(given as string, "base64");
    case "SS":
      return sum(given as string[], (one) => Buffer.byteLength(one));
    case "NS":
      return sum(given as string[], numberSize);
    case "BS":
      return sum(given as string[], (one) => Buffer.byteLength(one, "base64"));
    case "L":
      return 3 + sum(given as Array<Record<string, unknown>>, (one) => 1 + valueSize(one));
    case "M": {
      const members = given as Item;
      return 3 + Object.keys(members).length + sizeOf(members);
    }
    default:
      return 1; // BOOL and NULL
  }
}

function numberSize(text: string): number {
  const digits = text
    .replace(/e.*$/i, "")
    .replace(/[^\d]/g, "")
    .replace(/^0+|0+$/g, "");
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith("-") ? 1 : 0);
}

function sum<T>(all: T[], size: (one: T) => number): number {
  return all.reduce((total, one) => total + size(one), 0);
}
