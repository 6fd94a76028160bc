import { observed } from "./observe.ts";

/** The door of the clock: nothing comes in, and nobody waits for what goes out. */
export function schedule<Out>(run: () => Promise<Out>) {
  return async (): Promise<Out> => observed({}, run);
}
