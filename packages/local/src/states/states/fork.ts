import type { Json } from "../json.ts";
import type { Query, Scene } from "../query/query.ts";
import type { Kind } from "./kind.ts";

/** All branches at once, each with the same input. */
export const parallel: Kind = {
  retries: true,
  interruptible: true,
  async begin({ query, scene }) {
    const input = await query.arguments(scene);
    const items = (scene.state.Branches ?? []).map(() => input);
    return { to: "fork", items, concurrency: items.length };
  },
};

/** The same flow for each item, as many at once as `MaxConcurrency` allows; 0 is no limit. */
export const map: Kind = {
  retries: true,
  interruptible: true,
  async begin({ query, scene, context }) {
    const values = await query.items(scene);
    const most = await limit(query, scene, "MaxConcurrency", Infinity);
    // They matter to a distributed map alone, and must still be sound.
    await limit(query, scene, "ToleratedFailureCount", Infinity);
    await limit(query, scene, "ToleratedFailurePercentage", 100);
    const items: Json[] = [];
    for (const [index, value] of values.entries()) {
      items.push(
        await query.item({ ...scene, context: context({ item: { index, value } }) }, value),
      );
    }
    return { to: "fork", items, concurrency: most || items.length };
  },
};

async function limit(query: Query, scene: Scene, field: string, most: number) {
  const value = await query.number(scene, field);
  if (value === undefined) return undefined;
  if (value < 0 || value > most) {
    const bounds = most === Infinity ? "0 or more" : `between 0 and ${most}`;
    throw query.wrong(`${field} must be ${bounds}.`, field);
  }
  return Math.trunc(value);
}
