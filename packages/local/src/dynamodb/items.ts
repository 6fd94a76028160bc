import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import type { Action } from "./dynalite.ts";
import type { Engine } from "./engine.ts";

/**
 * A write of one item. Dynalite does not know ReturnValuesOnConditionCheckFailure: nothing else runs
 * between the failed condition and the read, so what is read is what failed it.
 *
 * @throws Refusal `ConditionalCheckFailedException`, with `Item` when it was asked for
 */
export function write(engine: Engine, action: Action) {
  return (input: Input): object => {
    const data = engine.check(action, input);
    const wanted = readReturn(input);
    try {
      return engine.perform<object>(action, data);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "ConditionalCheckFailedException") {
        throw error;
      }
      const Item = wanted ? currentItem(engine, data.TableName, data.Key ?? data.Item) : undefined;
      if (!Item) throw error;
      throw new Refusal(error.code, error.message, { about: { Item }, cause: error });
    }
  };
}

/** Whether the item is wanted when a condition fails. */
export function readReturn(input: Input): boolean {
  const wanted = input.ReturnValuesOnConditionCheckFailure ?? "NONE";
  if (wanted === "ALL_OLD" || wanted === "NONE") return wanted === "ALL_OLD";
  throw new Refusal(
    "ValidationException",
    `1 validation error detected: Value '${wanted}' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]`,
  );
}

/** @param given a key, or an item with a key in it */
export function currentItem(engine: Engine, TableName: string, given: Input): object | undefined {
  const keys = engine.shelf.table(TableName)?.KeySchema ?? [];
  const Key = Object.fromEntries(keys.map(({ AttributeName: name }) => [name, given[name]]));
  return engine.run<{ Item?: object }>("GetItem", { TableName, Key }).Item;
}
