import type { ChoiceRule } from "../../definition.ts";
import { runtime } from "../../failure.ts";
import type { Json } from "../../json.ts";
import { instantOf } from "../query.ts";
import { parsePath, type Roots, read } from "./path.ts";

/** Does a JSONPath choice rule hold? */
export function holds(rule: ChoiceRule, roots: Roots): boolean {
  if (Array.isArray(rule.And)) return nested(rule.And).every((inner) => holds(inner, roots));
  if (Array.isArray(rule.Or)) return nested(rule.Or).some((inner) => holds(inner, roots));
  if (rule.Not !== undefined) return !nested([rule.Not]).some((inner) => holds(inner, roots));
  const variable = String(rule.Variable);
  const found = read(parsePath(variable), roots);
  if (rule.IsPresent !== undefined) return (found !== undefined) === rule.IsPresent;
  if (found === undefined) {
    throw runtime(
      `Invalid path '${variable}': The choice state's condition path references an invalid value.`,
    );
  }
  for (const [operator, wanted] of Object.entries(rule)) {
    const kind = KINDS[operator];
    if (kind) return kind(found) === wanted;
    const compare = comparison(operator);
    if (compare && wanted !== undefined) return compare(found, operand(operator, wanted, roots));
  }
  return false;
}

function nested(rules: Json[]): ChoiceRule[] {
  return rules as unknown as ChoiceRule[];
}

function operand(operator: string, wanted: Json, roots: Roots): Json {
  if (!operator.endsWith("Path")) return wanted;
  const found = read(parsePath(String(wanted)), roots);
  if (found !== undefined) return found;
  throw runtime(
    `Invalid path '${String(wanted)}': The choice state's condition path references an invalid value.`,
  );
}

function comparison(operator: string) {
  const parts =
    /^(String|Numeric|Boolean|Timestamp)(Equals|LessThan|GreaterThan|LessThanEquals|GreaterThanEquals|Matches)(Path)?$/.exec(
      operator,
    );
  if (!parts) return undefined;
  const [, type = "", relation = ""] = parts;
  if (relation === "Matches") {
    return (found: Json, wanted: Json) =>
      typeof found === "string" && typeof wanted === "string" && like(wanted).test(found);
  }
  const rank = RANKS[type];
  const compare = RELATIONS[relation];
  if (!rank || !compare) return undefined;
  return (found: Json, wanted: Json) => {
    const [one, other] = [rank(found), rank(wanted)];
    return one !== undefined && other !== undefined && compare(one, other);
  };
}

/** `*` stands for anything; `\*` and `\\` for themselves. */
function like(pattern: string): RegExp {
  const source = pattern.replace(
    /\\([*\\])|([*])|([.+?^${}()|[\]\\])/g,
    (_all, kept?: string, star?: string, mark?: string) => {
      if (kept !== undefined) return `\\${kept}`;
      return star === undefined ? `\\${mark}` : "[\\s\\S]*";
    },
  );
  return new RegExp(`^${source}$`);
}

const KINDS: Record<string, (value: Json) => boolean> = {
  IsNull: (value) => value === null,
  IsNumeric: (value) => typeof value === "number",
  IsString: (value) => typeof value === "string",
  IsBoolean: (value) => typeof value === "boolean",
  IsTimestamp: (value) => typeof value === "string" && instantOf(value) !== undefined,
};

/** A value as one that can be compared; undefined when it is of another type. */
const RANKS: Record<string, (value: Json) => string | number | undefined> = {
  String: (value) => (typeof value === "string" ? value : undefined),
  Numeric: (value) => (typeof value === "number" ? value : undefined),
  Boolean: (value) => (typeof value === "boolean" ? Number(value) : undefined),
  Timestamp: (value) => (typeof value === "string" ? instantOf(value) : undefined),
};

const RELATIONS: Record<string, (one: string | number, other: string | number) => boolean> = {
  Equals: (one, other) => one === other,
  LessThan: (one, other) => one < other,
  GreaterThan: (one, other) => one > other,
  LessThanEquals: (one, other) => one <= other,
  GreaterThanEquals: (one, other) => one >= other,
};
