import batchGetItem from "dynalite/actions/batchGetItem.js";
import batchWriteItem from "dynalite/actions/batchWriteItem.js";
import createTable from "dynalite/actions/createTable.js";
import deleteItem from "dynalite/actions/deleteItem.js";
import getItem from "dynalite/actions/getItem.js";
import listTables from "dynalite/actions/listTables.js";
import putItem from "dynalite/actions/putItem.js";
import query from "dynalite/actions/query.js";
import scan from "dynalite/actions/scan.js";
import updateItem from "dynalite/actions/updateItem.js";
import batchGetItemRules from "dynalite/validations/batchGetItem.js";
import batchWriteItemRules from "dynalite/validations/batchWriteItem.js";
import createTableRules from "dynalite/validations/createTable.js";
import deleteItemRules from "dynalite/validations/deleteItem.js";
import getItemRules from "dynalite/validations/getItem.js";
import validations from "dynalite/validations/index.js";
import listTablesRules from "dynalite/validations/listTables.js";
import putItemRules from "dynalite/validations/putItem.js";
import queryRules from "dynalite/validations/query.js";
import scanRules from "dynalite/validations/scan.js";
import updateItemRules from "dynalite/validations/updateItem.js";
import { Refusal } from "../kernel/refusal.ts";

/** Attributes as they travel: `{ S: "..." }`, `{ N: "1" }`, `{ B: "base64" }`. */
export type Item = Record<string, Record<string, unknown>>;

/** A table as DescribeTable shows it, and as it is kept. */
export interface TableDescription {
  TableName: string;
  TableStatus: string;
  KeySchema: KeyElement[];
  AttributeDefinitions: Array<{ AttributeName: string; AttributeType: string }>;
  GlobalSecondaryIndexes?: IndexDescription[];
  LocalSecondaryIndexes?: IndexDescription[];
  [member: string]: unknown;
}

export interface IndexDescription {
  IndexName: string;
  KeySchema: KeyElement[];
  Projection: { ProjectionType?: string; NonKeyAttributes?: string[] };
  [member: string]: unknown;
}

interface KeyElement {
  AttributeName: string;
  KeyType: string;
}

export interface DynaliteError extends Error {
  statusCode?: number;
  body?: { __type: string; message?: string; Message?: string };
}

export const actions = {
  BatchGetItem: { act: batchGetItem, rules: batchGetItemRules },
  BatchWriteItem: { act: batchWriteItem, rules: batchWriteItemRules },
  CreateTable: { act: createTable, rules: createTableRules },
  DeleteItem: { act: deleteItem, rules: deleteItemRules },
  GetItem: { act: getItem, rules: getItemRules },
  ListTables: { act: listTables, rules: listTablesRules },
  PutItem: { act: putItem, rules: putItemRules },
  Query: { act: query, rules: queryRules },
  Scan: { act: scan, rules: scanRules },
  UpdateItem: { act: updateItem, rules: updateItemRules },
};

export type Action = keyof typeof actions;

/**
 * Reads an input as DynamoDB does: types, then constraints, then expressions.
 *
 * @param input may be changed
 * @throws Refusal `ValidationException`, `SerializationException`
 */
export function check(action: Action, input: object, shelf: object): Checked {
  const { types, custom } = actions[action].rules;
  try {
    const data = validations.checkTypes(input, types);
    validations.checkValidations(data, types, custom, shelf);
    return data as Checked;
  } catch (error) {
    // it stumbles over a null where a value belongs
    if (error instanceof TypeError) throw unreadable(error);
    throw refusalOf(error);
  }
}

const unreadable = (cause: TypeError) =>
  new Refusal("SerializationException", "A member is not what DynamoDB's model says.", { cause });

/** An input that has been read. Expressions are parsed in members that begin with `_`. */
export interface Checked {
  TableName: string;
  Key: Item;
  Item: Item;
  KeyConditions?: Record<string, { AttributeValueList: Array<Record<string, unknown>> }>;
  _updates?: { sections: Array<{ type: string; path: Array<string | number> }> };
  [member: string]: unknown;
}

/** Dynalite's errors carry AWS's code and sentence; anything else is thrown as it is. */
export function refusalOf(error: unknown): unknown {
  const body = (error as DynaliteError | undefined)?.body;
  if (!body) return error;
  const code = body.__type.slice(body.__type.indexOf("#") + 1);
  return new Refusal(code, body.message ?? body.Message ?? "", { cause: error });
}
