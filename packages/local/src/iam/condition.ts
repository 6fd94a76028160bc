import ipaddr from "ipaddr.js";
import type { Statement } from "../kernel/caller.ts";
import { NotPretended } from "../kernel/refusal.ts";
import type { Context } from "./context.ts";
import { fits, fitsArn, readPlain } from "./pattern.ts";

export type Conditions = NonNullable<Statement["Condition"]>;

/**
 * Whether every condition of a statement holds: all operators and all keys must, any value may.
 *
 * @throws NotPretended for an operator IAM does not have either
 */
export function holds(conditions: Conditions | undefined, context: Context): boolean {
  return Object.entries(conditions ?? {}).every(([operator, keys]) => {
    const test = parse(operator);
    return Object.entries(keys).every(([key, value]) =>
      test(context.get(key.toLowerCase()), [value].flat().map(String), context),
    );
  });
}

/** Names what is unknown before anybody relies on it. */
export function checkConditions(conditions: Conditions | undefined): void {
  for (const operator of Object.keys(conditions ?? {})) parse(operator);
}

type Test = (
  have: readonly string[] | undefined,
  want: readonly string[],
  context: Context,
) => boolean;

function parse(operator: string): Test {
  if (operator === "Null") {
    return (have, want) => want.some((wanted) => isTrue(wanted) === (have === undefined));
  }
  const [, set, name = "", ifExists] = SHAPE.exec(operator) ?? [];
  const positive = negations.get(name);
  const negated = positive !== undefined;
  const compare = compares.get(positive ?? name);
  if (!compare) {
    throw new NotPretended({ service: "iam", action: `condition operator ${operator}` });
  }
  return (have, want, context) => {
    if (have === undefined)
      return ifExists !== undefined || set === "ForAllValues:" || (negated && set === undefined);
    const one = (value: string) =>
      want.some((wanted) => compare(value, wanted, context)) !== negated;
    if (set === "ForAllValues:") return have.every(one);
    if (set === "ForAnyValue:") return have.some(one);
    return negated ? have.every(one) : have.some(one);
  };
}

const SHAPE = /^(ForAllValues:|ForAnyValue:)?([A-Za-z]+?)(IfExists)?$/;

const negations: ReadonlyMap<string, string> = new Map([
  ["StringNotEquals", "StringEquals"],
  ["StringNotEqualsIgnoreCase", "StringEqualsIgnoreCase"],
  ["StringNotLike", "StringLike"],
  ["NumericNotEquals", "NumericEquals"],
  ["DateNotEquals", "DateEquals"],
  ["NotIpAddress", "IpAddress"],
  ["ArnNotEquals", "ArnEquals"],
  ["ArnNotLike", "ArnLike"],
]);

type Compare = (have: string, want: string, context: Context) => boolean;

const likeArn: Compare = (have, want, context) => fitsArn(want, have, context);

const compares: ReadonlyMap<string, Compare> = new Map(
  Object.entries<Compare>({
    StringEquals: (have, want, context) => have === readPlain(want, context),
    StringEqualsIgnoreCase: (have, want, context) =>
      have.toLowerCase() === readPlain(want, context)?.toLowerCase(),
    StringLike: (have, want, context) => fits(want, have, context),
    ArnEquals: likeArn,
    ArnLike: likeArn,
    Bool: (have, want) => have.toLowerCase() === want.toLowerCase(),
    BinaryEquals: (have, want) => Buffer.from(have, "base64").equals(Buffer.from(want, "base64")),
    NumericEquals: (have, want) => number(have) === number(want),
    NumericLessThan: (have, want) => number(have) < number(want),
    NumericLessThanEquals: (have, want) => number(have) <= number(want),
    NumericGreaterThan: (have, want) => number(have) > number(want),
    NumericGreaterThanEquals: (have, want) => number(have) >= number(want),
    DateEquals: (have, want) => moment(have) === moment(want),
    DateLessThan: (have, want) => moment(have) < moment(want),
    DateLessThanEquals: (have, want) => moment(have) <= moment(want),
    DateGreaterThan: (have, want) => moment(have) > moment(want),
    DateGreaterThanEquals: (have, want) => moment(have) >= moment(want),
    IpAddress: within,
  }),
);

/** NaN compares as unequal and as not less, so what is no number matches nothing. */
function number(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

/** Seconds since 1970 or ISO 8601; NaN for anything else. */
function moment(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function isTrue(text: string): boolean {
  return text.toLowerCase() === "true";
}

/** Whether an address lies in a CIDR block (or is the one address given). */
export function within(address: string, block: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const [range = "", bits] = block.split("/");
  if (!ipaddr.isValid(range)) return false;
  const net = ipaddr.parse(range);
  const length = bits === undefined ? (net.kind() === "ipv4" ? 32 : 128) : Number(bits);
  if (!Number.isInteger(length) || length < 0 || length > (net.kind() === "ipv4" ? 32 : 128))
    return false;
  const own = ipaddr.process(address);
  if (own.kind() !== net.kind()) return false;
  return own.match(net, length);
}
