/** Reads a short text from left to right: paths, filters and intrinsic functions. */
export class Reader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  peek(part: string): boolean {
    return this.text.startsWith(part, this.at);
  }

  take(part: string): boolean {
    if (!this.peek(part)) return false;
    this.at += part.length;
    return true;
  }

  expect(part: string): void {
    if (!this.take(part)) throw this.problem(`'${part}'`);
  }

  /** @param pattern sticky, so that it matches here or not at all */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found === "" ? undefined : found;
  }

  space(): void {
    this.match(/\s+/y);
  }

  comma(): boolean {
    this.space();
    if (!this.take(",")) return false;
    this.space();
    return true;
  }

  integer(): number | undefined {
    const found = this.match(/-?\d+/y);
    return found === undefined ? undefined : Number(found);
  }

  number(): number | undefined {
    const found = this.match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    return found === undefined ? undefined : Number(found);
  }

  /** Text between quotes; a backslash keeps the next character as it is. */
  quoted(): string {
    const quote = this.text[this.at];
    if (quote !== "'" && quote !== '"') throw this.problem("a quoted text");
    this.at += 1;
    let found = "";
    for (;;) {
      const next = this.text[this.at];
      if (next === undefined) throw this.problem("a closing quote");
      this.at += 1;
      if (next === quote) return found;
      if (next === "\\") {
        found += this.text[this.at] ?? "";
        this.at += 1;
      } else {
        found += next;
      }
    }
  }

  end(): void {
    this.space();
    if (this.at < this.text.length) throw this.problem("the end");
  }

  problem(wanted: string): SyntaxError {
    return new SyntaxError(`expected ${wanted} at character ${this.at + 1} of ${this.text}`);
  }
}
