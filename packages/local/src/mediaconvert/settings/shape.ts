import { lowerFirst } from "../wire.ts";

/** One thing that is wrong with settings, at a JSON pointer in the names of the wire. */
export interface Fault {
  at: string;
  text: string;
}

/** Judges one value; says every fault it finds. Values come in the SDK's names. */
export type Shape = (value: unknown, at: string, faults: Fault[]) => void;

/** The members this machine honours. Anything else is refused, never ignored. */
export function record(
  members: Record<string, Shape>,
  options: {
    required?: readonly string[];
    /** Members AWS knows and this machine does not honour, for a clearer sentence. */
    also?: (value: Record<string, unknown>, at: string, faults: Fault[]) => void;
  } = {},
): Shape {
  return (value, at, faults) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      faults.push({ at, text: "should be an object" });
      return;
    }
    const given = value as Record<string, unknown>;
    for (const [name, inner] of Object.entries(given)) {
      if (inner === undefined || inner === null) continue;
      const shape = Object.hasOwn(members, name) ? members[name] : undefined;
      const inside = `${at}/${lowerFirst(name)}`;
      if (shape) shape(inner, inside, faults);
      else faults.push({ at: inside, text: "is not a setting that the laptop implements" });
    }
    for (const name of options.required ?? []) {
      if (given[name] === undefined || given[name] === null) {
        faults.push({ at: `${at}/${lowerFirst(name)}`, text: "is required" });
      }
    }
    options.also?.(given, at, faults);
  };
}

export function list(shape: Shape, range: { min?: number; max?: number } = {}): Shape {
  return (value, at, faults) => {
    if (!Array.isArray(value)) {
      faults.push({ at, text: "should be a list" });
      return;
    }
    const { min = 0, max = Number.POSITIVE_INFINITY } = range;
    if (value.length < min) faults.push({ at, text: `should have at least ${min}` });
    if (value.length > max) faults.push({ at, text: `may have at most ${max}` });
    for (const [index, item] of value.entries()) shape(item, `${at}/${index}`, faults);
  };
}

/** An object whose keys are the user's own. */
export function map(shape: Shape, max = Number.POSITIVE_INFINITY): Shape {
  return (value, at, faults) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      faults.push({ at, text: "should be an object" });
      return;
    }
    const entries = Object.entries(value);
    if (entries.length > max) faults.push({ at, text: `may have at most ${max}` });
    for (const [key, inner] of entries) shape(inner, `${at}/${pointerPart(key)}`, faults);
  };
}

/** A whole number within a range, both ends included. */
export function whole(min: number, max: number): Shape {
  return (value, at, faults) => {
    if (typeof value !== "number" || !Number.isInteger(value)) {
      faults.push({ at, text: "should be a whole number" });
    } else if (value < min || value > max) {
      faults.push({ at, text: `should be from ${min} to ${max}` });
    }
  };
}

export function decimal(min: number, max = Number.MAX_SAFE_INTEGER): Shape {
  return (value, at, faults) => {
    if (typeof value !== "number" || !Number.isFinite(value)) {
      faults.push({ at, text: "should be a number" });
    } else if (value < min || value > max) {
      faults.push({ at, text: `should be from ${min} to ${max}` });
    }
  };
}

/**
 * One of AWS's words.
 *
 * @param honoured words this machine does something right with
 * @param known further words that are AWS's: refused as not implemented, and not as wrong
 */
export function word(honoured: readonly string[], known: readonly string[] = []): Shape {
  return (value, at, faults) => {
    if (typeof value === "string" && honoured.includes(value)) return;
    if (typeof value === "string" && known.includes(value)) {
      faults.push({
        at,
        text: `${value} is not implemented on the laptop, which has ${honoured.join(", ")}`,
      });
      return;
    }
    faults.push({ at, text: `should be one of ${[...honoured, ...known].join(", ")}` });
  };
}

export function text(limits: { min?: number; max: number; like?: RegExp; means?: string }): Shape {
  return (value, at, faults) => {
    if (typeof value !== "string") {
      faults.push({ at, text: "should be a text" });
    } else if (value.length < (limits.min ?? 0) || value.length > limits.max) {
      faults.push({ at, text: `should have ${limits.min ?? 0} to ${limits.max} characters` });
    } else if (limits.like && !limits.like.test(value)) {
      faults.push({ at, text: limits.means ?? `should match ${limits.like}` });
    }
  };
}

/** JSON pointer escaping, RFC 6901. */
function pointerPart(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
