// The inside of a sandbox: what Lambda's Node.js 24 runtime is to a handler. It runs in a worker
// thread whose environment is the function's, and imports nothing of this package but types.
import { format, types } from "node:util";
import { getHeapStatistics } from "node:v8";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Failure } from "./failure.ts";
import type { Call, Said, Setup } from "./protocol.ts";

type Handler = (event: unknown, context: object) => unknown;

const LEVELS = [
  ["trace", "TRACE"],
  ["debug", "DEBUG"],
  ["log", "INFO"],
  ["info", "INFO"],
  ["warn", "WARN"],
  ["error", "ERROR"],
] as const;

const IMPORT_ERRORS: Record<string, string> = {
  ERR_MODULE_NOT_FOUND: "Runtime.ImportModuleError",
  MODULE_NOT_FOUND: "Runtime.ImportModuleError",
  SyntaxError: "Runtime.UserCodeSyntaxError",
};

const port = parentPort as MessagePort;
let current = "";

keepOutput();
process.on("uncaughtException", (error) => broken(failureOf(error)));
process.on("unhandledRejection", (reason) =>
  broken({
    errorType: "Runtime.UnhandledPromiseRejection",
    errorMessage: reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason),
    trace: failureOf(reason).trace ?? [],
  }),
);

const handler = await load(workerData as Setup);
if (handler) {
  port.on("message", (call: Call) => void run(handler, call));
  say({ kind: "ready" });
}

async function load(setup: Setup): Promise<Handler | undefined> {
  try {
    const module = (await import(setup.fileUrl)) as Record<string, unknown>;
    const exported =
      module[setup.exportName] ??
      (module.default as Record<string, unknown> | undefined)?.[setup.exportName];
    if (typeof exported !== "function") {
      broken({
        errorType: "Runtime.HandlerNotFound",
        errorMessage: `${setup.handler} is undefined or not exported`,
        trace: [],
      });
      return undefined;
    }
    if (exported.length >= 3) {
      broken({
        errorType: "Runtime.CallbackHandlerDeprecated",
        errorMessage:
          "AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. Make the handler async.",
        trace: [],
      });
      return undefined;
    }
    return exported as Handler;
  } catch (error) {
    const failure = failureOf(error);
    const type = IMPORT_ERRORS[(error as { code?: string }).code ?? failure.errorType];
    broken(type ? { ...failure, errorType: type } : failure);
    return undefined;
  }
}

async function run(handler: Handler, call: Call): Promise<void> {
  const { requestId } = call;
  current = requestId;
  process.env._X_AMZN_TRACE_ID = call.traceId;
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: "$LATEST",
    awsRequestId: requestId,
    ...call.context,
    getRemainingTimeInMillis: () => Math.max(0, call.deadlineMs - Date.now()),
  };
  try {
    const result = await handler(JSON.parse(call.payload), context);
    say({ kind: "answered", requestId, payload: textOf(result), usedBytes: usedBytes() });
  } catch (error) {
    const failure = failureOf(error);
    console.error("Invoke Error", JSON.stringify(failure));
    say({ kind: "failed", requestId, failure, usedBytes: usedBytes() });
  }
  current = "";
}

function textOf(result: unknown): string {
  try {
    return JSON.stringify(result) ?? "null";
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw Object.assign(new Error(`Unable to stringify response body: ${said}`), {
      name: "Runtime.MarshalError",
    });
  }
}

/** An error as Lambda reports it. */
function failureOf(error: unknown): Failure {
  if (types.isNativeError(error) || (error instanceof Object && "message" in error)) {
    const { name, message, stack } = error as Error;
    return {
      errorType: String(name ?? "Error"),
      errorMessage: String(message),
      trace: String(stack ?? "").split("\n"),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function broken(failure: Failure): void {
  console.error("Uncaught Exception", JSON.stringify(failure));
  say({ kind: "broken", failure });
  process.exit(129); // ends this thread only
}

function say(said: Said): void {
  port.postMessage(said);
}

function usedBytes(): number {
  const heap = getHeapStatistics();
  return heap.used_heap_size + heap.external_memory;
}

/**
 * Output goes the way the answers go, so that an invocation's lines come before its end. `console`
 * writes lines in Lambda's format; whoever writes to the streams (Powertools) is left alone.
 */
function keepOutput(): void {
  const write = (chunk: string | Uint8Array, encoding?: unknown, written?: unknown): boolean => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    say({ kind: "log", text });
    const next = typeof encoding === "function" ? encoding : written;
    if (typeof next === "function") queueMicrotask(() => next());
    return true;
  };
  process.stdout.write = write;
  process.stderr.write = write;
  const line = process.env.AWS_LAMBDA_LOG_FORMAT === "JSON" ? jsonLine : textLine;
  for (const [method, level] of LEVELS) {
    console[method] = (...said: unknown[]) => void write(line(level, said));
  }
}

function textLine(level: string, said: unknown[]): string {
  const text = format(...said).replaceAll("\n", "\r");
  return `${new Date().toISOString()}\t${current || "undefined"}\t${level}\t${text}\n`;
}

function jsonLine(level: string, said: unknown[]): string {
  const error = said.find((one): one is Error => types.isNativeError(one));
  const failure = error && failureOf(error);
  return `${JSON.stringify({
    timestamp: new Date().toISOString(),
    level,
    ...(current ? { requestId: current } : {}),
    message: format(...said),
    ...(failure ? { ...failure, trace: undefined, stackTrace: failure.trace } : {}),
  })}\n`;
}
