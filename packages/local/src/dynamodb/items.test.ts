import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Front, openFront } from "../front/index.ts";
import { anyone, testCloud } from "../kernel/testing.ts";
import { openDynamodb } from "./index.ts";

const { cloud, close } = testCloud();
openDynamodb(cloud);
let front: Front;
let client: DynamoDBClient;

beforeAll(async () => {
  front = await openFront(cloud, { port: 0 });
  client = new DynamoDBClient({
    endpoint: front.origin,
    region: "us-east-1",
    credentials: { accessKeyId: "AKIATEST", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  await client.send(
    new CreateTableCommand({
      TableName: "films",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "PK", AttributeType: "S" },
        { AttributeName: "SK", AttributeType: "S" },
        { AttributeName: "ownerId", AttributeType: "S" },
        { AttributeName: "createdAtMs", AttributeType: "N" },
      ],
      KeySchema: [
        { AttributeName: "PK", KeyType: "HASH" },
        { AttributeName: "SK", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "byOwner",
          KeySchema: [
            { AttributeName: "ownerId", KeyType: "HASH" },
            { AttributeName: "createdAtMs", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["title"] },
        },
      ],
    }),
  );
});
afterAll(async () => {
  client.destroy();
  await front.close();
  await close();
});

const TableName = "films";
const key = (PK: string, SK = "META") => ({ PK: { S: PK }, SK: { S: SK } });
const put = (PK: string, more: Record<string, { S: string } | { N: string }> = {}, SK = "META") =>
  client.send(new PutItemCommand({ TableName, Item: { ...key(PK, SK), ...more } }));
const get = async (PK: string, SK = "META") =>
  (await client.send(new GetItemCommand({ TableName, Key: key(PK, SK) }))).Item;
const update = (PK: string, more: Partial<UpdateItemCommandInput>) =>
  client.send(new UpdateItemCommand({ TableName, Key: key(PK), ...more }));

describe("tables", () => {
  it("are ready at once, and ours by name", async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({
      TableStatus: "ACTIVE",
      TableArn: "arn:aws:dynamodb:us-east-1:000000000000:table/films",
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      DeletionProtectionEnabled: false,
      GlobalSecondaryIndexes: [
        {
          IndexStatus: "ACTIVE",
          IndexArn: "arn:aws:dynamodb:us-east-1:000000000000:table/films/index/byOwner",
        },
      ],
    });
    expect(Table?.CreationDateTime).toBeInstanceOf(Date);
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(["films"]);
  });

  it("are there once", async () => {
    await expect(
      client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [{ AttributeName: "PK", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "PK", KeyType: "HASH" }],
        }),
      ),
    ).rejects.toMatchObject({ name: "ResourceInUseException" });
  });
});

