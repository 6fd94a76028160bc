import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { Cloud } from "../kernel/cloud.ts";
import { environmentOf } from "./environment.ts";
import {
  about,
  type Failure,
  initTimedOut,
  MOST_BYTES,
  type Outcome,
  outOfMemory,
  timedOut,
  tooLarge,
} from "./failure.ts";
import type { DeployedFunction } from "./function.ts";
import { linesOf } from "./lines.ts";
import type { Call, Said } from "./protocol.ts";
import { openThread } from "./thread.ts";

/** One function loaded in one thread: one invocation at a time, warm between them. */
export interface Sandbox {
  readonly of: DeployedFunction;
  /** False once its thread is over: it must not be given another invocation. */
  readonly isAlive: boolean;
  invoke(request: Request): Promise<Outcome>;
  end(): Promise<void>;
}

export interface Request {
  requestId: string;
  /** JSON */
  payload: string;
  clientContext?: unknown;
}

/**
 * Starts a sandbox and waits until the handler is loaded. A handler that cannot be loaded gives a
 * sandbox too, one that is over: its first invocation tells why, as on AWS.
 *
 * @param log takes what the function prints
 */
export async function openSandbox(
  cloud: Cloud,
  found: DeployedFunction,
  log: (text: string) => void,
): Promise<Sandbox> {
  const startedAtMs = performance.now();
  const stream = streamName(cloud.now());
  const lines = linesOf(found);
  let hear: (said: Said) => void = () => undefined;
  let tail = "";
  const write = (text: string) => {
    tail = (tail + text).slice(-2 * TAIL_CHARS);
    log(text);
  };
  const thread = openThread(found, environmentOf(cloud, found, stream), {
    onSaid: (said) => hear(said),
    onLog: write,
    onEnd: (failure) => hear({ kind: "broken", failure }),
  });

  await new Promise<void>((resolve) => {
    const initMs = Math.max(LEAST_INIT_MS, found.timeoutSeconds * 1000);
    const limit = setTimeout(() => thread.kill(initTimedOut(initMs)), initMs);
    hear = () => {
      clearTimeout(limit);
      resolve();
    };
  });
  let initMs: number | undefined = performance.now() - startedAtMs;

  const answer = (request: Request) =>
    new Promise<Said>((resolve) => {
      const { requestId } = request;
      if (thread.ended) return resolve({ kind: "broken", failure: thread.ended });
      const limitMs = found.timeoutSeconds * 1000;
      const limit = setTimeout(() => thread.kill(timedOut(limitMs)), limitMs);
      const watch = setInterval(async () => {
        const usedBytes = await thread.usedBytes().catch(() => 0);
        if (usedBytes > found.memoryMb * MIB && isWaiting) thread.kill(outOfMemory());
      }, WATCH_MS);
      let isWaiting = true;
      hear = (said) => {
        if ("requestId" in said && said.requestId !== requestId) return;
        isWaiting = false;
        clearTimeout(limit);
        clearInterval(watch);
        hear = () => undefined;
        resolve(said);
      };
      return thread.post(callOf(found, request, cloud.now() + limitMs, stream));
    });

  return {
    of: found,
    get isAlive() {
      return !thread.ended;
    },
    async invoke(request) {
      const beganAtMs = performance.now();
      tail = "";
      write(lines.start(request.requestId));
      const said = await answer(request);
      const failure = failureOf(said);
      if (failure && said.kind === "broken") write(lines.broken(request.requestId, failure));
      const used = "usedBytes" in said ? Math.ceil(said.usedBytes / MIB) : found.memoryMb;
      const usedMb = Math.min(used, found.memoryMb);
      const durationMs = performance.now() - beganAtMs;
      write(lines.end(request.requestId, { durationMs, usedMb, initMs, failure }));
      initMs = undefined;
      const text = lastBytes(tail);
      if (failure) return { kind: "failed", failure: about(failure, request.requestId), log: text };
      return { kind: "answered", payload: (said as { payload: string }).payload, log: text };
    },
    end: () => thread.close(),
  };
}

function failureOf(said: Said): Failure | undefined {
  if (said.kind === "failed" || said.kind === "broken") return said.failure;
  if (said.kind !== "answered") return undefined;
  const sizeBytes = Buffer.byteLength(said.payload);
  return sizeBytes > MOST_BYTES ? tooLarge(sizeBytes) : undefined;
}

function callOf(
  found: DeployedFunction,
  request: Request,
  deadlineMs: number,
  stream: string,
): Call {
  const root = `${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString("hex")}`;
  return {
    requestId: request.requestId,
    payload: request.payload,
    deadlineMs,
    traceId: `Root=1-${root};Parent=${randomBytes(8).toString("hex")};Sampled=0`,
    context: {
      functionName: found.name,
      invokedFunctionArn: found.arn,
      memoryLimitInMB: String(found.memoryMb),
      logGroupName: `/aws/lambda/${found.name}`,
      logStreamName: stream,
      clientContext: request.clientContext,
    },
  };
}

function streamName(nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll("-", "/");
  return `${day}/[$LATEST]${randomBytes(16).toString("hex")}`;
}

function lastBytes(text: string): string {
  return Buffer.from(text).subarray(-TAIL_CHARS).toString();
}

const MIB = 1024 * 1024;

/** What `LogType: Tail` gives, in bytes. Source: Lambda API, Invoke. */
const TAIL_CHARS = 4096;

/** A shared laptop loads slower than AWS, which gives a function ten seconds. */
const LEAST_INIT_MS = 30_000;

/** The heap has a hard limit of its own; buffers beside it are looked at this often. */
const WATCH_MS = 250;
