/**
 * Reads the small JSON path of EventBridge: `$`, names after dots, `[0]`, `['name']`, `[*]`, `.*`.
 *
 * @returns the way to go, or undefined for anything else
 */
export function readPath(path: string): Step[] | undefined {
  if (!path.startsWith("$")) return undefined;
  const steps: Step[] = [];
  let rest = path.slice(1);
  while (rest) {
    const found = STEP.exec(rest);
    if (!found) return undefined;
    const [whole, dotted, index, quoted] = found;
    if (whole === ".*" || whole === "[*]") steps.push(ALL);
    else if (index !== undefined) steps.push(Number(index));
    else steps.push(dotted ?? quoted ?? "");
    rest = rest.slice(whole.length);
  }
  return steps;
}

/** @returns undefined where the path leads nowhere; with a `*` all that it finds, as an array */
export function follow(value: unknown, steps: readonly Step[]): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (typeof value !== "object" || value === null) return undefined;
  if (step === ALL) {
    const found = Object.values(value)
      .map((part) => follow(part, rest))
      .filter((part) => part !== undefined);
    return found.length > 0 ? found : undefined;
  }
  if (Array.isArray(value) !== (typeof step === "number")) return undefined;
  if (!Object.hasOwn(value, step)) return undefined;
  return follow((value as Record<string | number, unknown>)[step], rest);
}

const ALL = Symbol("*");
export type Step = string | number | typeof ALL;

const STEP = /^(?:\.\*|\[\*\]|\.([^.[\]'"\s*]+)|\[(\d+)\]|\['([^']+)'\])/;
