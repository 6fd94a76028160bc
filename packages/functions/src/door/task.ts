import type * as z from "zod";
import { type About, observed } from "./observe.ts";
import { read } from "./read.ts";

/**
 * The door of a step: what the state machine sends in, what it gets back. A Problem leaves by its
 * name, and the machine catches it by that name.
 *
 * @param about says which film the input is about
 */
export function task<Shape extends z.ZodType, Out>(
  shape: Shape,
  about: (input: z.output<Shape>) => About,
  run: (input: z.output<Shape>) => Promise<Out>,
) {
  return async (received: unknown): Promise<Out> => {
    const seen = shape.safeParse(received);
    return observed(seen.success ? about(seen.data) : {}, async () =>
      run(seen.success ? seen.data : read(shape, received)),
    );
  };
}
