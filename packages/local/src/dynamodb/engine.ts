import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import { type Action, actions, type Checked, check, refusalOf } from "./dynalite.ts";
import { openShelf, type Shelf } from "./shelf.ts";

/** Dynalite's actions on the one store. */
export interface Engine {
  readonly shelf: Shelf;
  /** Reads an input without changing it. */
  check(action: Action, input: Input): Checked;
  /** Runs an action that has been read: all of it or nothing. */
  perform<Output = Input>(action: Action, data: Checked): Output;
  /** Reads and runs. */
  run<Output = Input>(action: Action, input: Input): Output;
}

export function openEngine(cloud: Cloud): Engine {
  const shelf = openShelf(cloud.store, cloud);

  const engine: Engine = {
    shelf,
    check(action, input) {
      const data = check(action, wired(input) as object, shelf.view);
      if (data._updates) removeLast(data._updates);
      return data;
    },
    perform<Output>(action: Action, data: Checked) {
      return cloud.store.transaction(() => {
        let said: { error: unknown; output?: unknown } | undefined;
        actions[action].act(shelf.view, data, (error, output) => {
          said ??= { error, output };
        });
        shelf.pump();
        // The one thing dynalite does later: items fetched for an index that has only parts of them.
        if (!said) {
          throw new NotPretended({
            service: "dynamodb",
            action: `${action} of ALL_ATTRIBUTES over a local index that projects fewer`,
          });
        }
        if (said.error) throw refusalOf(said.error);
        // As it would come over the wire: plain objects, nothing undefined, nothing shared.
        return JSON.parse(JSON.stringify(said.output ?? {})) as Output;
      });
    },
    run: (action, input) => engine.perform(action, engine.check(action, input)),
  };
  return engine;
}

/** A copy as it would come over the wire: bytes in base64, and tables by name instead of ARN. */
export function wired(value: unknown, member?: string): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map((one) => wired(one));
  if (value instanceof Date) return value.getTime() / 1000;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    return Object.fromEntries(entries.map(([name, one]) => [name, wired(one, name)]));
  }
  return member === "TableName" ? tableName(value) : value;
}

/** `arn:aws:dynamodb:...:table/NAME` and `NAME` are the same table. */
export function tableName(given: unknown): unknown {
  if (typeof given !== "string") return given;
  return /^arn:aws[\w-]*:dynamodb:[\w-]*:\d*:table\/([^/]+)$/.exec(given)?.[1] ?? given;
}

/**
 * DynamoDB removes by the positions a list had before the update; dynalite one after another, in
 * the order they are written. The deepest and last first, after everything else: both are the same.
 */
function removeLast(updates: NonNullable<Checked["_updates"]>): void {
  const position = (path: Array<string | number>) => {
    const last = path.at(-1);
    return typeof last === "number" ? last : -1;
  };
  const removed = updates.sections
    .filter((section) => section.type === "remove")
    .sort(
      ({ path: one }, { path: other }) =>
        other.length - one.length || position(other) - position(one),
    );
  const rest = updates.sections.filter((section) => section.type !== "remove");
  updates.sections.splice(0, updates.sections.length, ...rest, ...removed);
}
