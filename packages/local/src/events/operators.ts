import ipaddr from "ipaddr.js";
import { badPattern } from "./bad-pattern.ts";
import type { Scalar } from "./leaves.ts";
import { readWildcard, type Wildcard } from "./wildcard.ts";

/** One alternative of a pattern's leaf. */
export type Test =
  /** The path has no value at all. */
  { kind: "absent" } | { kind: "value"; test(value: Scalar): boolean; wildcards?: Wildcard[] };

/** @param term an element of a leaf's array, as JSON has it */
export function readTerm(term: unknown): Test {
  if (Array.isArray(term)) {
    throw badPattern("Match value must be String, number, true, false, or null");
  }
  if (typeof term !== "object" || term === null) {
    return { kind: "value", test: (value) => value === term };
  }
  const [[operator, wanted] = ["", undefined], ...more] = Object.entries(term);
  if (more.length > 0) throw badPattern("Only one key allowed in match expression");
  const read = operators[operator];
  if (!read || !Object.hasOwn(operators, operator)) {
    throw badPattern(`Unrecognized match type ${operator}`);
  }
  return read(wanted);
}

/** Whether an object could only be a test, never a pattern of fields. */
export function looksLikeTest(value: object): boolean {
  const [key, ...more] = Object.keys(value);
  return key !== undefined && more.length === 0 && Object.hasOwn(operators, key);
}

const operators: Record<string, (wanted: unknown) => Test> = {
  exists(wanted) {
    if (typeof wanted !== "boolean") {
      throw badPattern("exists match pattern must be either true or false.");
    }
    return wanted ? { kind: "value", test: () => true } : { kind: "absent" };
  },
  prefix: (wanted) => affix("prefix", wanted),
  suffix: (wanted) => affix("suffix", wanted),
  "equals-ignore-case"(wanted) {
    const text = textOf(wanted, "equals-ignore-case").toLowerCase();
    return textTest((value) => value.toLowerCase() === text);
  },
  wildcard(wanted) {
    const wildcard = readWildcard(textOf(wanted, "wildcard"));
    return { ...textTest(wildcard.test), wildcards: [wildcard] };
  },
  cidr(wanted) {
    const inside = readCidr(textOf(wanted, "prefix"));
    return textTest(inside);
  },
  numeric(wanted) {
    const within = readNumeric(wanted);
    return { kind: "value", test: (value) => typeof value === "number" && within(value) };
  },
  "anything-but": anythingBut,
};

const textTest = (test: (value: string) => boolean): Test & { kind: "value" } => ({
  kind: "value",
  test: (value) => typeof value === "string" && test(value),
});

function textOf(wanted: unknown, operator: string): string {
  if (typeof wanted !== "string") throw badPattern(`${operator} match pattern must be a string`);
  return wanted;
}

function affix(side: "prefix" | "suffix", wanted: unknown): Test {
  const at = side === "prefix" ? "startsWith" : "endsWith";
  if (typeof wanted === "object" && wanted !== null && "equals-ignore-case" in wanted) {
    const text = textOf(wanted["equals-ignore-case"], "equals-ignore-case").toLowerCase();
    return textTest((value) => value.toLowerCase()[at](text));
  }
  const text = textOf(wanted, side);
  return textTest((value) => value[at](text));
}

function anythingBut(wanted: unknown): Test {
  if (typeof wanted === "object" && wanted !== null && !Array.isArray(wanted)) {
    return anythingButLike(wanted);
  }
  if (!Array.isArray(wanted)) {
    if (typeof wanted !== "string" && typeof wanted !== "number") throw badPattern(BUT_WHAT);
    return { kind: "value", test: (value) => value !== wanted };
  }
  if (wanted.length === 0) throw badPattern("Empty arrays are not allowed");
  const kinds = new Set(wanted.map((one) => typeof one));
  for (const kind of kinds) {
    if (kind !== "string" && kind !== "number") {
      throw badPattern("Inside anything but list, start|null|boolean is not supported.");
    }
  }
  if (kinds.size > 1) {
    throw badPattern(
      "Inside anything but list, either all values are number or string, mixed type is not supported",
    );
  }
  return { kind: "value", test: (value) => !wanted.includes(value) };
}

