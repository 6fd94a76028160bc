import { InvalidArgumentError } from "commander";

/** Numbers and lists as options take them; what cannot be read is a wrong question. */

export function counting(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError("It takes a whole number from 1.");
  }
  return value;
}

export function amount(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text))
    throw new InvalidArgumentError("It takes a number, such as 12.5.");
  return value;
}

/** `90`, `1:30` or `1:02:03`, in seconds. */
export function seconds(text: string): number {
  if (!/^(\d+:){0,2}\d+(\.\d+)?$/.test(text)) {
    throw new InvalidArgumentError("It takes seconds, or a time such as 1:30.");
  }
  return text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** `1920x1080`. */
export function dimensions(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d+)x(\d+)$/i.exec(text) ?? [];
  if (!width || !height) throw new InvalidArgumentError("It takes a size such as 1920x1080.");
  return { width: Number(width), height: Number(height) };
}

/** `2026-11`. */
export function month(text: string): string {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) {
    throw new InvalidArgumentError("It takes a month such as 2026-11.");
  }
  return text;
}

/** Everything an async list has. */
export async function gathered<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}
