import type * as z from "zod";
import { type About, observed } from "./observe.ts";
import { read } from "./read.ts";

/**
 * The door of a step: what the state machine sends in, what it gets back. A Problem leaves by its
 * name, and the machine catches it by that name.
 */
export function task<Shape extends z.ZodType, Out>(
  shape: Shape,
  run: (input: z.output<Shape>) => Promise<Out>,
) {
  return async (received: unknown): Promise<Out> =>
    observed(aboutOf(received), async () => run(read(shape, received)));
}

/** Finds the film in whatever came in, so that even an unreadable call can be found in the log. */
function aboutOf(received: unknown): About {
  const { videoId, attempt, input } = (received ?? {}) as Record<string, unknown>;
  const inner = (input ?? {}) as Record<string, unknown>;
  const id = videoId ?? inner.videoId;
  return {
    videoId: typeof id === "string" ? id : undefined,
    attempt: typeof attempt === "number" ? attempt : undefined,
  };
}
