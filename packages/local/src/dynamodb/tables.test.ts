import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ExecuteStatementCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
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
const put = (PK: string, more: Record<string, { S: string } | { N: string }> = {}, SK = "META") =>
  client.send(new PutItemCommand({ TableName, Item: { ...key(PK, SK), ...more } }));

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
    await put("early", { title: { S: "film 4" } });
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
    expect((await client.send(ask)).Items).toEqual([{ ...key("early"), title: { S: "film 4" } }]);
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
