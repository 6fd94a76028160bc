import { AsyncLocalStorage } from "node:async_hooks";

/** Milliseconds since 1970, or wherever a test has put the hand. */
export function now(): number {
  return held.getStore() ?? Date.now();
}

/** Runs `run` while time stands at `ms`. */
export function at<T>(ms: number, run: () => T): T {
  return held.run(ms, run);
}

const held = new AsyncLocalStorage<number>();
