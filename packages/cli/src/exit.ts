/** What the command's end tells a script. docs and `rushes --help` show this table. */
export const exits = {
  done: { code: 0, means: "it is done" },
  failed: { code: 1, means: "it did not work" },
  usage: { code: 2, means: "asked wrongly: see --help" },
  denied: { code: 3, means: "not signed in, or not allowed" },
  missing: { code: 4, means: "there is no such thing, or it is not yours" },
  filmFailed: { code: 5, means: "the film ended FAILED or CANCELED" },
  unreachable: { code: 6, means: "the API could not be reached" },
  interrupted: { code: 130, means: "interrupted with Ctrl-C" },
} as const;

export type Exit = keyof typeof exits;

/** A command that ends early: which way, and a sentence that says what to do. */
export class Ended extends Error {
  readonly exit: Exit;
  /** for `--json`: more than the sentence */
  readonly about: Readonly<Record<string, unknown>>;

  constructor(exit: Exit, message: string, about: Record<string, unknown> = {}) {
    super(message);
    this.name = "Ended";
    this.exit = exit;
    this.about = about;
  }
}
