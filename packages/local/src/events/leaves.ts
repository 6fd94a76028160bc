/** A value without parts: what a pattern can look at. */
export type Scalar = string | number | boolean | null;

/** One scalar of an event, with the way to it. */
export interface Leaf {
  value: Scalar;
  /** Which element of which array it lies in: two leaves of one match may not disagree. */
  inside: ReadonlyMap<string, number>;
}

/**
 * The scalars of an event by their path. A dot in a key is the same as a step down, so
 * `{"a.b": 1}` and `{"a": {"b": 1}}` have the same leaves. Empty arrays and objects have none.
 */
export function leavesOf(event: object): Map<string, Leaf[]> {
  const found = new Map<string, Leaf[]>();
  const walk = (value: unknown, path: string, inside: ReadonlyMap<string, number>): void => {
    if (Array.isArray(value)) {
      const array = `${path}#${[...inside.values()].join(",")}`;
      value.forEach((element, index) => {
        walk(element, path, new Map(inside).set(array, index));
      });
    } else if (typeof value === "object" && value !== null) {
      for (const [key, part] of Object.entries(value)) {
        walk(part, path ? `${path}.${key}` : key, inside);
      }
    } else if (value !== undefined) {
      const leaf = { value: value as Scalar, inside };
      const beside = found.get(path);
      if (beside) beside.push(leaf);
      else found.set(path, [leaf]);
    }
  };
  walk(event, "", new Map());
  return found;
}
