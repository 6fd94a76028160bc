import { Problem } from "@rushes/core/problem";
import * as z from "zod";

/**
 * Reads what came in, in the shape that is expected.
 *
 * @throws Problem `EventUnreadable` naming the fields, never their values
 */
export function read<Shape extends z.ZodType>(shape: Shape, received: unknown): z.output<Shape> {
  const seen = shape.safeParse(received);
  if (seen.success) return seen.data;
  throw new Problem("EventUnreadable", { message: z.prettifyError(seen.error).slice(0, 1000) });
}
