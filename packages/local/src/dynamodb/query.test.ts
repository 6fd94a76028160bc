import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import type { Input } from "../kernel/service.ts";
import { testCloud } from "../kernel/testing.ts";
import { openDynamodb } from "./index.ts";
import { call } from "./testing.ts";

const { cloud, close } = testCloud();
openDynamodb(cloud);
afterAll(close);

const utf8 = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));
const base64 = (one: string, other: string) =>
  Buffer.compare(Buffer.from(one, "base64"), Buffer.from(other, "base64"));

const types = [
  {
    type: "N",
    value: fc
      .tuple(fc.integer({ min: -9999, max: 9999 }), fc.constantFrom(0, 1, 3, 6, -4))
      .map(([digits, shift]) => String(Number(`${digits}e${-shift}`))),
    order: (one: string, other: string) => Number(one) - Number(other),
  },
  { type: "S", value: fc.string({ minLength: 1, maxLength: 6, unit: "grapheme" }), order: utf8 },
  {
    type: "B",
    value: fc
      .uint8Array({ minLength: 1, maxLength: 5 })
      .map((bytes) => Buffer.from(bytes).toString("base64")),
    order: base64,
  },
];

it.each(types)(
  "a sort key of type $type orders items, in the table and in an index, both ways, page by page",
  async ({ type, value, order }) => {
    let table = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(value, {
          minLength: 1,
          maxLength: 20,
          comparator: (a, b) => order(a, b) === 0,
        }),
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        async (keys, Limit, ScanIndexForward) => {
          table += 1;
          const TableName = `sorted-${type}-${table}`;
          await make(TableName, type);
          for (const key of keys) {
            const Item = { p: { S: "x" }, s: { [type]: key }, g: { S: "y" }, r: { [type]: key } };
            await call(cloud, "PutItem", { TableName, Item });
          }
          const sorted = [...keys].sort(order);
          if (!ScanIndexForward) sorted.reverse();
          for (const [index, hash, range, of] of [
            [undefined, "p", "s", "x"],
            ["byR", "g", "r", "y"],
          ] as const) {
            const seen = await pages({
              TableName,
              ...(index ? { IndexName: index } : {}),
              KeyConditionExpression: "#h = :h",
              ExpressionAttributeNames: { "#h": hash },
              ExpressionAttributeValues: { ":h": { S: of } },
              Limit,
              ScanIndexForward,
            });
            expect(seen.map((item) => item[range][type])).toEqual(sorted);
          }
          const [least = ""] = [...keys].sort(order);
          const { Count } = await call(cloud, "Query", {
            TableName,
            KeyConditionExpression: "p = :h AND s > :least",
            ExpressionAttributeValues: { ":h": { S: "x" }, ":least": { [type]: least } },
          });
          expect(Count).toBe(keys.length - 1);
        },
      ),
      { numRuns: 20 },
    );
  },
);

async function pages(ask: object): Promise<Input[]> {
  const seen: Input[] = [];
  let from: object = {};
  for (;;) {
    const { Items, LastEvaluatedKey } = await call(cloud, "Query", { ...ask, ...from });
    seen.push(...Items);
    if (!LastEvaluatedKey) return seen;
    from = { ExclusiveStartKey: LastEvaluatedKey };
  }
}

async function make(TableName: string, type: string): Promise<void> {
  await call(cloud, "CreateTable", {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      { AttributeName: "p", AttributeType: "S" },
      { AttributeName: "s", AttributeType: type },
      { AttributeName: "g", AttributeType: "S" },
      { AttributeName: "r", AttributeType: type },
    ],
    KeySchema: [
      { AttributeName: "p", KeyType: "HASH" },
      { AttributeName: "s", KeyType: "RANGE" },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: "byR",
        KeySchema: [
          { AttributeName: "g", KeyType: "HASH" },
          { AttributeName: "r", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "ALL" },
      },
    ],
  });
}
