/** Condition keys of one request: names in lower case, each with its values. */
export type Context = ReadonlyMap<string, readonly string[]>;

export type Keys = Readonly<Record<string, string | readonly string[]>>;

/** Joins several sources; a later one wins. Names compare without case, as IAM does. */
export function join(...sources: Array<Keys | undefined>): Context {
  const found = new Map<string, readonly string[]>();
  for (const source of sources) {
    for (const [name, value] of Object.entries(source ?? {})) {
      found.set(name.toLowerCase(), typeof value === "string" ? [value] : value);
    }
  }
  return found;
}
