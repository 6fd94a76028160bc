import { randomInt, randomUUID } from "node:crypto";
import { isObject, type Json, type JsonObject } from "../../json.ts";
import { hash, partition, random, range } from "../functions.ts";
import { type Path, parsePath, type Roots, read, readPath } from "./path.ts";
import { Reader } from "./reader.ts";

/** What the value of a `.$` field says: a path, or a call of an intrinsic function. */
export type Term =
  | { kind: "path"; path: Path; text: string }
  | { kind: "call"; name: string; given: Term[] }
  | { kind: "literal"; value: Json };

/** @throws SyntaxError */
export function parseTerm(text: string): Term {
  if (!text.startsWith("States.")) return { kind: "path", path: parsePath(text), text };
  const reader = new Reader(text);
  const call = readCall(reader);
  reader.end();
  return call;
}

function readCall(reader: Reader): Term {
  const name = reader.match(/States\.[A-Za-z0-9]+/y);
  if (name === undefined || !FUNCTIONS[name]) throw reader.problem("an intrinsic function");
  reader.expect("(");
  reader.space();
  const given: Term[] = [];
  while (!reader.take(")")) {
    given.push(readArgument(reader));
    if (!reader.comma() && !reader.peek(")")) throw reader.problem("',' or ')'");
  }
  return { kind: "call", name, given };
}

function readArgument(reader: Reader): Term {
  if (reader.peek("States.")) return readCall(reader);
  if (reader.peek("'")) return { kind: "literal", value: escaped(reader) };
  if (reader.peek("$")) {
    const from = reader.at;
    const path = readPath(reader);
    return { kind: "path", path, text: reader.text.slice(from, reader.at) };
  }
  for (const [word, value] of [
    ["true", true],
    ["false", false],
    ["null", null],
  ] as const) {
    if (reader.take(word)) return { kind: "literal", value };
  }
  const value = reader.number();
  if (value === undefined) throw reader.problem("an argument");
  return { kind: "literal", value };
}

/** Text in single quotes. `\'` and `\\` lose their backslash; `\{` keeps it, for States.Format. */
function escaped(reader: Reader): string {
  reader.expect("'");
  const raw = reader.match(/(?:[^'\\]|\\[\s\S])*/y) ?? "";
  reader.expect("'");
  return raw.replace(/\\(['\\])/g, "$1");
}

/** @throws Missing for a path without a value; Error when a function is given what it cannot take */
export function value(term: Term, roots: Roots): Json {
  if (term.kind === "literal") return term.value;
  if (term.kind === "path") {
    const found = read(term.path, roots);
    if (found === undefined) throw new Missing(term.text);
    return found;
  }
  const run = FUNCTIONS[term.name];
  if (!run) throw new Error(`no function ${term.name}`);
  return run(...term.given.map((argument) => value(argument, roots)));
}

export class Missing extends Error {
  readonly path: string;

  constructor(path: string) {
    super(`nothing at ${path}`);
    this.path = path;
  }
}

/** Source: Step Functions developer guide, "Intrinsic functions for JSONPath states". */
const FUNCTIONS: Record<string, (...given: Json[]) => Json> = {
  "States.Array": (...items) => items,
  "States.ArrayPartition": (items, size) => partition(list(items), number(size)) as Json,
  "States.ArrayContains": (items, wanted) =>
    list(items).some((item) => canonical(item) === canonical(wanted ?? null)),
  "States.ArrayRange": (first, last, step) => range(number(first), number(last), number(step)),
  "States.ArrayGetItem": (items, index) => {
    const found = list(items)[number(index)];
    if (found === undefined) throw new Error("the index is outside the array");
    return found;
  },
  "States.ArrayLength": (items) => list(items).length,
  "States.ArrayUnique": (items) => [
    ...new Map(list(items).map((item) => [canonical(item), item])).values(),
  ],
  "States.Base64Encode": (data) => Buffer.from(text(data)).toString("base64"),
  "States.Base64Decode": (data) => Buffer.from(text(data), "base64").toString("utf8"),
  "States.Hash": (data, algorithm) =>
    hash(typeof data === "string" ? data : JSON.stringify(data), text(algorithm)) ?? "",
  "States.JsonMerge": (one, other, deep) => {
    if (deep === true) throw new Error("a deep merge is not supported, on AWS neither");
    return { ...object(one), ...object(other) };
  },
  "States.StringToJson": (given) => {
    const json = text(given);
    return json.trim() === "" ? null : plusZero(JSON.parse(json) as Json);
  },
  "States.JsonToString": (given) => JSON.stringify(given),
  "States.MathRandom": (from, to, seed) => {
    const [first, last] = [Math.round(number(from)), Math.round(number(to))];
    if (seed === undefined) return first + randomInt(Math.max(1, last - first));
    return first + Math.floor(random(number(seed)) * (last - first));
  },
  // AWS rounds before it adds: half a step upwards, as JavaScript does.
  "States.MathAdd": (one, other) => Math.round(number(one)) + Math.round(number(other)),
  "States.StringSplit": (given, splitters) => {
    const marks = new Set(text(splitters));
    const parts = [""];
    for (const letter of text(given)) {
      if (marks.has(letter)) parts.push("");
      else parts[parts.length - 1] += letter;
    }
    return parts.filter((part) => part !== "");
  },
  "States.UUID": () => randomUUID(),
  "States.Format": (template, ...given) => {
    let next = 0;
    return text(template).replace(/\\([{}\\'])|\{\}/g, (_all, kept?: string) => {
      if (kept !== undefined) return kept;
      const found = given[next];
      next += 1;
      return found === undefined ? "" : javaText(found);
    });
  },
};

function plusZero(given: Json): Json {
  return Object.is(given, -0) ? 0 : given;
}

/** How AWS writes a value into a text: objects and lists the way Java prints them. */
function javaText(given: Json): string {
  if (typeof given === "string") return given;
  if (Array.isArray(given)) return `[${given.map(javaText).join(", ")}]`;
  if (!isObject(given)) return String(given);
  const members = Object.entries(given).map(([key, inner]) => `${key}=${javaText(inner)}`);
  return `{${members.join(", ")}}`;
}

/** JSON text that is the same for equal values, whatever the order of their keys. */
function canonical(given: Json): string {
  if (Array.isArray(given)) return `[${given.map(canonical).join()}]`;
  if (!isObject(given)) return JSON.stringify(given);
  const members = Object.keys(given).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(given[key] ?? null)}`).join()}}`;
}

function list(given: Json | undefined): Json[] {
  if (Array.isArray(given)) return given;
  throw new Error("an array is needed");
}

function number(given: Json | undefined): number {
  if (typeof given === "number") return given;
  throw new Error("a number is needed");
}

function text(given: Json | undefined): string {
  if (typeof given === "string") return given;
  throw new Error("a text is needed");
}

function object(given: Json | undefined): JsonObject {
  if (isObject(given)) return given;
  throw new Error("an object is needed");
}
