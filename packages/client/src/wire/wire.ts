import createClient, { type Client } from "openapi-fetch";
import type { paths } from "../api.gen.ts";
import { type ApiProblem, NetworkProblem, problemOf } from "../problem/problem.ts";
import { Patience } from "./patience.ts";

export * as Wire from "./wire.ts";

/**
 * Answers an access token. `refused` is one that the API did not take, so that a token which is
 * kept somewhere can be made anew; whoever asks an issuer each time need not look at it.
 */
export type TokenSource = (asked?: { refused?: string }) => Promise<string>;

export interface WireOptions {
  /** the API's address, such as `https://films.example.org/api` */
  api: string;
  /** nobody is signed in without it: public films only */
  token?: TokenSource | undefined;
}

/** The API's routes, typed. Every answer that is no success is thrown. */
export interface Wire {
  /** address of the API, without a slash at its end */
  api: string;
  /** for requests that may arrive twice: sent again when nobody answers or all are busy */
  repeat: Client<paths>;
  /** for requests that begin something: sent again only when they certainly were not heard */
  once: Client<paths>;
}

export function open({ api, token }: WireOptions): Wire {
  const baseUrl = api.replace(/\/+$/, "");
  const client = (mayRepeat: boolean) =>
    createClient<paths>({ baseUrl, fetch: (request) => send(request, { mayRepeat, token }) });
  return { api: baseUrl, repeat: client(true), once: client(false) };
}

/** The body of an answer. Refusals never come this far. */
export async function taken<T>(asked: Promise<{ data?: T | undefined }>): Promise<NonNullable<T>> {
  const { data } = await asked;
  if (data === undefined || data === null) throw new NetworkProblem("The answer has no body.");
  return data;
}

interface Manner {
  mayRepeat: boolean;
  token: TokenSource | undefined;
}

async function send(request: Request, { mayRepeat, token }: Manner): Promise<Response> {
  const body = request.body ? await request.text() : null;
  let refused: string | undefined;
  for (let failed = 1; ; failed += 1) {
    const bearer = await token?.(refused === undefined ? {} : { refused });
    const last = failed >= Patience.calls.tries;
    let askedMs = 0;
    try {
      const response = await attempt(request, body, bearer);
      if (response.ok || response.status === 304) return response;
      const problem = await problemOf(response);
      if (response.status === 401 && bearer !== undefined && refused === undefined) {
        refused = bearer; // this machine's clock, or a sign-out elsewhere: once more with another
        continue;
      }
      askedMs = problem.retryAfterMs ?? 0;
      if (last || askedMs > Patience.calls.maxMs || !isPassing(problem, mayRepeat)) throw problem;
    } catch (cause) {
      if (!isUnheard(cause)) throw cause;
      request.signal.throwIfAborted();
      if (last || !mayRepeat) {
        throw new NetworkProblem(`${new URL(request.url).origin} cannot be reached`, { cause });
      }
    }
    await Patience.sleep(Patience.waitMs(Patience.calls, failed, askedMs), request.signal);
  }
}

/** One try, with the whole of its answer. */
async function attempt(
  request: Request,
  body: string | null,
  bearer: string | undefined,
): Promise<Response> {
  const headers = new Headers(request.headers);
  if (bearer !== undefined) headers.set("authorization", `Bearer ${bearer}`);
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(ANSWER_MS)]);
  const response = await fetch(request.url, { method: request.method, headers, body, signal });
  const heard = await response.arrayBuffer();
  const { status, statusText } = response;
  return new Response(heard.byteLength ? heard : null, {
    status,
    statusText,
    headers: response.headers,
  });
}

/** Whether the same request may be taken in a moment. */
function isPassing({ status, code }: ApiProblem, mayRepeat: boolean): boolean {
  if (status === 429) return code === "TooManyRequests";
  return mayRepeat && (status === 502 || status === 503 || status === 504);
}

/** What fetch throws when there is no answer: a TypeError, or the end of our patience. */
function isUnheard(error: unknown): boolean {
  return (
    error instanceof TypeError || (error instanceof DOMException && error.name !== "SyntaxError")
  );
}

/** A gateway gives up after 30 seconds. */
const ANSWER_MS = 35_000;
