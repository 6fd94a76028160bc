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
