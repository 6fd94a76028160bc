import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from "@aws-sdk/lib-dynamodb";
import * as Id from "@rushes/core/id";
import type { TestLaptop } from "./laptop.ts";

type Row = Record<string, unknown>;

/** What a copy of a film is to people. */
export interface To {
  ownerId: string;
  sharedWith?: string[];
  visibility?: "private" | "public";
}

/**
 * The one table, as an operator may write it. A film takes seconds to make and a copy of its rows
 * takes none, so tests that need hundreds of films make one.
 */
export function openRows({ laptop, config }: TestLaptop) {
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  const TableName = laptop.endpoints.resources.Table ?? "";
  const put = (Item: Row) => table.send(new PutCommand({ TableName, Item }));

  /** All rows of a pile, such as those of a film. */
  async function of(PK: string): Promise<Row[]> {
    const { Items = [] } = await table.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: "PK = :pile",
        ExpressionAttributeValues: { ":pile": PK },
        ConsistentRead: true,
      }),
    );
    return Items;
  }

  return {
    of,
    put,

    async read(PK: string, SK: string): Promise<Row | undefined> {
      const Key = { PK, SK };
      const { Item } = await table.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item;
    },

    /** What an id of ours has behind its prefix: another one each time. */
    fresh: () => Id.newVideo().slice("vid_".length),

    /** A film with the rows of another one, under an id of its own. */
    async copy(rows: Row[], to: To, change: Row = {}): Promise<string> {
      const id = Id.newVideo();
      const PK = `VIDEO#${id}`;
      const shares = (to.sharedWith ?? []).map((sub) => ({
        PK: `USER#${sub}`,
        SK: `SHARED#${id}`,
      }));
      const copies = rows.map((row) => ({
        ...row,
        PK,
        ...(row.SK === "META" ? { ...to, ...change } : {}),
      }));
      await Promise.all([...copies, ...shares].map((row) => put({ ...row, videoId: id })));
      return id;
    },

    close: () => table.destroy(),
  };
}

export type Rows = ReturnType<typeof openRows>;
