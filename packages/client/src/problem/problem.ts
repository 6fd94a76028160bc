import type { components } from "../api.gen.ts";
import { Patience } from "../wire/patience.ts";

type Told = components["schemas"]["Problem"];

/** Every name the API has for what can go wrong; docs/errors.md explains them. */
export type ProblemCode = Told["code"];

/** A field of a request, and what is wrong with it. */
export type FieldProblem = NonNullable<Told["fields"]>[number];

/** The API heard the request and answered no. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly code: ProblemCode;
  readonly status: number;
  /** what to do about it, in a sentence */
  readonly detail: string;
  /** the same request may succeed later, unchanged */
  readonly retry: boolean;
  readonly fields: readonly FieldProblem[];
  /** numbers of the parts that an upload still needs */
  readonly missing: readonly number[];
  /** what an operator finds the request by */
  readonly requestId: string | undefined;
  /** how long the API asks to be left alone; undefined when it did not say */
  readonly retryAfterMs: number | undefined;

  constructor(told: Partial<Told> & Pick<Told, "code" | "status">, retryAfterMs?: number) {
    const detail = told.detail ?? told.title ?? `The API answered ${told.status}.`;
    const fields = (told.fields ?? []).map(({ path, message }) => ` ${path}: ${message}`).join("");
    super(`${told.code}: ${detail}${fields}`);
    this.code = told.code;
    this.status = told.status;
    this.detail = detail;
    this.retry = told.retry ?? false;
    this.fields = told.fields ?? [];
    this.missing = told.missing ?? [];
    this.requestId = told.instance;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Nobody answered: the network, a proxy or an address that is wrong. */
export class NetworkProblem extends Error {
  override readonly name = "NetworkProblem";
}

/** What a refusal says, be it the API's own or that of a gateway before it. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const told: unknown = await response.json().catch(() => undefined);
  const { status, headers } = response;
  const afterMs = Patience.retryAfterMs(headers);
  if (isTold(told)) return new ApiProblem({ ...told, status }, afterMs);
  const code = BY_STATUS[status] ?? "Unexpected";
  return new ApiProblem({ code, status, retry: status === 429 || status >= 500 }, afterMs);
}

function isTold(told: unknown): told is Told {
  return (
    typeof told === "object" && told !== null && "code" in told && typeof told.code === "string"
  );
}

/** What a gateway means that does not speak our problems. */
const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  401: "TokenInvalid",
  403: "Forbidden",
  413: "BodyTooLarge",
  429: "TooManyRequests",
  502: "ServiceBusy",
  503: "ServiceBusy",
  504: "ServiceBusy",
};
