import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { Config } from "../config/index.ts";
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
    const changed = await table().send(
      new UpdateCommand({
        TableName: Config.table(),
        Key: key,
        UpdateExpression: change.update,
        ConditionExpression: change.condition,
        ...(change.names ? { ExpressionAttributeNames: change.names } : {}),
        ExpressionAttributeValues: change.values,
        ReturnValues: change.answer ?? "ALL_NEW",
      }),
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

const table = once(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient({}), {
    marshallOptions: { removeUndefinedValues: true },
  }),
);
