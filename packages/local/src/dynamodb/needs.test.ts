import { afterAll, beforeAll, expect, it } from "vitest";
import type { Need } from "../kernel/caller.ts";
import { anyone, testCloud } from "../kernel/testing.ts";
import { openDynamodb } from "./index.ts";
import { makeTable } from "./testing.ts";

const { cloud, close } = testCloud();
openDynamodb(cloud);
beforeAll(async () => {
  await makeTable(cloud, "one");
  await makeTable(cloud, "two");
});
afterAll(close);

const key = (id: string) => ({ id: { S: id } });
const one = "arn:aws:dynamodb:us-east-1:000000000000:table/one";
const two = "arn:aws:dynamodb:us-east-1:000000000000:table/two";
const need = (action: string, resource: string, ...keys: string[]) => ({
  action: `dynamodb:${action}`,
  resource,
  ...(keys.length ? { context: { "dynamodb:LeadingKeys": keys } } : {}),
});

it.each([
  ["GetItem", { TableName: "one", Key: key("a") }, [need("GetItem", one, "a")]],
  ["PutItem", { TableName: one, Item: { ...key("a") } }, [need("PutItem", one, "a")]],
  [
    "Query",
    {
      TableName: "one",
      KeyConditionExpression: "#id = :id",
      ExpressionAttributeNames: { "#id": "id" },
      ExpressionAttributeValues: { ":id": { S: "a" } },
    },
    [need("Query", one, "a")],
  ],
  [
    "Query",
    {
      TableName: "one",
      IndexName: "byN",
      KeyConditionExpression: "n = :n",
      ExpressionAttributeValues: { ":n": { N: "7" } },
    },
    [need("Query", `${one}/index/byN`, "7")],
  ],
  ["Scan", { TableName: "one", IndexName: "byN" }, [need("Scan", `${one}/index/byN`)]],
  [
    "BatchGetItem",
    { RequestItems: { one: { Keys: [key("a"), key("b")] }, two: { Keys: [key("c")] } } },
    [need("BatchGetItem", one, "a", "b"), need("BatchGetItem", two, "c")],
  ],
  [
    "BatchWriteItem",
    {
      RequestItems: {
        one: [{ PutRequest: { Item: key("a") } }, { DeleteRequest: { Key: key("b") } }],
      },
    },
    [need("BatchWriteItem", one, "a", "b")],
  ],
  [
    "TransactWriteItems",
    {
      TransactItems: [
        { Put: { TableName: "one", Item: key("a") } },
        { Delete: { TableName: "two", Key: key("b") } },
        {
          ConditionCheck: {
            TableName: "two",
            Key: key("c"),
            ConditionExpression: "attribute_not_exists(id)",
          },
        },
      ],
    },
    [need("PutItem", one, "a"), need("DeleteItem", two, "b"), need("ConditionCheckItem", two, "c")],
  ],
  [
    "TransactGetItems",
    { TransactItems: [{ Get: { TableName: "two", Key: key("a") } }] },
    [need("GetItem", two, "a")],
  ],
  ["DescribeTable", { TableName: "one" }, [need("DescribeTable", one)]],
  ["ListTagsOfResource", { ResourceArn: one }, [need("ListTagsOfResource", one)]],
  ["ListTables", {}, [need("ListTables", "*")]],
])("%s needs what its parts need, on the keys they touch", async (operation, input, needs) => {
  const asked: Need[] = [];
  const caller = { ...anyone, check: (one: Need) => void asked.push(one) };
  await cloud.call("dynamodb", operation, input, caller);
  expect(asked).toEqual(needs);
});

it("is asked before anything else, whatever the input is", async () => {
  const check = () => {
    throw new Error("asked");
  };
  for (const [operation, input] of [
    ["GetItem", {}],
    ["Query", { TableName: "nowhere", KeyConditionExpression: "(" }],
    ["TransactWriteItems", { TransactItems: [{ Put: null }] }],
    ["BatchWriteItem", { RequestItems: { one: [null] } }],
  ] as const) {
    await expect(cloud.call("dynamodb", operation, input, { ...anyone, check })).rejects.toThrow(
      "asked",
    );
  }
});
