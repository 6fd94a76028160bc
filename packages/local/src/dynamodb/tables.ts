import { randomUUID } from "node:crypto";
import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import type { TableDescription } from "./dynalite.ts";
import { type Engine, tableName } from "./engine.ts";
import { changeIndexes } from "./indexes.ts";

/** The operations on tables themselves. A table is ready as soon as it is answered. */
export function openTables(cloud: Cloud, engine: Engine) {
  const { shelf } = engine;
  const { store } = cloud;
  store.schema(
    `CREATE TABLE IF NOT EXISTS dynamodb_tags (
      table_name TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (table_name, key))`,
  );

  const require = (given: unknown): TableDescription => {
    const name = String(tableName(given));
    const found = shelf.table(name);
    if (found) return found;
    throw new Refusal(
      "ResourceNotFoundException",
      `Requested resource not found: Table: ${name} not found`,
    );
  };

  const tag = (name: string, tags: Array<{ Key: string; Value: string }>) => {
    for (const { Key, Value } of tags) {
      store.run(
        "INSERT OR REPLACE INTO dynamodb_tags (table_name, key, value) VALUES (?, ?, ?)",
        name,
        Key,
        Value,
      );
    }
  };

  return {
    require,

    create(input: Input): object {
      refuseUnknown("CreateTable", input, CREATE);
      refuseStream("CreateTable", input);
      const data = engine.check("CreateTable", input);
      if (shelf.table(data.TableName)) {
        throw new Refusal("ResourceInUseException", `Table already exists: ${data.TableName}`);
      }
      const { TableDescription: made } = engine.perform<{ TableDescription: TableDescription }>(
        "CreateTable",
        data,
      );
      const { TableThroughputModeSummary: _notAws, ...described } = made;
      const table: TableDescription = {
        ...structuredClone(described),
        TableId: randomUUID(),
        CreationDateTime: cloud.now() / 1000,
        DeletionProtectionEnabled: input.DeletionProtectionEnabled === true,
      };
      const ready = (status: string): TableDescription => ({
        ...table,
        TableStatus: status,
        ...(table.GlobalSecondaryIndexes
          ? {
              GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map((index) => ({
                ...index,
                IndexStatus: status,
              })),
            }
          : {}),
      });
      store.transaction(() => {
        shelf.keepTable(ready("ACTIVE"));
        tag(data.TableName, input.Tags ?? []);
      });
      return { TableDescription: ready("CREATING") };
    },

    describe: (input: Input): object => ({ Table: require(input.TableName) }),

    list: (input: Input): object => {
      const limit = input.Limit ?? 100;
      engine.check("ListTables", input);
      const all = shelf.tables().map((table) => table.TableName);
      const names = all.filter((name) => name > (input.ExclusiveStartTableName ?? ""));
      const page = names.slice(0, limit);
      return {
        TableNames: page,
        ...(names.length > limit ? { LastEvaluatedTableName: page.at(-1) } : {}),
      };
    },

    remove(input: Input): object {
      const table = require(input.TableName);
      if (table.DeletionProtectionEnabled) {
        throw new Refusal(
          "ValidationException",
          "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
        );
      }
      const name = table.TableName;
      store.transaction(() => {
        shelf.dropTable(name);
        store.run("DELETE FROM dynamodb_tags WHERE table_name = ?", name);
        store.run("DELETE FROM dynamodb_settings WHERE table_name = ?", name);
      });
      const { GlobalSecondaryIndexes: _gone, ...rest } = table;
      return { TableDescription: { ...rest, TableStatus: "DELETING" } };
    },

    update(input: Input): object {
      refuseUnknown("UpdateTable", input, UPDATE);
      refuseStream("UpdateTable", input);
      return store.transaction(() => {
        const table = require(input.TableName);
        const next: TableDescription = {
          ...table,
          ...(input.DeletionProtectionEnabled === undefined
            ? {}
            : { DeletionProtectionEnabled: input.DeletionProtectionEnabled === true }),
          ...billingOf(table, input, cloud.now()),
        };
        const changed = changeIndexes(engine, next, input);
        shelf.keepTable(changed);
        return { TableDescription: { ...changed, TableStatus: "UPDATING" } };
      });
    },

    tag(input: Input): object {
      const { TableName } = require(input.ResourceArn);
      store.transaction(() => tag(TableName, input.Tags ?? []));
      return {};
    },

    untag(input: Input): object {
      const { TableName } = require(input.ResourceArn);
      store.transaction(() => {
        for (const key of input.TagKeys ?? []) {
          store.run("DELETE FROM dynamodb_tags WHERE table_name = ? AND key = ?", TableName, key);
        }
      });
      return {};
    },

    tags(input: Input): object {
      const { TableName } = require(input.ResourceArn);
      const Tags = store.all<{ Key: string; Value: string }>(
        "SELECT key AS Key, value AS Value FROM dynamodb_tags WHERE table_name = ? ORDER BY key",
        TableName,
      );
      return { Tags };
    },
  };
}

export type Tables = ReturnType<typeof openTables>;

function billingOf(table: TableDescription, input: Input, nowMs: number): object {
  const before = (table.BillingModeSummary as { BillingMode?: string } | undefined)?.BillingMode;
  const mode = input.BillingMode ?? before ?? "PROVISIONED";
  if (mode === "PAY_PER_REQUEST") {
    if (input.ProvisionedThroughput) {
      throw invalid(
        "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
      );
    }
    if (before === mode) return {};
    return {
      BillingModeSummary: {
        BillingMode: mode,
        LastUpdateToPayPerRequestDateTime: nowMs / 1000,
      },
      ProvisionedThroughput: {
        NumberOfDecreasesToday: 0,
        ReadCapacityUnits: 0,
        WriteCapacityUnits: 0,
      },
    };
  }
  if (mode !== "PROVISIONED") throw invalid(`Unknown BillingMode: ${mode}`);
  const wanted = input.ProvisionedThroughput;
  if (!wanted && before !== "PAY_PER_REQUEST") return {};
  if (!(wanted?.ReadCapacityUnits >= 1 && wanted?.WriteCapacityUnits >= 1)) {
    throw invalid(
      "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    );
  }
  return {
    ...(before ? { BillingModeSummary: { BillingMode: mode } } : {}),
    ProvisionedThroughput: {
      NumberOfDecreasesToday: 0,
      ReadCapacityUnits: wanted.ReadCapacityUnits,
      WriteCapacityUnits: wanted.WriteCapacityUnits,
    },
  };
}

function refuseUnknown(action: string, input: Input, known: Set<string>): void {
  for (const member of Object.keys(input)) {
    if (!known.has(member) && input[member] !== undefined) {
      throw new NotPretended({ service: "dynamodb", action: `${action}.${member}` });
    }
  }
}

function refuseStream(action: string, input: Input): void {
  if (input.StreamSpecification?.StreamEnabled) {
    throw new NotPretended({ service: "dynamodb", action: `${action}.StreamSpecification` });
  }
}

function invalid(message: string): Refusal {
  return new Refusal("ValidationException", message);
}

const CREATE = new Set([
  "AttributeDefinitions",
  "BillingMode",
  "DeletionProtectionEnabled",
  "GlobalSecondaryIndexes",
  "KeySchema",
  "LocalSecondaryIndexes",
  "ProvisionedThroughput",
  "StreamSpecification",
  "TableName",
  "Tags",
]);

const UPDATE = new Set([
  "AttributeDefinitions",
  "BillingMode",
  "DeletionProtectionEnabled",
  "GlobalSecondaryIndexUpdates",
  "ProvisionedThroughput",
  "StreamSpecification",
  "TableName",
]);
