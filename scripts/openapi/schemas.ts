import { isDeepStrictEqual } from "node:util";
import * as z from "zod";

export type Json = { [name: string]: unknown };

/** Collects the shapes that have a name of their own, and refers to them by it. */
export class Schemas {
  readonly named = new Map<string, Json>();

  /**
   * A shape as JSON Schema.
   *
   * @param io `input`: what a caller sends; `output`: what it gets
   * @throws Error when a name would mean two shapes
   */
  of(shape: z.ZodType, io: "input" | "output"): Json {
    const whole = z.toJSONSchema(z.object({ it: shape }), { io, override: open });
    const { $defs = {}, properties = {} } = whole as { $defs?: Json; properties?: Json };
    for (const [name, schema] of Object.entries($defs)) this.keep(name, tidy(schema) as Json);
    return tidy(properties.it) as Json;
  }

  private keep(name: string, schema: Json): void {
    const known = this.named.get(name);
    if (known && !isDeepStrictEqual(known, schema)) {
      throw new Error(`${name} means two shapes: one is sent, another is answered`);
    }
    this.named.set(name, schema);
  }
}

/** Answers may grow, so only what refuses other fields says that there are none. */
function open({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: Json }): void {
  const { def } = zodSchema._zod;
  if (def.type === "object" && !def.catchall) delete jsonSchema.additionalProperties;
}

/** Without what zod says and nobody needs. */
function tidy(said: unknown): unknown {
  if (Array.isArray(said)) return said.map((one) => tidy(one));
  if (typeof said !== "object" || said === null) return said;
  const kept = Object.entries(said).flatMap(([name, value]): [string, unknown][] => {
    if (name === "id" && typeof value === "string") return [];
    if (name === "examples" || name === "enum") return [[name, value]];
    if (name === "$ref") return [[name, String(value).replace("#/$defs/", COMPONENTS)]];
    if (name === "maximum" && value === Number.MAX_SAFE_INTEGER) return [];
    if (name === "minimum" && value === Number.MIN_SAFE_INTEGER) return [];
    if (name === "pattern" && "format" in said && said.format === "date-time") return [];
    return [[name, tidy(value)]];
  });
  return Object.fromEntries(kept);
}

const COMPONENTS = "#/components/schemas/";
