import db from "dynalite/db/index.js";
import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import type { IndexDescription, Item, TableDescription } from "./dynalite.ts";
import type { Engine } from "./engine.ts";

/**
 * Creates or deletes a global index of a table that has items already. On AWS that takes its time;
 * here the index is whole when the call is answered.
 *
 * @returns the table as it is afterwards, not yet kept
 */
export function changeIndexes(engine: Engine, table: TableDescription, input: Input) {
  const updates: Input[] = input.GlobalSecondaryIndexUpdates ?? [];
  const changes = updates.filter((update) => update.Create || update.Delete);
  if (changes.length > 1) {
    throw new Refusal(
      "LimitExceededException",
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    );
  }
  let next = { ...table, ...definitionsOf(table, input) };
  for (const update of updates) {
    if (update.Create) next = create(engine, next, update.Create);
    else if (update.Delete) next = remove(engine, next, update.Delete.IndexName);
    else next = provision(next, update.Update);
  }
  const { GlobalSecondaryIndexes: indexes, ...rest } = next;
  return indexes?.length ? next : rest;
}

function create(engine: Engine, table: TableDescription, wanted: Input): TableDescription {
  const { IndexName, KeySchema, Projection } = wanted;
  const others = table.GlobalSecondaryIndexes ?? [];
  if (
    [...others, ...(table.LocalSecondaryIndexes ?? [])].some((one) => one.IndexName === IndexName)
  ) {
    throw invalid(`One or more parameter values were invalid: Duplicate index name: ${IndexName}`);
  }
  // The rules for an index of a new table are the rules for one that comes later.
  engine.check("CreateTable", {
    TableName: table.TableName,
    AttributeDefinitions: table.AttributeDefinitions,
    KeySchema: table.KeySchema,
    BillingMode: "PAY_PER_REQUEST",
    GlobalSecondaryIndexes: [...others.map(bare), { IndexName, KeySchema, Projection }],
  });
  const index: IndexDescription = {
    IndexName,
    KeySchema,
    Projection,
    IndexArn: `${table.TableArn}/index/${IndexName}`,
    IndexSizeBytes: 0,
    ItemCount: 0,
    IndexStatus: "ACTIVE",
    ProvisionedThroughput: {
      NumberOfDecreasesToday: 0,
      ReadCapacityUnits: wanted.ProvisionedThroughput?.ReadCapacityUnits ?? 0,
      WriteCapacityUnits: wanted.ProvisionedThroughput?.WriteCapacityUnits ?? 0,
    },
  };
  // An item whose attribute is of another type is left out, as on AWS.
  const typeOf = new Map(
    table.AttributeDefinitions.map((one) => [one.AttributeName, one.AttributeType]),
  );
  const alone = { ...table, GlobalSecondaryIndexes: [index] };
  delete (alone as Partial<TableDescription>).LocalSecondaryIndexes;
  for (const item of [...engine.shelf.items(table.TableName)] as Item[]) {
    const fits = index.KeySchema.every(
      ({ AttributeName: name }) => item[name]?.[typeOf.get(name) ?? ""] !== undefined,
    );
    if (fits) db.updateIndexes(engine.shelf.view, alone, undefined, item, () => undefined);
  }
  return { ...table, GlobalSecondaryIndexes: [...others, index] };
}

function remove(engine: Engine, table: TableDescription, name: string): TableDescription {
  const indexes = table.GlobalSecondaryIndexes ?? [];
  if (!indexes.some((index) => index.IndexName === name)) {
    throw new Refusal(
      "ResourceNotFoundException",
      `Requested resource not found: Index: ${name} not found`,
    );
  }
  engine.shelf.dropIndex(table.TableName, name);
  return {
    ...table,
    GlobalSecondaryIndexes: indexes.filter((index) => index.IndexName !== name),
  };
}

function provision(table: TableDescription, wanted: Input): TableDescription {
  const found = table.GlobalSecondaryIndexes?.find((one) => one.IndexName === wanted?.IndexName);
  if (!found || !wanted.ProvisionedThroughput) {
    throw invalid(
      "One or more parameter values were invalid: One of GlobalSecondaryIndexUpdate operations must name an index and what to change",
    );
  }
  return {
    ...table,
    GlobalSecondaryIndexes: (table.GlobalSecondaryIndexes ?? []).map((index) =>
      index === found
        ? {
            ...index,
            ProvisionedThroughput: { NumberOfDecreasesToday: 0, ...wanted.ProvisionedThroughput },
          }
        : index,
    ),
  };
}

function definitionsOf(table: TableDescription, input: Input): Partial<TableDescription> {
  const given: TableDescription["AttributeDefinitions"] = input.AttributeDefinitions ?? [];
  const known = new Map(table.AttributeDefinitions.map((one) => [one.AttributeName, one]));
  for (const one of given) known.set(one.AttributeName, one);
  return { AttributeDefinitions: [...known.values()] };
}

function bare({ IndexName, KeySchema, Projection }: IndexDescription): object {
  return { IndexName, KeySchema, Projection };
}

function invalid(message: string): Refusal {
  return new Refusal("ValidationException", message);
}
