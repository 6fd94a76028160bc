import { badPattern } from "./bad-pattern.ts";
import { type Leaf, leavesOf } from "./leaves.ts";
import { looksLikeTest, readTerm, type Test } from "./operators.ts";
import { refuseComplex } from "./wildcard.ts";

/** An event pattern, understood. */
export interface Pattern {
  matches(event: object): boolean;
}

/** Every path with its alternatives; a pattern with `$or` is several of them. */
type Clause = ReadonlyMap<string, readonly Test[]>;

/**
 * Reads an event pattern as EventBridge does.
 *
 * @param text JSON
 * @throws Refusal `InvalidEventPatternException` with AWS's sentence
 */
export function readPattern(text: string): Pattern {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw badPattern((error as Error).message);
  }
  if (!isObject(json)) throw badPattern("Filter is not an object");
  const clauses = clausesOf(json, "", [new Map()]);
  for (const clause of clauses) {
    for (const tests of clause.values()) {
      const wildcards = tests.flatMap((test) =>
        test.kind === "value" ? (test.wildcards ?? []) : [],
      );
      if (wildcards.length > 0) refuseComplex(wildcards);
    }
  }
  return {
    matches(event) {
      const leaves = leavesOf(event);
      return clauses.some((clause) => fits(clause, leaves));
    },
  };
}

function clausesOf(fields: object, under: string, before: Clause[]): Clause[] {
  const entries = Object.entries(fields);
  if (entries.length === 0) throw badPattern("Empty objects are not allowed");
  let clauses = before;
  for (const [key, value] of entries) {
    const path = under ? `${under}.${key}` : key;
    if (key === "$or" && isAlternatives(value)) {
      const wide: Clause[] = clauses;
      clauses = value.flatMap((alternative) => clausesOf(alternative, under, wide));
      if (clauses.length > MOST_CLAUSES) {
        throw badPattern(`$or makes more than ${MOST_CLAUSES} combinations`);
      }
    } else if (Array.isArray(value)) {
      if (value.length === 0) throw badPattern("Empty arrays are not allowed");
      const tests = value.map(readTerm);
      clauses = clauses.map((clause) => new Map(clause).set(path, tests));
    } else if (isObject(value)) {
      clauses = clausesOf(value, path, clauses);
    } else throw badPattern(`"${key}" must be an object or an array`);
  }
  return clauses;
}

/** `$or` is a word only before two patterns or more; otherwise it is a field like any other. */
function isAlternatives(value: unknown): value is object[] {
  return (
    Array.isArray(value) &&
    value.length > 1 &&
    value.every((one) => isObject(one) && !looksLikeTest(one))
  );
}

type Places = Leaf["inside"];

/** Whether every path finds a leaf that one of its tests takes, and those leaves go together. */
function fits(clause: Clause, leaves: ReadonlyMap<string, Leaf[]>): boolean {
  const choices: Places[][] = [];
  for (const [path, tests] of clause) {
    const found = leaves.get(path);
    if (!found) {
      if (!tests.some((test) => test.kind === "absent")) return false;
      continue;
    }
    const places = found
      .filter(({ value }) => tests.some((test) => test.kind === "value" && test.test(value)))
      .map(({ inside }) => inside);
    if (places.length === 0) return false;
    // What lies in no array goes with everything.
    if (!places.some((inside) => inside.size === 0)) choices.push(places);
  }
  return goTogether(choices, new Map());
}

/** Whether one of each can be chosen so that all lie in the same element of every array they share. */
function goTogether(choices: readonly Places[][], chosen: Places): boolean {
  const [first, ...others] = choices;
  if (!first) return true;
  return first.some((inside) => {
    for (const [array, index] of inside) {
      if ((chosen.get(array) ?? index) !== index) return false;
    }
    return goTogether(others, new Map([...chosen, ...inside]));
  });
}

const MOST_CLAUSES = 1000;

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
