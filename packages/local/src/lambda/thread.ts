import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { exited, type Failure, outOfMemory } from "./failure.ts";
import { type DeployedFunction, handlerName } from "./function.ts";
import type { Call, Said, Setup } from "./protocol.ts";

/** A worker thread with a function's runtime in it. */
export interface Thread {
  /** Why it is over; undefined while it lives. */
  readonly ended: Failure | undefined;
  post(call: Call): void;
  /** Ends it now, even inside an endless loop, for a reason that `onEnd` is told. */
  kill(why: Failure): void;
  /** Resolves once the thread is gone. */
  close(): Promise<void>;
  /** Heap and buffers in use, asked from outside: an endless loop answers too. */
  usedBytes(): Promise<number>;
}

export interface Listener {
  onSaid(said: Exclude<Said, { kind: "log" | "broken" }>): void;
  onLog(text: string): void;
  onEnd(why: Failure): void;
}

export function openThread(
  found: DeployedFunction,
  env: Record<string, string>,
  listener: Listener,
): Thread {
  const setup: Setup = {
    fileUrl: pathToFileURL(found.bundle.file).href,
    exportName: found.exportName,
    handler: handlerName(found),
  };
  const worker = new Worker(new URL("./runtime.ts", import.meta.url), {
    workerData: setup,
    env,
    execArgv: ["--disable-warning=ExperimentalWarning"],
    resourceLimits: { maxOldGenerationSizeMb: found.memoryMb },
    stdout: true,
    stderr: true,
    name: found.name,
  });
  worker.unref();

  let ended: Failure | undefined;
  const end = (why: Failure) => {
    if (ended) return;
    ended = why;
    listener.onEnd(why);
  };

  worker.on("message", (said: Said) => {
    if (said.kind === "log") listener.onLog(said.text);
    else if (said.kind === "broken") end(said.failure);
    else if (!ended) listener.onSaid(said);
  });
  worker.on("error", (error: Error & { code?: string }) => {
    const ranOut = error.code === "ERR_WORKER_OUT_OF_MEMORY";
    end(ranOut ? outOfMemory() : { errorType: error.name, errorMessage: error.message });
  });
  worker.on("exit", (code) => end(exited(code)));
  // What is written past the runtime. A stream nobody reads would hold the thread up.
  worker.stdout.on("data", (chunk: Buffer) => listener.onLog(String(chunk)));
  worker.stderr.on("data", (chunk: Buffer) => listener.onLog(String(chunk)));

  return {
    get ended() {
      return ended;
    },
    post: (call) => worker.postMessage(call),
    kill(why) {
      end(why);
      void worker.terminate();
    },
    async close() {
      await worker.terminate();
    },
    async usedBytes() {
      const heap = await worker.getHeapStatistics();
      return heap.used_heap_size + heap.external_memory;
    },
  };
}
