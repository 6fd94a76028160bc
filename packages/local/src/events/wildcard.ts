import { badPattern } from "./bad-pattern.ts";

const STAR = Symbol("*");
type Token = string | typeof STAR;

/** A text with stars, ready to be compared; `\*` and `\\` stand for themselves. */
export interface Wildcard {
  readonly tokens: readonly Token[];
  test(text: string): boolean;
}

/** @throws Refusal `InvalidEventPatternException` on `**` and on a stray backslash */
export function readWildcard(pattern: string): Wildcard {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern.charAt(at);
    if (char === "*") {
      if (tokens.at(-1) === STAR) throw badPattern(`Consecutive wildcard characters at pos ${at}`);
      tokens.push(STAR);
    } else if (char === "\\") {
      const next = pattern.charAt(at + 1);
      if (next !== "*" && next !== "\\") {
        throw badPattern(`Invalid escape character at pos ${at}`);
      }
      tokens.push(next);
      at += 1;
    } else tokens.push(char);
  }
  return { tokens, test: (text) => matches(tokens, text) };
}

/** The usual two-finger walk: on a mismatch the latest star swallows one character more. */
function matches(tokens: readonly Token[], text: string): boolean {
  let token = 0;
  let char = 0;
  let star = -1;
  let swallowed = 0;
  while (char < text.length) {
    const wanted = tokens[token];
    if (wanted === STAR) {
      star = token;
      swallowed = char;
      token += 1;
    } else if (wanted === text.charAt(char)) {
      token += 1;
      char += 1;
    } else if (star >= 0) {
      token = star + 1;
      swallowed += 1;
      char = swallowed;
    } else return false;
  }
  while (tokens[token] === STAR) token += 1;
  return token === tokens.length;
}

/**
 * EventBridge refuses a rule when one text could be at more than ten places of a field's wildcards
 * at once. A place is a beginning of a pattern that the text so far fits.
 *
 * @throws Refusal `InvalidEventPatternException`
 */
export function refuseComplex(wildcards: readonly Wildcard[]): void {
  const machine = wildcards.flatMap((wildcard) => placesOf(wildcard.tokens));
  const alphabet = new Set<Token>(wildcards.flatMap((wildcard) => wildcard.tokens));
  let offset = 0;
  const starts: number[] = [];
  for (const { tokens } of wildcards) {
    starts.push(...rest(machine, offset));
    offset += tokens.length + 1;
  }
  const waiting = [starts];
  const seen = new Set<string>();
  for (let here = waiting.pop(); here; here = waiting.pop()) {
    for (const letter of alphabet) {
      const next = new Set<number>();
      for (const place of here) {
        // The star itself stands for any letter that no pattern names.
        if (machine[place]?.loops) for (const at of rest(machine, place)) next.add(at);
        if (letter !== STAR && machine[place]?.wants === letter) {
          for (const at of rest(machine, place + 1)) next.add(at);
        }
      }
      if (next.size > MOST_PLACES || seen.size > MOST_SETS) throw badPattern(TOO_COMPLEX);
      const key = [...next].sort((a, b) => a - b).join();
      if (next.size > 0 && !seen.has(key)) {
        seen.add(key);
        waiting.push([...next]);
      }
    }
  }
}

interface Place {
  /** The letter that leads to the next place; none after a star and at the end. */
  wants: Token | undefined;
  /** Reached through a star, which goes on swallowing. */
  loops: boolean;
}

/** Place k is "the first k tokens fit"; after a star it loops. */
function placesOf(tokens: readonly Token[]): Place[] {
  return [...tokens, undefined].map((wants, index) => ({
    wants,
    loops: index > 0 && tokens[index - 1] === STAR,
  }));
}

/** A place, and those that follow it because a star may stand for nothing. */
function rest(machine: readonly Place[], place: number): number[] {
  return machine[place]?.wants === STAR ? [place, place + 1] : [place];
}

const MOST_PLACES = 10;
const MOST_SETS = 20_000;
const TOO_COMPLEX =
  "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character";
