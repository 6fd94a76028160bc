import type { Json } from "../../json.ts";
import { type Path, read, readSteps } from "./path.ts";
import type { Reader } from "./reader.ts";

type Test = (item: Json) => boolean;
type Value = (item: Json) => Json | undefined;

/** `(@.price < 10 && @.kind == 'book')`, the part of a path after `?`. */
export function readFilter(reader: Reader): Test {
  reader.space();
  reader.expect("(");
  const test = readOr(reader);
  reader.space();
  reader.expect(")");
  return test;
}

function readOr(reader: Reader): Test {
  const tests = [readAnd(reader)];
  while (operator(reader, "||")) tests.push(readAnd(reader));
  return (item) => tests.some((test) => test(item));
}

function readAnd(reader: Reader): Test {
  const tests = [readTest(reader)];
  while (operator(reader, "&&")) tests.push(readTest(reader));
  return (item) => tests.every((test) => test(item));
}

function readTest(reader: Reader): Test {
  reader.space();
  if (reader.take("!")) {
    const test = readTest(reader);
    return (item) => !test(item);
  }
  if (reader.peek("(")) return readFilter(reader);
  const left = readValue(reader);
  reader.space();
  const sign = reader.match(/==|!=|<=|>=|<|>/y);
  if (sign === undefined) return (item) => exists(left(item));
  reader.space();
  const right = readValue(reader);
  const holds = SIGNS[sign] ?? (() => false);
  return (item) => holds(left(item), right(item));
}

function readValue(reader: Reader): Value {
  if (reader.take("@")) {
    const path: Path = { root: { kind: "data" }, steps: readSteps(reader) };
    return (item) => read(path, { data: item, context: null, variables: {} });
  }
  if (reader.peek("'") || reader.peek('"')) {
    const text = reader.quoted();
    return () => text;
  }
  const number = reader.number();
  if (number !== undefined) return () => number;
  for (const [word, value] of WORDS) if (reader.take(word)) return () => value;
  throw reader.problem("a value");
}

function operator(reader: Reader, sign: string): boolean {
  reader.space();
  return reader.take(sign);
}

function exists(value: Json | undefined): boolean {
  return value !== undefined;
}

const SIGNS: Record<string, (left: Json | undefined, right: Json | undefined) => boolean> = {
  "==": (left, right) => JSON.stringify(left) === JSON.stringify(right),
  "!=": (left, right) => JSON.stringify(left) !== JSON.stringify(right),
  "<": ordered((left, right) => left < right),
  "<=": ordered((left, right) => left <= right),
  ">": ordered((left, right) => left > right),
  ">=": ordered((left, right) => left >= right),
};

function ordered(holds: (left: string | number, right: string | number) => boolean) {
  return (left: Json | undefined, right: Json | undefined) =>
    (typeof left === "number" && typeof right === "number" && holds(left, right)) ||
    (typeof left === "string" && typeof right === "string" && holds(left, right));
}

const WORDS: [string, Json][] = [
  ["true", true],
  ["false", false],
  ["null", null],
];
