import { ensure, type Family, given, list, optionalText, part, text } from "../family.ts";
import type { Inputs } from "../graph.ts";

export const table: Family = {
  async deploy({ inputs }, { call }) {
    const TableName = text(inputs, "name");
    const wanted = {
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: list(inputs, "attributes").map((attribute) => ({
        AttributeName: attribute.name,
        AttributeType: attribute.type,
      })),
      KeySchema: keys(inputs),
      ...given({ GlobalSecondaryIndexes: indexes(inputs) }),
    };
    await ensure(
      ["ResourceInUseException"],
      () => call("dynamodb", "CreateTable", wanted),
      async () => {
        const { Table } = await call("dynamodb", "DescribeTable", { TableName });
        if (shape(Table) !== shape(wanted)) {
          throw new Error(
            `the table ${TableName} has other keys or indexes than before; start with --fresh to make it anew`,
          );
        }
      },
    );
    const ttl = part(inputs, "ttl");
    if (ttl?.enabled !== false && typeof ttl?.attributeName === "string") {
      const { TimeToLiveDescription: now } = await call("dynamodb", "DescribeTimeToLive", {
        TableName,
      });
      if (now?.TimeToLiveStatus !== "ENABLED") {
        await call("dynamodb", "UpdateTimeToLive", {
          TableName,
          TimeToLiveSpecification: { Enabled: true, AttributeName: ttl.attributeName },
        });
      }
    }
  },
};

function keys(inputs: Inputs): object[] {
  const rangeKey = optionalText(inputs, "rangeKey");
  return [
    { AttributeName: text(inputs, "hashKey"), KeyType: "HASH" },
    ...(rangeKey ? [{ AttributeName: rangeKey, KeyType: "RANGE" }] : []),
  ];
}

function indexes(inputs: Inputs): object[] | undefined {
  const wanted = list(inputs, "globalSecondaryIndexes").map((index) => ({
    IndexName: index.name,
    KeySchema: keys(index),
    Projection: given({
      ProjectionType: index.projectionType ?? "ALL",
      NonKeyAttributes: index.nonKeyAttributes,
    }),
  }));
  return wanted.length ? wanted : undefined;
}

/** Keys of a table and of its indexes, as one comparable text. */
function shape(description: {
  KeySchema?: unknown;
  GlobalSecondaryIndexes?: Array<{ IndexName?: string; KeySchema?: unknown }>;
}): string {
  const found = (description.GlobalSecondaryIndexes ?? []).map(
    (index) => `${index.IndexName} ${JSON.stringify(index.KeySchema)}`,
  );
  return JSON.stringify([description.KeySchema, found.sort()]);
}
