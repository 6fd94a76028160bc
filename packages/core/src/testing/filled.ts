import jsonata from "jsonata";

/** Evaluates every expression in a value, as Step Functions does. */
export async function filled(
  value: unknown,
  states: object,
  variables: object = {},
): Promise<unknown> {
  if (typeof value === "string" && value.startsWith("{%")) {
    const expression = jsonata(value.slice(2, -2));
    expression.registerFunction("hash", async (text: string) => {
      const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
      return Buffer.from(bytes).toString("hex");
    });
    expression.registerFunction("parse", (text: string) => JSON.parse(text) as unknown);
    const found: unknown = await expression.evaluate({}, { states, ...variables });
    if (found === undefined) throw new Error(`Undefined: ${value}`);
    return found;
  }
  if (Array.isArray(value))
    return Promise.all(value.map((each) => filled(each, states, variables)));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(
    async ([name, each]) => [name, await filled(each, states, variables)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
