import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anyone, testCloud } from "../kernel/testing.ts";
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
const get = async (PK: string, SK = "META") =>
  (await client.send(new GetItemCommand({ TableName, Key: key(PK, SK) }))).Item;
const update = (PK: string, more: Partial<UpdateItemCommandInput>) =>
  client.send(new UpdateItemCommand({ TableName, Key: key(PK), ...more }));

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
