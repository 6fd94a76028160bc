import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testCloud } from "../kernel/testing.ts";
import { openDynamodb } from "./index.ts";
import { FILMS, wired } from "./testing.ts";

const { cloud, close } = testCloud();
openDynamodb(cloud);
const { client, begin, end } = wired(cloud);
beforeAll(begin);
afterAll(async () => {
  await end();
  await close();
});

const TableName = FILMS;
const key = (PK: string, SK = "META") => ({ PK: { S: PK }, SK: { S: SK } });
const update = (PK: string, more: Partial<UpdateItemCommandInput>) =>
  client.send(new UpdateItemCommand({ TableName, Key: key(PK), ...more }));

describe("a request of the wrong kinds", () => {
  const nothing: unknown = null;
  it.each([
    ["PutItem", { TableName, Item: { PK: nothing } }],
    ["GetItem", { TableName, Key: { ...key("a"), PK: nothing } }],
    ["BatchGetItem", { RequestItems: { [TableName]: { Keys: "a" } } }],
    ["BatchWriteItem", { RequestItems: { [TableName]: "a" } }],
    ["TransactWriteItems", { TransactItems: {} }],
  ])("is the caller's mistake in %s", async (operation, input) => {
    await expect(
      cloud.call("dynamodb", operation, input, cloud.iam.operator),
    ).rejects.toMatchObject({
      code: expect.stringMatching(/^(Serialization|Validation)Exception$/),
    });
  });
});

describe("many items", () => {
  beforeAll(async () => {
    for (let first = 0; first < 50; first += 25) {
      await client.send(
        new BatchWriteItemCommand({
          RequestItems: {
            [TableName]: Array.from({ length: 25 }, (_, index) => {
              const n = first + index;
              const SK = `EVENT#${String(n).padStart(3, "0")}`;
              return {
                PutRequest: {
                  Item: {
                    ...key("many", SK),
                    n: { N: String(n) },
                    ownerId: { S: n % 2 ? "odd" : "even" },
                    createdAtMs: { N: String(1000 - n) },
                    title: { S: `film ${n}` },
                    secret: { S: "not projected" },
                  },
                },
              };
            }),
          },
        }),
      );
    }
  });

  it("are found by key condition, backwards, filtered and paged", async () => {
    const found: string[] = [];
    let counts = { scanned: 0, matched: 0 };
    let ExclusiveStartKey: Record<string, { S: string }> | undefined;
    let pages = 0;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: "PK = :pk AND SK BETWEEN :from AND :to",
          FilterExpression: "n > :least",
          ExpressionAttributeValues: {
            ":pk": { S: "many" },
            ":from": { S: "EVENT#010" },
            ":to": { S: "EVENT#029" },
            ":least": { N: "19" },
          },
          ScanIndexForward: false,
          Limit: 7,
          ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
        }),
      );
      pages += 1;
      counts = {
        scanned: counts.scanned + (page.ScannedCount ?? 0),
        matched: counts.matched + (page.Count ?? 0),
      };
      found.push(...(page.Items ?? []).map((item) => item.n?.N ?? ""));
      ExclusiveStartKey = page.LastEvaluatedKey as typeof ExclusiveStartKey;
    } while (ExclusiveStartKey);
    expect(found).toEqual(Array.from({ length: 10 }, (_, index) => String(29 - index)));
    expect({ ...counts, pages }).toEqual({ scanned: 20, matched: 10, pages: 3 });
  });

  it("are found through an index: in its order, with its attributes, counted", async () => {
    const ask = {
      TableName,
      IndexName: "byOwner",
      KeyConditionExpression: "ownerId = :odd AND createdAtMs < :ms",
      ExpressionAttributeValues: { ":odd": { S: "odd" }, ":ms": { N: "990" } },
    };
    const page = await client.send(new QueryCommand({ ...ask, Limit: 3 }));
    expect(page.Items?.map((item) => item.createdAtMs?.N)).toEqual(["951", "953", "955"]);
    expect(Object.keys(page.Items?.[0] ?? {}).sort()).toEqual([
      "PK",
      "SK",
      "createdAtMs",
      "ownerId",
      "title",
    ]);
    expect(Object.keys(page.LastEvaluatedKey ?? {}).sort()).toEqual([
      "PK",
      "SK",
      "createdAtMs",
      "ownerId",
    ]);
    const { Count, Items } = await client.send(new QueryCommand({ ...ask, Select: "COUNT" }));
    expect({ Count, Items }).toEqual({ Count: 20, Items: undefined });
  });

  it("leave an index when their attribute goes", async () => {
    await update("sparse", {
      UpdateExpression: "SET ownerId = :o, createdAtMs = :one",
      ExpressionAttributeValues: { ":o": { S: "sparse" }, ":one": { N: "1" } },
    });
    const count = async () =>
      (
        await client.send(
          new QueryCommand({
            TableName,
            IndexName: "byOwner",
            KeyConditionExpression: "ownerId = :o",
            ExpressionAttributeValues: { ":o": { S: "sparse" } },
          }),
        )
      ).Count;
    expect(await count()).toBe(1);
    await update("sparse", { UpdateExpression: "REMOVE ownerId" });
    expect(await count()).toBe(0);
  });

  it("are scanned in parts that make the whole", async () => {
    const parts = await Promise.all(
      [0, 1, 2].map((Segment) =>
        client.send(new ScanCommand({ TableName, TotalSegments: 3, Segment })),
      ),
    );
    const whole = await client.send(new ScanCommand({ TableName, Select: "COUNT" }));
    const sum = parts.reduce((total, part) => total + (part.Count ?? 0), 0);
    expect(sum).toBe(whole.Count);
    expect(sum).toBeGreaterThan(50);
  });

  it("are read in a batch, absent ones left out", async () => {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({
        RequestItems: {
          [TableName]: {
            Keys: ["000", "001", "999"].map((n) => key("many", `EVENT#${n}`)),
            ProjectionExpression: "n",
          },
        },
      }),
    );
    expect(Responses?.films?.map((item) => item.n?.N).sort()).toEqual(["0", "1"]);
    expect(UnprocessedKeys).toEqual({});
  });
});