/** `anything-but` of an operator: the value is there and none of the texts fits it. */
function anythingButLike(wanted: object): Test {
  const [[operator, operand] = ["", undefined], ...more] = Object.entries(wanted);
  if (more.length > 0) throw badPattern("Only one key allowed in match expression");
  const like = Object.hasOwn(negatable, operator) ? negatable[operator] : undefined;
  if (!like) throw badPattern(`Unsupported anything-but pattern: ${operator}`);
  const texts: unknown[] = Array.isArray(operand) ? operand : [operand];
  if (texts.length === 0) throw badPattern("Empty arrays are not allowed");
  if (typeof operand === "object" && !Array.isArray(operand)) throw badPattern(BUT_WHAT);
  const read = texts.map((text) => {
    if (typeof text !== "string") throw badPattern(like.notText);
    if (text === "" && !like.mayBeEmpty) throw badPattern("Null prefix/suffix not allowed");
    return like.read(text);
  });
  return {
    kind: "value",
    test: (value) => typeof value !== "string" || !read.some((one) => one.test(value)),
    ...(operator === "wildcard" ? { wildcards: read as Wildcard[] } : {}),
  };
}

interface Negatable {
  notText: string;
  mayBeEmpty: boolean;
  read(text: string): { test(value: string): boolean };
}

const AFFIX_TEXT = "prefix/suffix match pattern must be a string";
const BUT_WHAT = "Value of anything-but must be an array or single string/number value.";

const negatable: Record<string, Negatable> = {
  prefix: {
    notText: AFFIX_TEXT,
    mayBeEmpty: false,
    read: (text) => ({ test: (value) => value.startsWith(text) }),
  },
  suffix: {
    notText: AFFIX_TEXT,
    mayBeEmpty: false,
    read: (text) => ({ test: (value) => value.endsWith(text) }),
  },
  "equals-ignore-case": {
    notText:
      "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
    mayBeEmpty: true,
    read: (text) => ({ test: (value) => value.toLowerCase() === text.toLowerCase() }),
  },
  wildcard: {
    notText: "wildcard match pattern must be a string",
    mayBeEmpty: true,
    read: readWildcard,
  },
};

const compare: Record<string, (value: number, bound: number) => boolean> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

function readNumeric(wanted: unknown): (value: number) => boolean {
  if (!Array.isArray(wanted)) throw badPattern("Value of numeric must be an array.");
  if (wanted.length === 0) throw badPattern("Empty arrays are not allowed");
  const bounds: Array<{ operator: string; bound: number }> = [];
  for (let at = 0; at < wanted.length; at += 2) {
    const operator: unknown = wanted[at];
    const bound: unknown = wanted[at + 1];
    if (typeof operator !== "string") {
      throw badPattern(`Invalid member in numeric match: ${String(operator)}`);
    }
    if (!Object.hasOwn(compare, operator)) {
      throw badPattern(`Unrecognized numeric range operator: ${operator}`);
    }
    const first = bounds[0];
    if (bounds.length > 1 || first?.operator === "=") {
      throw badPattern("Too many elements in numeric expression");
    }
    if (first && !(first.operator.startsWith(">") && operator.startsWith("<"))) {
      throw badPattern(`Bad numeric range operator: ${operator}`);
    }
    if (typeof bound !== "number") throw badPattern(`Value of ${operator} must be numeric`);
    if (Math.abs(bound) > MOST_NUMERIC) {
      throw badPattern(`Value must be between ${-MOST_NUMERIC} and ${MOST_NUMERIC}, inclusive`);
    }
    if (first && first.bound >= bound) throw badPattern("Bottom must be less than top");
    bounds.push({ operator, bound });
  }
  return (value) => bounds.every(({ operator, bound }) => compare[operator]?.(value, bound));
}

/** Source: EventBridge user guide, numeric matching. */
const MOST_NUMERIC = 5e9;

function readCidr(text: string): (address: string) => boolean {
  const [address = "", bits = "", ...more] = text.split("/");
  if (!text.includes("/") || more.length > 0) {
    throw badPattern("Malformed CIDR, one '/' required");
  }
  if (!isAddress(address)) throw badPattern(`Nonstandard IP address: ${address}`);
  if (!/^\d+$/.test(bits)) throw badPattern("Malformed CIDR, mask bits must be an integer");
  const network = ipaddr.parse(address);
  const most = network.kind() === "ipv4" ? 32 : 128;
  if (Number(bits) > most) throw badPattern(`Malformed CIDR, mask bits must not be over ${most}`);
  return (value) => {
    if (!isAddress(value)) return false;
    const found = ipaddr.parse(value);
    return found.kind() === network.kind() && found.match(network, Number(bits));
  };
}

const isAddress = (text: string) =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(":") && ipaddr.IPv6.isValid(text));
