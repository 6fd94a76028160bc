import { availableParallelism } from "node:os";
import type { Cloud } from "../kernel/cloud.ts";
import { type Outcome, tooMany } from "./failure.ts";
import type { DeployedFunction } from "./function.ts";
import { openSandbox, type Request, type Sandbox } from "./sandbox.ts";

/** The sandboxes of all functions. */
export interface Pool {
  /**
   * Runs one invocation in a warm sandbox or a new one.
   *
   * @throws Refusal `TooManyRequestsException` at the function's or the machine's concurrency
   */
  run(found: DeployedFunction, request: Request): Promise<Outcome>;
  /** Ends the idle sandboxes of a definition that has been replaced. */
  forget(found: DeployedFunction): void;
  /**
   * Ends every sandbox. An invocation that was running never settles, as if the machine had been
   * killed: whoever waits for it must not take the end of the machine for a failure of the function.
   */
  end(): Promise<void>;
}

interface Crew {
  idle: Array<{ sandbox: Sandbox; sinceMs: number }>;
  waiting: Array<{ resolve(sandbox: Sandbox): void; reject(error: unknown): void }>;
  running: number;
  starting: number;
}

export function openPool(
  cloud: Cloud,
  log: (functionName: string, text: string) => void,
  options: { idleMs?: number } = {},
): Pool {
  const idleMs = options.idleMs ?? IDLE_MS;
  const crews = new Map<DeployedFunction, Crew>();
  const living = new Set<Sandbox>();
  const queue: DeployedFunction[] = [];
  const starting = new Set<Promise<void>>();
  let running = 0;
  let isEnding = false;

  const crewOf = (found: DeployedFunction): Crew => {
    const known = crews.get(found);
    if (known) return known;
    const crew: Crew = { idle: [], waiting: [], running: 0, starting: 0 };
    crews.set(found, crew);
    return crew;
  };

  const retire = (sandbox: Sandbox) => {
    living.delete(sandbox);
    void sandbox.end();
  };

  const sweep = setInterval(() => {
    const before = Date.now() - idleMs;
    for (const crew of crews.values()) {
      for (const { sandbox } of crew.idle.filter((one) => one.sinceMs < before)) retire(sandbox);
      crew.idle = crew.idle.filter((one) => one.sinceMs >= before);
    }
  }, idleMs / 4);
  sweep.unref();

  // Many cold starts at once only slow each other down, and a warm sandbox may come free sooner.
  const startNext = () => {
    while (starting.size < STARTS_AT_ONCE && !isEnding) {
      const found = queue.shift();
      if (!found) return;
      const crew = crewOf(found);
      crew.starting += 1;
      if (crew.waiting.length < crew.starting) {
        crew.starting -= 1;
        continue;
      }
      const started = start(found, crew).finally(() => {
        starting.delete(started);
        startNext();
      });
      starting.add(started);
    }
  };

  const start = async (found: DeployedFunction, crew: Crew) => {
    try {
      const sandbox = await openSandbox(cloud, found, (text) => log(found.name, text));
      living.add(sandbox);
      crew.starting -= 1;
      give(crew, sandbox);
    } catch (error) {
      crew.starting -= 1;
      crew.waiting.shift()?.reject(error);
    }
  };

  const give = (crew: Crew, sandbox: Sandbox) => {
    if (isEnding) return retire(sandbox);
    const next = crew.waiting.shift();
    if (next) return next.resolve(sandbox);
    if (!sandbox.isAlive) return retire(sandbox);
    crew.idle.push({ sandbox, sinceMs: Date.now() });
    return undefined;
  };

  const take = (found: DeployedFunction, crew: Crew): Promise<Sandbox> => {
    for (let one = crew.idle.pop(); one; one = crew.idle.pop()) {
      if (one.sandbox.isAlive) return Promise.resolve(one.sandbox);
      retire(one.sandbox);
    }
    return new Promise((resolve, reject) => {
      crew.waiting.push({ resolve, reject });
      queue.push(found);
      startNext();
    });
  };

  return {
    async run(found, request) {
      const crew = crewOf(found);
      if (crew.running >= (found.reservedConcurrency ?? Number.POSITIVE_INFINITY)) {
        throw tooMany("ReservedFunctionConcurrentInvocationLimitExceeded");
      }
      if (running >= MOST_RUNNING) throw tooMany("ConcurrentInvocationLimitExceeded");
      crew.running += 1;
      running += 1;
      try {
        const sandbox = await take(found, crew);
        try {
          const outcome = await sandbox.invoke(request);
          return isEnding ? await new Promise<never>(() => undefined) : outcome;
        } finally {
          if (sandbox.isAlive) give(crew, sandbox);
          else retire(sandbox);
        }
      } finally {
        crew.running -= 1;
        running -= 1;
      }
    },
    forget(found) {
      const crew = crewOf(found);
      for (const { sandbox } of crew.idle) retire(sandbox);
      crew.idle = [];
    },
    async end() {
      isEnding = true;
      clearInterval(sweep);
      const all = [...living];
      living.clear();
      for (const crew of crews.values()) crew.idle = [];
      await Promise.all([...all.map((sandbox) => sandbox.end()), ...starting]);
    },
  };
}

const IDLE_MS = 5 * 60_000;

/** An account's concurrency, for one laptop. */
const MOST_RUNNING = 64;

const STARTS_AT_ONCE = Math.max(2, availableParallelism());