describe("one item", () => {
  it("comes back as it was, of any type", async () => {
    const Item = {
      ...key("types"),
      text: { S: "ü" },
      empty: { S: "" },
      number: { N: "-1.5" },
      bytes: { B: new Uint8Array([0, 255]) },
      yes: { BOOL: true },
      none: { NULL: true },
      list: { L: [{ S: "a" }, { N: "1" }] },
      map: { M: { deep: { M: { deeper: { S: "x" } } } } },
      strings: { SS: ["a", "b"] },
      numbers: { NS: ["1", "2"] },
      blobs: { BS: [new Uint8Array([1])] },
    };
    await client.send(new PutItemCommand({ TableName, Item }));
    expect(await get("types")).toEqual(Item);
    expect(await get("nobody")).toBeUndefined();
  });

  it("of a process neighbour has its bytes in base64", async () => {
    await cloud.call(
      "dynamodb",
      "PutItem",
      { TableName, Item: { ...key("bytes"), raw: { B: new Uint8Array([1, 2]) } } },
      anyone,
    );
    const { Item } = await cloud.call<{ Item: Record<string, unknown> }>(
      "dynamodb",
      "GetItem",
      { TableName: "arn:aws:dynamodb:us-east-1:000000000000:table/films", Key: key("bytes") },
      anyone,
    );
    expect(Item.raw).toEqual({ B: "AQI=" });
  });

  it("is put only where none is, and the refusal shows what is there", async () => {
    await put("claimed", { by: { S: "one" } });
    const again = new PutItemCommand({
      TableName,
      Item: { ...key("claimed"), by: { S: "two" } },
      ConditionExpression: "attribute_not_exists(PK)",
    });
    const bare = await client.send(again).catch((error: unknown) => error);
    expect(bare).toMatchObject({
      name: "ConditionalCheckFailedException",
      message: "The conditional request failed",
    });
    expect(bare).not.toHaveProperty("Item.by");
    again.input.ReturnValuesOnConditionCheckFailure = "ALL_OLD";
    await expect(client.send(again)).rejects.toMatchObject({
      name: "ConditionalCheckFailedException",
      Item: { ...key("claimed"), by: { S: "one" } },
    });
  });

  it.each([
    ["UpdateItem", UpdateItemCommand, { UpdateExpression: "SET a = :one" }],
    ["DeleteItem", DeleteItemCommand, {}],
  ])("shows itself when the condition of %s fails", async (_name, Command, more) => {
    await put("shown", { n: { N: "7" } });
    const command = new Command({
      TableName,
      Key: key("shown"),
      ConditionExpression: "n = :one",
      ExpressionAttributeValues: { ":one": { N: "1" } },
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      ...more,
    });
    await expect(client.send(command as UpdateItemCommand)).rejects.toMatchObject({
      name: "ConditionalCheckFailedException",
      Item: { n: { N: "7" } },
    });
  });

  it("that is not there is not shown", async () => {
    const asked = update("absent", {
      UpdateExpression: "SET a = :one",
      ConditionExpression: "attribute_exists(PK)",
      ExpressionAttributeValues: { ":one": { N: "1" } },
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    const error = (await asked.catch((one: unknown) => one)) as { Item?: unknown };
    expect(error).toMatchObject({ name: "ConditionalCheckFailedException" });
    expect(error.Item).toBeUndefined();
  });

  it("is changed by every clause at once", async () => {
    await client.send(
      new PutItemCommand({
        TableName,
        Item: {
          ...key("clauses"),
          parts: { L: [{ S: "a" }, { S: "b" }, { S: "c" }] },
          tags: { SS: ["x", "y"] },
          stale: { S: "gone" },
          map: { M: { kept: { N: "1" } } },
          count: { N: "1" },
        },
      }),
    );
    const { Attributes } = await update("clauses", {
      UpdateExpression:
        "SET parts = list_append(parts, :more), #m.deep = :deep, fresh = if_not_exists(fresh, :deep), twice = #c + :two ADD #c :two DELETE tags :x REMOVE stale",
      ExpressionAttributeNames: { "#m": "map", "#c": "count" },
      ExpressionAttributeValues: {
        ":more": { L: [{ S: "d" }] },
        ":deep": { S: "in" },
        ":two": { N: "2" },
        ":x": { SS: ["x"] },
      },
      ReturnValues: "ALL_NEW",
    });
    expect(Attributes).toEqual({
      ...key("clauses"),
      parts: { L: [{ S: "a" }, { S: "b" }, { S: "c" }, { S: "d" }] },
      tags: { SS: ["y"] },
      map: { M: { kept: { N: "1" }, deep: { S: "in" } } },
      fresh: { S: "in" },
      twice: { N: "3" },
      count: { N: "3" },
    });
    await update("clauses", {
      UpdateExpression: "REMOVE parts[0], parts[2] SET parts[1] = :b",
      ExpressionAttributeValues: { ":b": { S: "B" } },
    });
    expect((await get("clauses"))?.parts).toEqual({ L: [{ S: "B" }, { S: "d" }] });
  });

  it.each([
    ["n IN (:one, :seven)", true],
    ["n IN (:one, :two)", false],
    ["n BETWEEN :one AND :seven", true],
    ["begins_with(title, :ho)", true],
    ["size(title) > :seven", false],
    ["attribute_type(n, :number)", true],
    ["NOT attribute_exists(gone) AND (n = :one OR contains(title, :ho))", true],
  ])("meets %s: %s", async (ConditionExpression, meets) => {
    await put("meets", { n: { N: "7" }, title: { S: "holiday" } });
    const values: Record<string, { N: string } | { S: string }> = {
      ":one": { N: "1" },
      ":two": { N: "2" },
      ":seven": { N: "7" },
      ":ho": { S: "ho" },
      ":number": { S: "N" },
    };
    const used = Object.entries(values).filter(([name]) => ConditionExpression.includes(name));
    const asked = client.send(
      new DeleteItemCommand({
        TableName,
        Key: key("meets"),
        ConditionExpression,
        ExpressionAttributeValues: Object.fromEntries(used),
      }),
    );
    if (meets) await asked;
    else await expect(asked).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
  });

  it("is at most 400 KB", async () => {
    await expect(put("large", { body: { S: "x".repeat(400 * 1024) } })).rejects.toMatchObject({
      name: "ValidationException",
      message: "Item size has exceeded the maximum allowed size",
    });
    await expect(put("large", { body: { S: "ü".repeat(210 * 1024) } })).rejects.toMatchObject({
      name: "ValidationException",
    });
    await put("large", { body: { S: "x".repeat(390 * 1024) } });
  });

  it("tells what it cost when asked", async () => {
    const { ConsumedCapacity } = await client.send(
      new GetItemCommand({ TableName, Key: key("large"), ReturnConsumedCapacity: "TOTAL" }),
    );
    expect(ConsumedCapacity).toMatchObject({ TableName, CapacityUnits: expect.any(Number) });
  });

  it("counts right under a hundred at once, and is claimed by one of a hundred", async () => {
    await Promise.all(
      Array.from({ length: 100 }, () =>
        update("counter", {
          UpdateExpression: "ADD n :one",
          ExpressionAttributeValues: { ":one": { N: "1" } },
        }),
      ),
    );
    expect((await get("counter"))?.n).toEqual({ N: "100" });
    const claims = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) =>
        client.send(
          new PutItemCommand({
            TableName,
            Item: { ...key("race"), by: { N: String(index) } },
            ConditionExpression: "attribute_not_exists(PK)",
          }),
        ),
      ),
    );
    expect(claims.filter((claim) => claim.status === "fulfilled")).toHaveLength(1);
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

describe("what is set on a table", () => {
  it("says when items expire", async () => {
    const description = async () =>
      (await client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription;
    const spec = (Enabled: boolean) =>
      new UpdateTimeToLiveCommand({
        TableName,
        TimeToLiveSpecification: { Enabled, AttributeName: "expiresAtS" },
      });
    expect(await description()).toEqual({ TimeToLiveStatus: "DISABLED" });
    expect((await client.send(spec(true))).TimeToLiveSpecification?.Enabled).toBe(true);
    expect(await description()).toEqual({
      TimeToLiveStatus: "ENABLED",
      AttributeName: "expiresAtS",
    });
    await expect(client.send(spec(true))).rejects.toMatchObject({
      message: "TimeToLive is already enabled",
    });
    await client.send(spec(false));
  });

  it("says whether it is backed up", async () => {
    const { ContinuousBackupsDescription: before } = await client.send(
      new DescribeContinuousBackupsCommand({ TableName }),
    );
    expect(before?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe("DISABLED");
    const { ContinuousBackupsDescription: after } = await client.send(
      new UpdateContinuousBackupsCommand({
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    expect(after?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe("ENABLED");
  });

  it("may be another index, with what is there already in it", async () => {
    await client.send(
      new UpdateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: "title", AttributeType: "S" }],
        GlobalSecondaryIndexUpdates: [
          {
            Create: {
              IndexName: "byTitle",
              KeySchema: [{ AttributeName: "title", KeyType: "HASH" }],
              Projection: { ProjectionType: "KEYS_ONLY" },
            },
          },
        ],
      }),
    );
    const ask = new QueryCommand({
      TableName,
      IndexName: "byTitle",
      KeyConditionExpression: "title = :t",
      ExpressionAttributeValues: { ":t": { S: "film 4" } },
    });
    expect((await client.send(ask)).Items).toEqual([
      { ...key("many", "EVENT#004"), title: { S: "film 4" } },
    ]);
    await put("later", { title: { S: "film 4" } });
    expect((await client.send(ask)).Count).toBe(2);
    await client.send(
      new UpdateTableCommand({
        TableName,
        GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "byTitle" } }],
      }),
    );
    await expect(client.send(ask)).rejects.toMatchObject({ name: "ValidationException" });
  });

  it("is refused by name where it is not pretended", async () => {
    await expect(
      client.send(
        new UpdateTableCommand({
          TableName,
          StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
        }),
      ),
    ).rejects.toThrow("dynamodb UpdateTable.StreamSpecification");
    await expect(
      client.send(new ExecuteStatementCommand({ Statement: "SELECT * FROM films" })),
    ).rejects.toThrow("dynamodb ExecuteStatement");
  });
});
