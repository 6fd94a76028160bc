import { ANY, matches, ONE, type Piece, pieces } from "../kernel/glob.ts";
import type { Context } from "./context.ts";

/**
 * Reads a policy's text with wildcards and variables. A variable's value is plain text: a `*` in it
 * is no wildcard.
 *
 * @returns undefined when a variable has no single value and no default: such text matches nothing
 */
export function read(text: string, context: Context): Piece[] | undefined {
  const found: Piece[] = [];
  let rest = text;
  for (;;) {
    const variable = VARIABLE.exec(rest);
    if (!variable) return [...found, ...pieces(rest)];
    found.push(...pieces(rest.slice(0, variable.index)));
    rest = rest.slice(variable.index + variable[0].length);
    const [, name = "", fallback] = variable;
    const values = context.get(name.toLowerCase());
    if (name === "*" || name === "?" || name === "$") found.push(name);
    else if (values?.length === 1) found.push(values[0] ?? "");
    else if (fallback !== undefined) found.push(fallback);
    else return undefined;
  }
}

/** As {@link read}, where wildcards are ordinary characters. */
export function readPlain(text: string, context: Context): string | undefined {
  return read(text, context)
    ?.map((piece) => (piece === ANY ? "*" : piece === ONE ? "?" : piece))
    .join("");
}

/** Whether text fits a policy's pattern as a whole. */
export function fits(pattern: string, text: string, context: Context): boolean {
  const read_ = read(pattern, context);
  return read_ !== undefined && matches(read_, text);
}

/**
 * Whether an ARN fits a policy's. Each of the six fields is compared alone, so a wildcard does not
 * run over a colon, except in the last; fields left out at the end are `*`.
 */
export function fitsArn(pattern: string, arn: string, context: Context): boolean {
  if (pattern === "*") return true;
  const have = fields(arn);
  if (have.length !== 6) return false;
  const want = fields(pattern);
  return have.every((field, index) => fits(want[index] ?? "*", field, context));
}

function fields(arn: string): string[] {
  const found: string[] = [];
  let rest = arn;
  while (found.length < 5) {
    const colon = outside(rest);
    if (colon < 0) break;
    found.push(rest.slice(0, colon));
    rest = rest.slice(colon + 1);
  }
  return [...found, rest];
}

/** The first colon that is not inside a variable. */
function outside(text: string): number {
  return text.replace(/\$\{[^}]*\}/g, (found) => "_".repeat(found.length)).indexOf(":");
}

const VARIABLE = /\$\{\s*([^},\s]+)\s*(?:,\s*'([^']*)'\s*)?\}/;
