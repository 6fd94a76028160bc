import { isObject, type Json } from "../../json.ts";
import { readFilter } from "./filter.ts";
import { Reader } from "./reader.ts";

/** A parsed JSONPath. */
export interface Path {
  /** `$` the data, `$$` the context object, `$name` a variable. */
  root: { kind: "data" } | { kind: "context" } | { kind: "variable"; name: string };
  steps: Step[];
}

export type Step =
  | { kind: "name"; name: string }
  | { kind: "index"; index: number }
  | { kind: "all" }
  | { kind: "names"; names: string[] }
  | { kind: "indexes"; indexes: number[] }
  | { kind: "slice"; from: number | undefined; to: number | undefined; by: number }
  | { kind: "filter"; test: (item: Json) => boolean }
  | { kind: "below"; step: Step };

export interface Roots {
  data: Json;
  context: Json;
  variables: Readonly<Record<string, Json>>;
}

/** @throws SyntaxError */
export function parsePath(text: string): Path {
  const reader = new Reader(text);
  const path = readPath(reader);
  reader.end();
  return path;
}

export function readPath(reader: Reader): Path {
  reader.expect("$");
  return { root: readRoot(reader), steps: readSteps(reader) };
}

/** What follows a path's root. */
export function readSteps(reader: Reader): Step[] {
  const steps: Step[] = [];
  for (;;) {
    if (reader.take("..")) steps.push({ kind: "below", step: readStep(reader) });
    else if (reader.take(".")) steps.push(readStep(reader));
    else if (reader.peek("[")) steps.push(readBracket(reader));
    else return steps;
  }
}

function readRoot(reader: Reader): Path["root"] {
  if (reader.take("$")) return { kind: "context" };
  const name = reader.match(/[A-Za-z_][\w]*/y);
  return name === undefined ? { kind: "data" } : { kind: "variable", name };
}

function readStep(reader: Reader): Step {
  if (reader.peek("[")) return readBracket(reader);
  if (reader.take("*")) return { kind: "all" };
  const name = reader.match(/[^\s.[\](){},'"?*@$=<>!&|:]+/y);
  if (name === undefined) throw reader.problem("a name");
  return { kind: "name", name };
}

function readBracket(reader: Reader): Step {
  reader.expect("[");
  reader.space();
  const step = readInside(reader);
  reader.space();
  reader.expect("]");
  return step;
}

function readInside(reader: Reader): Step {
  if (reader.take("*")) return { kind: "all" };
  if (reader.take("?")) return { kind: "filter", test: readFilter(reader) };
  if (reader.peek("'") || reader.peek('"')) {
    const names = [reader.quoted()];
    while (reader.comma()) names.push(reader.quoted());
    const [name] = names;
    return names.length === 1 && name !== undefined
      ? { kind: "name", name }
      : { kind: "names", names };
  }
  const from = reader.integer();
  if (reader.take(":")) {
    const to = reader.integer();
    const by = reader.take(":") ? (reader.integer() ?? 1) : 1;
    return { kind: "slice", from, to, by };
  }
  if (from === undefined) throw reader.problem("an index");
  const indexes = [from];
  while (reader.comma()) {
    const next = reader.integer();
    if (next === undefined) throw reader.problem("an index");
    indexes.push(next);
  }
  return indexes.length === 1 ? { kind: "index", index: from } : { kind: "indexes", indexes };
}

/** May the path match more than one value? Then its result is a list, perhaps an empty one. */
export function isPlural(path: Path): boolean {
  return path.steps.some(({ kind }) => kind !== "name" && kind !== "index");
}

/** @returns undefined when nothing is there; a list for a plural path */
export function read(path: Path, roots: Roots): Json | undefined {
  const root = rootOf(path, roots);
  if (root === undefined) return undefined;
  let values: Json[] = [root];
  for (const step of path.steps) values = values.flatMap((value) => walk(value, step));
  return isPlural(path) ? values : values[0];
}

/** Why a path finds nothing, in the words of the library that AWS uses. */
export function absence(path: Path, roots: Roots): string {
  let here = rootOf(path, roots);
  let walked = "$";
  for (const [at, step] of path.steps.entries()) {
    if (step.kind !== "name" && step.kind !== "index") break;
    walked += step.kind === "name" ? `['${step.name}']` : `[${step.index}]`;
    here = here === undefined ? undefined : walk(here, step)[0];
    if (here === undefined && at < path.steps.length - 1)
      return `Missing property in path ${walked}`;
  }
  return `No results for path: ${walked}`;
}

function rootOf({ root }: Path, { data, context, variables }: Roots): Json | undefined {
  if (root.kind === "data") return data;
  if (root.kind === "context") return context;
  return variables[root.name];
}

function walk(value: Json, step: Step): Json[] {
  switch (step.kind) {
    case "name":
      return isObject(value) ? present([own(value, step.name)]) : [];
    case "names":
      return isObject(value) ? present(step.names.map((name) => own(value, name))) : [];
    case "index":
      return Array.isArray(value) ? present([value.at(step.index)]) : [];
    case "indexes":
      return Array.isArray(value) ? present(step.indexes.map((index) => value.at(index))) : [];
    case "all":
      return inside(value);
    case "slice":
      return Array.isArray(value) ? cut(value, step) : [];
    case "filter":
      return inside(value).filter(step.test);
    case "below":
      return below(value).flatMap((part) => walk(part, step.step));
  }
}

function cut(
  value: Json[],
  { from, to, by }: { from: number | undefined; to: number | undefined; by: number },
) {
  return value.slice(from, to).filter((_item, index) => index % Math.max(1, by) === 0);
}

function own(value: { [key: string]: Json }, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function present(values: (Json | undefined)[]): Json[] {
  return values.filter((value) => value !== undefined);
}

function inside(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

function below(value: Json): Json[] {
  return [value, ...inside(value).flatMap(below)];
}

/**
 * A copy of `data` with `value` at a reference path such as `$.a.b` or `$.list[0]`; objects on the
 * way are made.
 *
 * @throws SyntaxError when the path could mean several places, or leads through what is no object
 */
export function insert(data: Json, path: Path, value: Json): Json {
  const [step, ...steps] = path.steps;
  if (!step) return value;
  const rest = { root: path.root, steps };
  if (step.kind === "name") {
    if (data !== null && !isObject(data)) throw new SyntaxError("no object to put it in");
    const inner = data === null ? undefined : own(data, step.name);
    return { ...(data ?? {}), [step.name]: insert(inner ?? {}, rest, value) };
  }
  if (step.kind === "index" && Array.isArray(data) && step.index < data.length) {
    const copy = [...data];
    copy[step.index] = insert(data[step.index] ?? null, rest, value);
    return copy;
  }
  throw new SyntaxError("not a reference path");
}
