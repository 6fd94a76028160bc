import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type Front, openFront } from "../front/index.ts";
import type { Cloud } from "../kernel/cloud.ts";
import type { Input } from "../kernel/service.ts";
import { anyone } from "../kernel/testing.ts";

export const TableName = "accounts";

/** A table of items with an id, and an index of them by `n`. */
export async function makeTable(cloud: Cloud, name = TableName): Promise<void> {
  await call(cloud, "CreateTable", {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      { AttributeName: "id", AttributeType: "S" },
      { AttributeName: "n", AttributeType: "N" },
    ],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    GlobalSecondaryIndexes: [
      {
        IndexName: "byN",
        KeySchema: [{ AttributeName: "n", KeyType: "HASH" }],
        Projection: { ProjectionType: "ALL" },
      },
    ],
  });
}

export function call<Output = Input>(
  cloud: Cloud,
  operation: string,
  input: object,
): Promise<Output> {
  return cloud.call<Output>("dynamodb", operation, input, anyone);
}

export const FILMS = "films";

/** A real client through the front, and a table of films with an index of them by owner. */
export function wired(cloud: Cloud) {
  let front: Front | undefined;
  const client = new DynamoDBClient({
    endpoint: async () => {
      const { protocol, hostname, port } = new URL(front?.origin ?? "");
      return { protocol, hostname, port: Number(port), path: "/" };
    },
    region: "us-east-1",
    credentials: { accessKeyId: "AKIATEST", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  return {
    client,
    async begin() {
      front = await openFront(cloud, { port: 0 });
      await call(cloud, "CreateTable", {
        TableName: FILMS,
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
      });
    },
    async end() {
      client.destroy();
      await front?.close();
    },
  };
}
