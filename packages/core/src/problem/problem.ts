import { problems } from "./problems.ts";

export { ofEncoder } from "./encoder-codes.ts";
export { problems } from "./problems.ts";

export type ProblemCode = keyof typeof problems;

/** A problem as it is written on a film and told to people. */
export interface Told {
  code: ProblemCode;
  message: string;
}

/** An error with a name of its own. The state machine catches it by that name. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly about: Readonly<Record<string, unknown>>;

  constructor(code: ProblemCode, about: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(typeof about.message === "string" ? about.message : problems[code].help, options);
    this.name = code; // Lambda reports this, so a state machine can catch it by name
    this.code = code;
    this.about = about;
  }
}

export function isCode(text: string): text is ProblemCode {
  return Object.hasOwn(problems, text);
}

/** The problem an error is: its own, a busy service, or `Unexpected`. Nothing stays nameless. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code = isBusy(error) ? "ServiceBusy" : "Unexpected";
  return new Problem(
    code,
    { message: `${problems[code].help} (${brief(error)})` },
    { cause: error },
  );
}

/** Whether a service asked for patience, or gave no answer at all: trying again may help. */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = statusOf(error);
  if (status !== undefined && (status >= 500 || status === 429)) return true;
  return BUSY.test(error.name) || (status === undefined && NETWORK.test(codeOf(error)));
}

const BUSY =
  /Throttl|TooManyRequests|ProvisionedThroughputExceeded|RequestLimitExceeded|SlowDown|TimeoutError|TransactionConflict|^ECONN/;
const NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|UND_ERR)/;

function statusOf(error: Error): number | undefined {
  const metadata = (error as { $metadata?: { httpStatusCode?: number } }).$metadata;
  return metadata?.httpStatusCode;
}

function codeOf(error: Error): string {
  return String((error as { code?: unknown }).code ?? error.name);
}

/** The error's name alone: what it says is for the log, not for the film's owner. */
function brief(error: unknown): string {
  return error instanceof Error ? error.name : "no error object";
}
