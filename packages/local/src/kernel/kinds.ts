import { Refusal } from "./refusal.ts";
import type { Input, Operation } from "./service.ts";

/** What the members of a service's requests are, by name, wherever they stand in one. */
export type Kinds = Readonly<
  Record<string, "text" | "number" | "flag" | "texts" | "records" | "record" | "map" | "moment">
>;

/**
 * Operations that look at the kinds of what they are given before anything else, as AWS reads a
 * request against its model: a number where a text belongs is a mistake of the caller's.
 */
export function modelled(
  kinds: Kinds,
  operations: Record<string, Operation>,
): Record<string, Operation> {
  const held = Object.entries(operations).map(([name, { needs, run }]): [string, Operation] => [
    name,
    {
      ...(needs ? { needs: (input: Input) => needs(readKinds(kinds, input)) } : {}),
      run: (input, caller) => run(readKinds(kinds, input), caller),
    },
  ]);
  return Object.fromEntries(held);
}

/**
 * @returns the same request; a member that is null is one that was not sent
 * @throws Refusal `SerializationException` naming the first member that is not what it should be
 */
export function readKinds(kinds: Kinds, input: Input): Input {
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries<unknown>(input)) {
    if (value === undefined || value === null) continue;
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind && !isOf(kind, value)) {
      throw new Refusal("SerializationException", `The member ${name} is not a ${WORDS[kind]}.`);
    }
    if (kind === "record") read[name] = readKinds(kinds, value);
    else if (kind === "records") {
      read[name] = (value as object[]).map((one) => readKinds(kinds, one));
    } else read[name] = value;
  }
  return read;
}

function isOf(kind: Kinds[string], value: unknown): boolean {
  switch (kind) {
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "flag":
      return typeof value === "boolean";
    case "moment":
      return !Number.isNaN(momentOf(value).getTime());
    case "texts":
      return Array.isArray(value) && value.every((one) => typeof one === "string");
    case "records":
      return Array.isArray(value) && value.every(isRecord);
    case "record":
      return isRecord(value);
    case "map":
      return isRecord(value) && Object.values(value).every((one) => typeof one === "string");
    default:
      return true;
  }
}

/** On the wire a moment is seconds since 1970, or a text; in this process it may be a Date. */
function momentOf(value: unknown): Date {
  if (typeof value === "number") return new Date(value * 1000);
  return new Date(typeof value === "string" || value instanceof Date ? value : Number.NaN);
}

const isRecord = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const WORDS = {
  text: "string",
  number: "number",
  flag: "boolean",
  moment: "timestamp",
  texts: "list of strings",
  records: "list of structures",
  record: "structure",
  map: "map of strings",
} as const;
