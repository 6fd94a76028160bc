import { randomUUID } from "node:crypto";
import type { InvokeCommandOutput } from "@aws-sdk/client-lambda";
import type { Caller } from "../kernel/caller.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import { type Failure, MOST_BYTES } from "./failure.ts";
import type { DeployedFunction, Functions } from "./function.ts";
import type { Journal, Kind } from "./journal.ts";
import type { Later } from "./later.ts";
import type { Pool } from "./pool.ts";

/** Runs a function now, and writes in the journal that it ran. */
export type Run = (found: DeployedFunction, request: RunRequest) => Promise<Ran>;

export interface RunRequest {
  payload: string;
  kind: Kind;
  source: string;
  requestId?: string;
  clientContext?: unknown;
}

export type Ran =
  | { ok: true; payload: string; log: string; requestId: string }
  | { ok: false; failure: Failure; log: string; requestId: string };

export function openRun(pool: Pool, journal: Journal, tell: (line: string) => void): Run {
  return async (found, request) => {
    const { payload, kind, source, requestId = randomUUID() } = request;
    const note = journal.begin({ function: found.name, requestId, kind, source }, payload);
    const { clientContext } = request;
    try {
      const outcome = await pool.run(found, { requestId, payload, clientContext });
      if (outcome.kind === "answered") {
        note.end("succeeded", outcome.payload);
        return { ok: true, payload: outcome.payload, log: outcome.log, requestId };
      }
      note.end("failed");
      tell(`lambda: ${found.name} failed with ${outcome.failure.errorType}`);
      return { ok: false, failure: outcome.failure, log: outcome.log, requestId };
    } catch (error) {
      note.end(error instanceof Refusal && error.httpStatus === 429 ? "throttled" : "failed");
      throw error;
    }
  };
}

export type InvokeAnswer = Omit<InvokeCommandOutput, "$metadata" | "Payload"> & {
  Payload: Uint8Array;
};

/**
 * The Invoke operation: waits for the answer, or keeps the event for later (`Event`), or only says
 * whether it could (`DryRun`).
 */
export function invoke(functions: Functions, run: Run, later: Later) {
  return async (input: Input, caller: Caller): Promise<InvokeAnswer> => {
    const found = functions.require(input.FunctionName);
    const type = input.InvocationType ?? "RequestResponse";
    const payload = payloadOf(input.Payload, type);
    const requestId = randomUUID();
    const none = new Uint8Array();
    if (type === "DryRun") return { StatusCode: 204, Payload: none };
    if (type === "Event") {
      later.keep(found, { payload, requestId, source: caller.arn });
      return { StatusCode: 202, Payload: none };
    }
    if (type !== "RequestResponse") {
      throw invalid(
        `1 validation error detected: Value '${type}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [RequestResponse, Event, DryRun]`,
      );
    }
    const clientContext = contextOf(input.ClientContext);
    const ran = await run(found, {
      payload,
      kind: type,
      source: caller.arn,
      requestId,
      clientContext,
    });
    return {
      StatusCode: 200,
      ExecutedVersion: "$LATEST",
      ...(ran.ok ? {} : { FunctionError: "Unhandled" }),
      ...(input.LogType === "Tail" ? { LogResult: Buffer.from(ran.log).toString("base64") } : {}),
      Payload: Buffer.from(ran.ok ? ran.payload : JSON.stringify(ran.failure)),
    };
  };
}

function payloadOf(given: unknown, type: string): string {
  const text =
    given === undefined || given === null
      ? ""
      : typeof given === "string"
        ? given
        : Buffer.from(given as Uint8Array).toString();
  const sizeBytes = Buffer.byteLength(text);
  const most = type === "Event" ? MOST_EVENT_BYTES : MOST_BYTES;
  if (sizeBytes > most) {
    throw new Refusal(
      "RequestTooLargeException",
      `${sizeBytes} byte payload is too large for the ${type} invocation type (limit ${most} bytes)`,
      { httpStatus: 413, about: { Type: "User" } },
    );
  }
  if (text === "") return "{}";
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Refusal(
      "InvalidRequestContentException",
      `Could not parse request body into json: ${(error as Error).message}`,
      { about: { Type: "User" }, cause: error },
    );
  }
  return text;
}

function contextOf(encoded: unknown): unknown {
  if (encoded === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(String(encoded), "base64").toString());
  } catch (error) {
    throw new Refusal(
      "InvalidRequestContentException",
      "Client context must be a valid JSON-encoded object.",
      {
        about: { Type: "User" },
        cause: error,
      },
    );
  }
}

function invalid(message: string): Refusal {
  return new Refusal("ValidationException", message);
}

/** Largest payload of an asynchronous invocation. Source: Lambda quotas, since October 2025. */
const MOST_EVENT_BYTES = 1024 * 1024;
