/** A pattern in pieces: text that must be there, any run of characters, exactly one character. */
export type Piece = string | typeof ANY | typeof ONE;

export const ANY: unique symbol = Symbol("*");
export const ONE: unique symbol = Symbol("?");

/** Reads `*` and `?` as wildcards, everything else as itself. */
export function pieces(pattern: string): Piece[] {
  return (pattern.match(/[*?]|[^*?]+/g) ?? []).map((part) =>
    part === "*" ? ANY : part === "?" ? ONE : part,
  );
}

/**
 * Whether the whole of `text` fits. Never slower than length times length, whatever the pattern:
 * patterns come from policies and from signed addresses.
 */
export function matches(pattern: string | readonly Piece[], text: string): boolean {
  const read = typeof pattern === "string" ? pieces(pattern) : pattern;
  const want = read.flatMap<Piece>((piece) => (typeof piece === "string" ? [...piece] : [piece]));
  const have = [...text];
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (at < have.length) {
    const piece = want[next];
    if (piece === ANY) {
      star = next;
      resume = at;
      next += 1;
    } else if (piece !== undefined && (piece === ONE || piece === have[at])) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      next = star + 1;
      resume += 1;
      at = resume;
    } else return false;
  }
  while (want[next] === ANY) next += 1;
  return next === want.length;
}
