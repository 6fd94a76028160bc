import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller, Need } from "./caller.ts";

/**
 * One action of a service, in the shapes of the SDK: PascalCase or camelCase as that service's
 * SDK has them. The state machine, rules and the deploy call it in this process; the front calls
 * it for requests from outside.
 */
export interface Operation {
  /** What the caller must be allowed. Absent: `run` checks by itself. */
  needs?(input: Input): Need | Need[];
  run(input: Input, caller: Caller): Promise<object | undefined> | object | undefined;
}

/** Input arrives unchecked: an operation validates what it reads. */
// biome-ignore lint/suspicious/noExplicitAny: the wire has no types; each operation states its own
export type Input = any;

/** How a service talks on the wire. */
export type Wire =
  | {
      protocol: "json";
      version: "1.0" | "1.1";
      target: string;
      /**
       * For a service that spoke the query protocol before: its errors tell the code they had
       * there as well, which boto looks for. Here are those whose code was another one.
       */
      queryCodes?: Readonly<Record<string, string>>;
    }
  | {
      protocol: "rest-json";
      /** Which operation a request means, with what path and query carry. */
      route(method: string, path: string, query: URLSearchParams): RestRoute | undefined;
      /** How members are named outside, where that differs from the SDK's shapes. */
      spelling?: { read(body: object): object; write(output: object): object };
    }
  /** The service reads the request itself (S3, SNS's query protocol). */
  | { protocol: "own"; serve(exchange: Exchange): Promise<void> };

export interface RestRoute {
  operation: string;
  params: Record<string, unknown>;
  /** Status of success, 200 when absent. */
  status?: number;
  /** The name of the member that is the whole body as bytes (Lambda's `Payload`), if there is one. */
  payload?: string;
}

/**
 * A request that the front has verified: signature good, caller known. For S3 the body is not yet
 * read; for every other service it is, and stands in `body`.
 */
export interface Exchange {
  request: IncomingMessage;
  /** The whole body, its hash compared with the signature's; absent for S3, which streams. */
  body?: Buffer;
  response: ServerResponse;
  /** Path as sent, still encoded; query as sent. */
  rawPath: string;
  rawQuery: string;
  caller: Caller;
  requestId: string;
  /** What the signature says about the body; `undefined` for anonymous and presigned-without-hash. */
  payload: PayloadClaim;
  /** How the request was signed; a form upload is verified by S3 itself. */
  signed: "header" | "query" | "none";
}

/** The `x-amz-content-sha256` of a request, understood. */
export type PayloadClaim =
  | { kind: "sha256"; hex: string }
  | { kind: "unsigned" }
  | { kind: "unsigned-trailer" }
  | {
      kind: "signed-chunks";
      trailer: boolean;
      seed: string;
      signingKey: Buffer;
      scope: string;
      amzDate: string;
    };

/** JSON that anyone may read: the keys that tokens are signed with. */
export interface OpenDocument {
  status: number;
  body: object;
}

export interface Service {
  /** The signing name: `s3`, `states`, `sqs`. */
  readonly name: string;
  readonly wire: Wire;
  readonly operations: Readonly<Record<string, Operation>>;
  /** What anyone may call without a signature, by name: Cognito's `SignUp`. JSON services only. */
  readonly unsigned?: ReadonlySet<string>;
  /** Answers a GET that needs no signature; undefined where the path is not this service's. */
  document?(path: string): OpenDocument | undefined;
  /** Begins background work, once everything is deployed: waiting executions, queued jobs, timers. */
  start?(): void | Promise<void>;
  /** Ends background work and children. State is on disk already. */
  stop?(): Promise<void>;
}
