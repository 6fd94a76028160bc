/** Why somebody could not be asked, in words that may be shown to whoever gave the address. */
export type Why = keyof typeof SENTENCES;

/** An address that may be asked, and gave no answer that can be used. */
export class Unreachable extends Error {
  readonly why: Why;

  constructor(why: Why, options?: ErrorOptions) {
    super(SENTENCES[why], options);
    this.name = "Unreachable";
    this.why = why;
  }

  /** What node says about a failed request, in our words. */
  static from(error: unknown): Unreachable {
    if (error instanceof Unreachable) return error;
    const code = String((error as { code?: unknown } | null)?.code ?? "");
    const why = NAME.test(code)
      ? "name"
      : SECURITY.test(code)
        ? "certificate"
        : TIME.test(code)
          ? "timeout"
          : "connection";
    return new Unreachable(why, { cause: error });
  }
}

const SENTENCES = {
  name: "Its name is not known.",
  certificate: "Its certificate is not good.",
  timeout: "It did not answer in time.",
  connection: "The connection broke or was refused.",
  redirects: "It sends on to somewhere else too often.",
} as const;

const NAME = /^(ENOTFOUND|EAI_|ENODATA)/;
const SECURITY = /CERT|SELF_SIGNED|SIGNATURE|^ERR_TLS|^ERR_SSL|^EPROTO/;
const TIME = /TIMEDOUT|TIMEOUT|^ABORT_ERR$/;
