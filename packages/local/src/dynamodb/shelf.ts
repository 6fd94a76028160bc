import { Stream } from "node:stream";
import type { Store } from "../kernel/store.ts";
import type { DynaliteError, Item, TableDescription } from "./dynalite.ts";
import { sizeOf } from "./size.ts";

/**
 * What dynalite keeps its rows in, over the one store. Every call answers before it returns, so a
 * whole action runs inside a transaction: an item and its index entries change together.
 */
export interface Shelf {
  /** The view that dynalite's actions are given. */
  readonly view: object;
  table(name: string): TableDescription | undefined;
  tables(): TableDescription[];
  keepTable(table: TableDescription): void;
  dropTable(name: string): void;
  /** All items of a table, in the order of their keys. */
  items(table: string): Iterable<unknown>;
  dropIndex(table: string, index: string): void;
  /** Gives the rows of streams that were opened since the last call. */
  pump(): void;
}

type Done = (error: unknown, value?: unknown) => void;

interface Range {
  gte?: string;
  gt?: string;
  lte?: string;
  lt?: string;
  reverse?: boolean;
  limit?: number;
}

export function openShelf(store: Store, owner: { accountId: string; region: string }): Shelf {
  store.schema(`
    CREATE TABLE IF NOT EXISTS dynamodb_tables (name TEXT PRIMARY KEY, description TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS dynamodb_rows (
      space TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
      PRIMARY KEY (space, key)) WITHOUT ROWID;
  `);
  let opened: Array<() => void> = [];

  const table = (name: string) => {
    const row = store.get<{ description: string }>(
      "SELECT description FROM dynamodb_tables WHERE name = ?",
      name,
    );
    return row && (JSON.parse(row.description) as TableDescription);
  };

  const keepTable = (description: TableDescription) => {
    store.run(
      "INSERT OR REPLACE INTO dynamodb_tables (name, description) VALUES (?, ?)",
      description.TableName,
      JSON.stringify(description),
    );
  };

  const space = (name: string) => ({
    // Nothing else runs while an action does.
    lock: (_key: string, work: (release: (done: Done) => Done) => void) => work((done) => done),
    get(key: string, done: Done) {
      const row = store.get<{ value: string }>(
        "SELECT value FROM dynamodb_rows WHERE space = ? AND key = ?",
        name,
        key,
      );
      done(null, row && JSON.parse(row.value));
    },
    put(key: string, value: Item, done: Done) {
      const text = JSON.stringify(value);
      // A character is three bytes at most, so a shorter text need not be weighed.
      if (text.length * 3 > MOST_ITEM_BYTES && sizeOf(value) > MOST_ITEM_BYTES) {
        return done(failure("com.amazon.coral.validate#ValidationException", TOO_LARGE));
      }
      store.run(
        "INSERT OR REPLACE INTO dynamodb_rows (space, key, value) VALUES (?, ?, ?)",
        name,
        key,
        text,
      );
      return done(null);
    },
    del(key: string, done: Done) {
      store.run("DELETE FROM dynamodb_rows WHERE space = ? AND key = ?", name, key);
      done(null);
    },
    createValueStream: (range: Range) => stream(rowsOf(store, name, range)),
  });

  /** A stream as `lazy` reads one, whose rows come when they are pumped. */
  const stream = (rows: Iterable<unknown>) => {
    let isWanted = true;
    const source = Object.assign(new Stream(), {
      destroy: () => {
        isWanted = false;
      },
    });
    opened.push(() => {
      for (const row of rows) {
        if (!isWanted) return;
        source.emit("data", row);
      }
      source.emit("end");
    });
    return source;
  };

  const tableDb = {
    awsAccountId: owner.accountId,
    awsRegion: owner.region,
    lock: (_key: string, work: (release: (done: Done) => Done) => void) => work((done) => done),
    get: (name: string, done: Done) => done(null, table(name)),
    // Dynalite writes the description again later, from a timer; ours is whole at once.
    put: (_name: string, _description: unknown, done: Done) => done(null),
    createKeyStream: () => stream(namesOf(store)),
  };

  return {
    view: {
      options: { maxItemSize: MOST_ITEM_BYTES, createTableMs: 0 },
      tableDb,
      getTable(name: string, checkStatus: boolean | Done, done?: Done) {
        const answer = typeof checkStatus === "function" ? checkStatus : (done as Done);
        const found = table(name);
        return found ? answer(null, found) : answer(notFound(name, checkStatus === false));
      },
      getItemDb: (name: string) => space(itemSpace(name)),
      getIndexDb: (_kind: string, name: string, index: string) => space(indexSpace(name, index)),
    },
    table,
    tables: () => [...namesOf(store)].flatMap((name) => table(name) ?? []),
    keepTable,
    dropTable(name) {
      store.run(
        "DELETE FROM dynamodb_rows WHERE space = ? OR (space > ? AND space < ?)",
        itemSpace(name),
        indexSpace(name, ""),
        `${indexSpace(name, "")}~`,
      );
      store.run("DELETE FROM dynamodb_tables WHERE name = ?", name);
    },
    items: (name) => rowsOf(store, itemSpace(name), {}),
    dropIndex: (name, index) =>
      void store.run("DELETE FROM dynamodb_rows WHERE space = ?", indexSpace(name, index)),
    pump() {
      const due = opened;
      opened = [];
      for (const next of due) next();
    },
  };
}

/** Where a table's items lie; table names have no `~`. */
export function itemSpace(table: string): string {
  return `item~${table}`;
}

function indexSpace(table: string, index: string): string {
  return `index~${table}~${index}`;
}

function* namesOf(store: Store): Iterable<string> {
  yield* store
    .all<{ name: string }>("SELECT name FROM dynamodb_tables ORDER BY name")
    .map((row) => row.name);
}

function* rowsOf(store: Store, space: string, range: Range): Iterable<unknown> {
  const [direction, beyond] = range.reverse ? ["DESC", "<"] : ["ASC", ">"];
  let left = range.limit === undefined || range.limit < 0 ? Number.POSITIVE_INFINITY : range.limit;
  let from: string | undefined;
  const bounds = [
    [">=", range.gte],
    [">", range.gt],
    ["<=", range.lte],
    ["<", range.lt],
  ] as const;
  while (left > 0) {
    const set = [...bounds, [beyond, from] as const].filter(([, bound]) => bound !== undefined);
    const page = store.all<{ key: string; value: string }>(
      `SELECT key, value FROM dynamodb_rows WHERE space = ?
       ${set.map(([sign]) => `AND key ${sign} ?`).join(" ")} ORDER BY key ${direction} LIMIT ?`,
      space,
      ...set.map(([, bound]) => bound as string),
      Math.min(left, PAGE),
    );
    for (const row of page) yield JSON.parse(row.value);
    if (page.length < PAGE) return;
    left -= page.length;
    from = page.at(-1)?.key;
  }
}

function notFound(name: string, isDescribed: boolean): Error {
  const message = `Requested resource not found${isDescribed ? `: Table: ${name} not found` : ""}`;
  return failure("com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", message);
}

function failure(__type: string, message: string): DynaliteError {
  const name = __type.includes("NotFound") ? "NotFoundError" : "ValidationError";
  return Object.assign(new Error(message), { name, statusCode: 400, body: { __type, message } });
}

const TOO_LARGE = "Item size has exceeded the maximum allowed size";

/** Source: Amazon DynamoDB developer guide, quotas. */
const MOST_ITEM_BYTES = 400 * 1024;

const PAGE = 200;
