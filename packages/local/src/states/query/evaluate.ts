import { createContext, Script } from "node:vm";
import compile from "jsonata";
import { functions } from "./functions.ts";

/** The text of an expression, `{% ... %}` without its marks; undefined for any other value. */
export function expressionIn(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  return value.startsWith("{%") && value.endsWith("%}") && value.length >= 4
    ? value.slice(2, -2).trim()
    : undefined;
}

/** @returns what is wrong with the expression's grammar, or undefined */
export function syntaxProblem(expression: string): string | undefined {
  try {
    compile(expression);
    return undefined;
  } catch (error) {
    return sentenceOf(error);
  }
}

/**
 * Evaluates one JSONata expression within bounds of time and depth.
 *
 * @returns the result as JSON, or undefined when there is none
 * @throws Error whose message is what JSONata says is wrong
 */
export async function evaluate(
  expression: string,
  bindings: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  try {
    // Compiled anew each time: the bounds below belong to this one evaluation.
    const program = compile(expression);
    for (const { name, signature, run } of functions) {
      program.registerFunction(name, run as (...args: unknown[]) => unknown, signature);
    }
    bound(program);
    const result: unknown = await program.evaluate(undefined, { ...bindings, eval: undefined });
    // Sequences and shared references become plain values of their own.
    const text = JSON.stringify(result, (_key, value: unknown) => {
      if (isFunction(value)) throw new Error("the result is a function, which is not JSON");
      return value;
    });
    return text === undefined ? undefined : JSON.parse(text);
  } catch (error) {
    throw new Error(sentenceOf(error), { cause: error });
  }
}

/** Stops an evaluation that runs away, at each step JSONata takes. */
function bound(program: compile.Expression): void {
  const endsAtMs = performance.now() + LONGEST_MS;
  let depth = 0;
  // JSONata's types know only text here; these two names are symbols.
  const { assign } = program as unknown as {
    assign(name: symbol, value: (step: compile.ExprNode, data: unknown) => void): void;
  };
  assign(Symbol.for("jsonata.__evaluate_entry"), (step, data) => {
    refuseInherited(step, data);
    depth += 1;
    if (depth > DEEPEST) throw new Error("the expression is nested too deeply");
    if (performance.now() > endsAtMs) throw new Error("the expression takes too long");
  });
  assign(Symbol.for("jsonata.__evaluate_exit"), () => {
    depth -= 1;
  });
}

/** A regular expression whose backtracking cannot hold the process. */
class BoundedRegExp extends RegExp {
  override exec(text: string): RegExpExecArray | null {
    // Only a match over a long text or with nested repetition can be slow; the guard is not free.
    sandbox.match = () => super.exec(text);
    return guarded.runInContext(sandbox, { timeout: LONGEST_MS }) as RegExpExecArray | null;
  }
}

// Every compilation anywhere in the process sets the engine for all evaluations, so it is held fast.
Object.defineProperty(compile, "RegexEngine", { get: () => BoundedRegExp, set: () => undefined });

const sandbox: { match?: () => RegExpExecArray | null } = {};
createContext(sandbox);
const guarded = new Script("match()");

/** One of JavaScript's or of the language itself; JSON would make an object of the latter. */
function isFunction(value: unknown): boolean {
  if (typeof value === "function") return true;
  return (
    typeof value === "object" &&
    value !== null &&
    ("_jsonata_lambda" in value || "_jsonata_function" in value)
  );
}

/** Data has only what is its own: no way from it to JavaScript's constructors. */
function refuseInherited(step: compile.ExprNode, data: unknown): void {
  if (step.type !== "name" || typeof data !== "object" || data === null) return;
  const name = String(step.value);
  for (const item of Array.isArray(data) ? data : [data]) {
    if (typeof item !== "object" || item === null || Array.isArray(item)) continue;
    if (name in item && !Object.hasOwn(item, name)) throw new Error(`'${name}' is not a field`);
  }
}

/** JSONata throws plain objects with a code; AWS writes both. */
function sentenceOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof message === "string" ? message : String(error);
  return typeof code === "string" && /^[A-Z]\d{4}$/.test(code) ? `${code}: ${text}` : text;
}

/** Longest an expression may take. Source: measured on AWS, reference of JSONata in Step Functions. */
const LONGEST_MS = 1_000;
const DEEPEST = 1_500;
