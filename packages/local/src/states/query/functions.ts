import { createHash, randomUUID } from "node:crypto";

/** A function that Step Functions adds to JSONata. */
interface Added {
  name: string;
  /** In JSONata's notation; arguments of another type raise T0410. */
  signature: string;
  run(...args: never[]): unknown;
}

/** Source: Step Functions developer guide, "JSONata functions provided by Step Functions". */
export const functions: readonly Added[] = [
  { name: "partition", signature: "<an:a<a>>", run: partition },
  { name: "range", signature: "<nnn:a<n>>", run: rangeSequence },
  { name: "hash", signature: "<ss?:s>", run: hash },
  { name: "random", signature: "<n?:n>", run: random },
  { name: "uuid", signature: "<:s>", run: () => randomUUID() },
  { name: "parse", signature: "<s:x>", run: parse },
  // JSONata's own would also find what every JavaScript object inherits.
  { name: "lookup", signature: "<x-s:x>", run: lookup },
];

export function partition(items: unknown[], size: number): unknown[][] | undefined {
  if (items === undefined) return undefined;
  const step = Math.trunc(size);
  if (step < 1) throw new Error("$partition: the chunk size must be at least 1");
  const chunks: unknown[][] = [];
  for (let at = 0; at < items.length; at += step) chunks.push(items.slice(at, at + step));
  return chunks;
}

/** From `first` to `last`, both included when the steps meet it. */
export function range(first: number, last: number, step: number): number[] {
  if (step === 0) throw new Error("$range: the step must not be 0");
  const count = Math.floor((last - first) / step) + 1;
  if (count > MOST_NUMBERS) throw new Error(`$range: more than ${MOST_NUMBERS} numbers`);
  return Array.from({ length: Math.max(0, count) }, (_, index) => first + index * step);
}

function rangeSequence(first: number, last: number, step: number): number[] {
  return sequence(range(first, last, step));
}

/** An array that JSONata takes apart when it has one item alone, as AWS's $range does. */
function sequence<T>(items: T[]): T[] {
  return Object.defineProperty(items, "sequence", { value: true });
}

export function hash(text: string, algorithm = "SHA-256"): string | undefined {
  if (text === undefined) return undefined;
  const known = ALGORITHMS.get(algorithm);
  if (!known) throw new Error(`$hash: the algorithm must be one of ${[...ALGORITHMS.keys()]}`);
  return createHash(known).update(text).digest("hex");
}

/** At least 0, below 1; the same number for the same seed. */
export function random(seed?: number): number {
  if (seed === undefined) return Math.random();
  // mulberry32: small, and well spread for a single draw
  let state = (Math.trunc(seed) + 0x6d2b79f5) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
}

export function parse(text: string): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error("$parse: the text is not JSON", { cause: error });
  }
}

export function lookup(data: unknown, key: string): unknown {
  if (Array.isArray(data)) {
    const found = data.map((item) => lookup(item, key)).filter((value) => value !== undefined);
    return found.length === 0 ? undefined : sequence(found.flat());
  }
  if (typeof data !== "object" || data === null || !Object.hasOwn(data, key)) return undefined;
  return (data as Record<string, unknown>)[key];
}

/** Source: Step Functions developer guide, `States.ArrayRange`. */
const MOST_NUMBERS = 1_000;

const ALGORITHMS = new Map([
  ["MD5", "md5"],
  ["SHA-1", "sha1"],
  ["SHA-256", "sha256"],
  ["SHA-384", "sha384"],
  ["SHA-512", "sha512"],
]);
