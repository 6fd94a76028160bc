import { setTimeout } from "node:timers/promises";
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import * as Config from "../config/index.ts";
import { once } from "./once.ts";

export interface Key {
  PK: string;
  SK: string;
}

export type Row = Record<string, unknown>;

export interface Change {
  update: string;
  condition: string;
  names?: Record<string, string>;
  values: Row;
  /** Which row to answer: as it is now (the default), or as it was before. */
  answer?: "ALL_NEW" | "ALL_OLD";
}

/** The row as it is now, never an older copy of it. */
export async function read(key: Key): Promise<Row | undefined> {
  const found = await table().send(
    new GetCommand({ TableName: Config.table(), Key: key, ConsistentRead: true }),
  );
  return found.Item;
}

/**
 * Changes a row if it is as expected.
 *
 * @returns the row, or undefined when the condition did not hold: somebody else was there first
 */
export async function change(key: Key, change: Change): Promise<Row | undefined> {
  try {
    const changed = await inTurn(() =>
      table().send(
        new UpdateCommand({
          TableName: Config.table(),
          Key: key,
          UpdateExpression: change.update,
          ConditionExpression: change.condition,
          ...(change.names ? { ExpressionAttributeNames: change.names } : {}),
          ExpressionAttributeValues: change.values,
          ReturnValues: change.answer ?? "ALL_NEW",
        }),
      ),
    );
    return changed.Attributes ?? {};
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/** Writes a whole row; the same row written again changes nothing. */
export async function put(row: Key & Row): Promise<void> {
  await table().send(new PutCommand({ TableName: Config.table(), Item: row }));
}

/**
 * Writes a whole row where there is none.
 *
 * @returns whether it was written: false when a row of that key was there already
 */
export async function create(row: Key & Row): Promise<boolean> {
  try {
    await table().send(
      new PutCommand({
        TableName: Config.table(),
        Item: row,
        ConditionExpression: "attribute_not_exists(PK)",
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Takes a row away. One that is not there needs no taking. */
export async function remove(key: Key): Promise<void> {
  await table().send(new DeleteCommand({ TableName: Config.table(), Key: key }));
}

/** One write of several that happen all or not at all. */
export type Step =
  | ({ key: Key } & Omit<Change, "answer" | "condition"> & { condition?: string })
  | { create: Key & Row }
  | { remove: Key };

/**
 * Writes several rows, all or none.
 *
 * @returns whether they were written; else which steps' conditions did not hold, counted from 0
 * @throws Error `TransactionCanceledException` when others were at the same rows again and again
 */
export async function together(steps: Step[]): Promise<{ done: true } | { refused: number[] }> {
  const TableName = Config.table();
  try {
    const TransactItems = steps.map((step) => {
      if ("create" in step) {
        const only = "attribute_not_exists(PK)";
        return { Put: { TableName, Item: step.create, ConditionExpression: only } };
      }
      if ("remove" in step) return { Delete: { TableName, Key: step.remove } };
      return {
        Update: {
          TableName,
          Key: step.key,
          UpdateExpression: step.update,
          ...(step.condition ? { ConditionExpression: step.condition } : {}),
          ...(step.names ? { ExpressionAttributeNames: step.names } : {}),
          ExpressionAttributeValues: step.values,
        },
      };
    });
    await inTurn(() => table().send(new TransactWriteCommand({ TransactItems })));
    return { done: true };
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const reasons = error.CancellationReasons ?? [];
    const refused = reasons.flatMap(({ Code }, at) =>
      Code === "ConditionalCheckFailed" ? [at] : [],
    );
    if (refused.length === 0) throw error;
    return { refused };
  }
}

/** What to look for in the table or one of its indexes. */
export interface Question {
  index?: "byOwner" | "byTitle" | "byTime";
  /** such as `ownerId = :owner AND createdAtMs < :before` */
  where: string;
  filter?: string;
  names?: Record<string, string>;
  values: Row;
  newestFirst?: boolean;
  /** How many rows are looked at, before the filter. */
  limit?: number;
  /** Where an earlier page ended. */
  after?: Row | undefined;
}

/** One page of rows; `next` is where the following one begins, absent at the end. */
export async function page(question: Question): Promise<{ rows: Row[]; next?: Row }> {
  const found = await table().send(
    new QueryCommand({
      TableName: Config.table(),
      ...(question.index ? { IndexName: question.index } : { ConsistentRead: true }),
      KeyConditionExpression: question.where,
      ...(question.filter ? { FilterExpression: question.filter } : {}),
      ...(question.names ? { ExpressionAttributeNames: question.names } : {}),
      ExpressionAttributeValues: question.values,
      ScanIndexForward: !question.newestFirst,
      ...(question.limit ? { Limit: question.limit } : {}),
      ...(question.after ? { ExclusiveStartKey: question.after } : {}),
    }),
  );
  return {
    rows: found.Items ?? [],
    ...(found.LastEvaluatedKey ? { next: found.LastEvaluatedKey } : {}),
  };
}

/** Every row a question finds, page after page. */
export async function* every(question: Question): AsyncGenerator<Row> {
  let after = question.after;
  do {
    const { rows, next } = await page({ ...question, after });
    yield* rows;
    after = next;
  } while (after);
}

/** Rows of the sparse index of films in flight that nobody touched since `beforeMs`, oldest first. */
export async function* inFlight(shard: string, beforeMs: number): AsyncGenerator<Row> {
  let from: Row | undefined;
  do {
    const page = await table().send(
      new QueryCommand({
        TableName: Config.table(),
        IndexName: "inFlight",
        KeyConditionExpression: "inFlight = :shard AND updatedAtMs < :before",
        ExpressionAttributeValues: { ":shard": shard, ":before": beforeMs },
        Limit: FILMS_A_PAGE,
        ...(from ? { ExclusiveStartKey: from } : {}),
      }),
    );
    yield* page.Items ?? [];
    from = page.LastEvaluatedKey;
  } while (from);
}

const FILMS_A_PAGE = 50;

/** Two that meet at a row, one of them in a transaction: the loser comes again, a little later. */
async function inTurn<T>(send: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send();
    } catch (error) {
      if (tries === MOST_TRIES || !isConflict(error)) throw error;
    }
    await setTimeout(Math.random() * Math.min(LONGEST_WAIT_MS, 20 * 2 ** tries));
  }
}

/** An owner's fifty films may meet at one month's row: each try lets somebody through. */
const MOST_TRIES = 40;
const LONGEST_WAIT_MS = 400;

function isConflict(error: unknown): boolean {
  if (error instanceof TransactionConflictException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
  return codes.includes("TransactionConflict") && !codes.includes("ConditionalCheckFailed");
}

const table = once(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient({}), {
    marshallOptions: { removeUndefinedValues: true },
  }),
);
