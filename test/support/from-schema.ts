import * as fc from "fast-check";

/** JSON Schema as our description uses it, and the document that its references lead into. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  examples?: unknown[];
}

export type Follow = (ref: string) => Schema;

/** Values that a schema allows: its examples, what lies at its limits, and what lies between. */
export function good(schema: Schema, follow: Follow): fc.Arbitrary<unknown> {
  const made = between(schema, follow);
  const { examples } = schema;
  return examples?.length ? fc.oneof(made, fc.constantFrom(...examples)) : made;
}

function between(schema: Schema, follow: Follow): fc.Arbitrary<unknown> {
  if (schema.$ref) return good(follow(schema.$ref), follow);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => good(one, follow)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ("const" in schema) return fc.constant(schema.const);
  const kinds = [schema.type ?? "any"].flat();
  return fc.oneof(...kinds.map((kind) => ofKind(kind, schema, follow)));
}

function ofKind(kind: string, schema: Schema, follow: Follow): fc.Arbitrary<unknown> {
  switch (kind) {
    case "string":
      return texts(schema);
    case "integer":
      return fc.integer({
        min: schema.minimum ?? 0,
        max: Math.min(schema.maximum ?? 2 ** 40, 2 ** 40),
      });
    case "number":
      return fc.double({
        min: schema.minimum ?? schema.exclusiveMinimum ?? 0,
        minExcluded: schema.exclusiveMinimum !== undefined,
        max: schema.maximum ?? 1e6,
        noNaN: true,
      });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(good(schema.items ?? {}, follow), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 5, 5),
      });
    case "object":
      return objects(schema, follow);
    default:
      return fc.jsonValue();
  }
}

function texts({ pattern, format, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<string> {
  if (pattern) return fc.stringMatching(new RegExp(pattern));
  if (format === "date-time")
    return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const plain = fc.string({ minLength, maxLength: Math.min(maxLength, 40), unit: "grapheme" });
  return fc
    .oneof(plain, fc.constantFrom("x".repeat(Math.max(1, minLength)), "é".repeat(maxLength)))
    .filter((text) => text.length >= minLength && text.length <= maxLength);
}

function objects({ properties = {}, required = [] }: Schema, follow: Follow) {
  const fields = Object.entries(properties).map(
    ([name, one]) => [name, good(one, follow)] as const,
  );
  return fc.record(Object.fromEntries(fields), { requiredKeys: required, noNullPrototype: true });
}

/** What nobody should send: a good value with something wrong at some place of it, or no such value. */
export function bad(schema: Schema, follow: Follow): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.tuple(good(schema, follow), fc.nat(), junk).map(spoilt) },
    { weight: 1, arbitrary: junk },
  );
}

/** Everything that JSON can say and that has surprised somebody. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    "",
    " ",
    "\u0000",
    "\ud800",
    "\u202e",
    "../..",
    "' OR 1=1 --",
    "${jndi:ldap://x}",
    -1,
    0,
    0.1,
    1e308,
    -0,
    2 ** 53,
    "x".repeat(10_000),
    "💥".repeat(300),
    [],
    {},
    [[[[[[[[]]]]]]]],
    Array(2000).fill(0),
    JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{}}}'),
  ),
  fc.string({ unit: "binary" }),
);

/** Changes one place: a field is something else, is gone, or has company that nobody knows. */
function spoilt([value, where, wrong]: [unknown, number, unknown]): unknown {
  if (typeof value !== "object" || value === null) return wrong;
  const entries = Object.entries(value);
  const at = where % (entries.length + 1);
  const [name, old] = entries[at] ?? ["nobodyKnowsThis", undefined];
  const next =
    where % 3 === 0 ? undefined : where % 3 === 1 ? spoilt([old, where >> 2, wrong]) : wrong;
  if (Array.isArray(value)) return value.toSpliced(at, 1, next ?? null);
  return { ...value, [name]: next };
}
