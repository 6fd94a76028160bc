import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DynamoDBClient, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Front, openFront } from "../front/index.ts";
import type { Input } from "../kernel/service.ts";
import { testCloud } from "../kernel/testing.ts";
import { openDynamodb } from "./index.ts";
import { call, makeTable, TableName } from "./testing.ts";

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
});
afterAll(async () => {
  client.destroy();
  await front.close();
  await close();
});
beforeEach(async () => {
  await call(cloud, "DeleteTable", { TableName }).catch(() => undefined);
  await makeTable(cloud);
});

const key = (id: string) => ({ id: { S: id } });
const put = (id: string, n = 0) => ({
  Put: { TableName, Item: { ...key(id), n: { N: String(n) } } },
});
const add = (id: string, n: number) => ({
  Update: {
    TableName,
    Key: key(id),
    UpdateExpression: "ADD n :n",
    ExpressionAttributeValues: { ":n": { N: String(n) } },
  },
});
const exists = (id: string) => ({
  ConditionCheck: { TableName, Key: key(id), ConditionExpression: "attribute_exists(id)" },
});
const transact = (TransactItems: object[], more: object = {}) =>
  call(cloud, "TransactWriteItems", { TransactItems, ...more });
const all = async (): Promise<Record<string, number>> => {
  const { Items } = await call<{ Items: Array<{ id: { S: string }; n: { N: string } }> }>(
    cloud,
    "Scan",
    { TableName },
  );
  return Object.fromEntries(Items.map((item) => [item.id.S, Number(item.n.N)]));
};

describe("a transaction", () => {
  it("does four kinds of things at once", async () => {
    await transact([put("a", 1), put("b", 2), put("c", 3)]);
    await transact([
      put("d", 4),
      add("a", 10),
      exists("b"),
      { Delete: { TableName, Key: key("c") } },
    ]);
    expect(await all()).toEqual({ a: 11, b: 2, d: 4 });
  });

  it("does nothing when one condition fails, and says which", async () => {
    await transact([put("a", 1)]);
    const refused = client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          put("b", 2),
          {
            Update: {
              ...add("a", 1).Update,
              ConditionExpression: "n > :n",
              ReturnValuesOnConditionCheckFailure: "ALL_OLD",
            },
          },
          exists("nobody"),
        ],
      }),
    );
    await expect(refused).rejects.toMatchObject({
      name: "TransactionCanceledException",
      message:
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]",
      CancellationReasons: [
        { Code: "None" },
        {
          Code: "ConditionalCheckFailed",
          Message: "The conditional request failed",
          Item: { ...key("a"), n: { N: "1" } },
        },
        { Code: "ConditionalCheckFailed", Message: "The conditional request failed" },
      ],
    });
    expect(await all()).toEqual({ a: 1 });
  });

  it("is cancelled by an update that cannot be", async () => {
    await call(cloud, "PutItem", { TableName, Item: { ...key("text"), title: { S: "one" } } });
    const wrong = add("text", 1);
    wrong.Update.UpdateExpression = "ADD title :n";
    await expect(transact([put("b"), wrong])).rejects.toMatchObject({
      code: "TransactionCanceledException",
      about: { CancellationReasons: [{ Code: "None" }, { Code: "ValidationError" }] },
    });
  });

  it("with a token is done once, and not with another meaning", async () => {
    const ClientRequestToken = "once";
    await transact([add("a", 1)], { ClientRequestToken });
    await transact([add("a", 1)], { ClientRequestToken });
    expect(await all()).toEqual({ a: 1 });
    await expect(transact([add("a", 2)], { ClientRequestToken })).rejects.toMatchObject({
      code: "IdempotentParameterMismatchException",
    });
  });

  it("that was cancelled leaves its token free", async () => {
    const ClientRequestToken = "again";
    const asked = [exists("a"), put("b", 1)];
    await expect(transact(asked, { ClientRequestToken })).rejects.toThrow("cancelled");
    await transact([put("a")]);
    await transact(asked, { ClientRequestToken });
    expect(await all()).toEqual({ a: 0, b: 1 });
  });

  it.each([
    [[], "greater than or equal to 1"],
    [Array.from({ length: 101 }, (_, n) => put(`i${n}`)), "less than or equal to 100"],
    [[put("a"), exists("a")], "cannot include multiple operations on one item"],
    [[{ ...put("a"), ...exists("b") }], "can only contain one of Check, Put, Update or Delete"],
    [[{ Get: { TableName, Key: key("a") } }], "can only contain one of"],
    [[{ ConditionCheck: { TableName, Key: key("a") } }], "Member must not be null"],
    [[{ Put: { TableName, Item: {} } }], "Missing the key id in the item"],
    [[{ Put: { TableName: "nowhere", Item: {} } }], "Requested resource not found"],
  ])("is refused when it cannot be one", async (items, sentence) => {
    await expect(transact(items)).rejects.toThrow(sentence);
  });

  it("reads many items as they are at one moment", async () => {
    await transact([put("a", 1), put("b", 2)]);
    const { Responses } = await call(cloud, "TransactGetItems", {
      TransactItems: [
        { Get: { TableName, Key: key("a") } },
        { Get: { TableName, Key: key("nobody") } },
        { Get: { TableName, Key: key("b"), ProjectionExpression: "n" } },
      ],
    });
    expect(Responses).toEqual([
      { Item: { ...key("a"), n: { N: "1" } } },
      {},
      { Item: { n: { N: "2" } } },
    ]);
  });

  it("moves money among others that do, and the sum stays", async () => {
    const names = ["a", "b", "c", "d"];
    await transact(names.map((name) => put(name, 100)));
    const move = fc.record({
      from: fc.constantFrom(...names),
      to: fc.constantFrom(...names),
      n: fc.integer({ min: 1, max: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 12 }), async (moves) => {
        await Promise.allSettled(
          moves.map(({ from, to, n }) =>
            client.send(
              new TransactWriteItemsCommand({
                TransactItems: [
                  {
                    Update: {
                      ...add(from, -n).Update,
                      ConditionExpression: "n >= :least",
                      ExpressionAttributeValues: {
                        ":n": { N: String(-n) },
                        ":least": { N: String(n) },
                      },
                    },
                  },
                  add(to, n),
                ],
              }),
            ),
          ),
        );
        const now = Object.values(await all());
        expect(now.reduce((sum, n) => sum + n, 0)).toBe(400);
        expect(Math.min(...now)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 15 },
    );
  });
});

describe("a machine that is killed while it writes", () => {
  it("has each transaction whole or not at all, in the table and its index", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "rushes-"));
    const writer = fileURLToPath(new URL("./fixtures/writer.ts", import.meta.url));
    let done = 0;
    for (const afterLines of [3, 40, 11]) {
      const child = spawn(process.execPath, [writer, dataDir], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let heard = "";
      await new Promise<void>((resolve) => {
        child.stdout.on("data", (text: Buffer) => {
          heard += text;
          if (heard.split("\n").length > afterLines) child.kill("SIGKILL");
        });
        child.on("close", () => resolve());
      });
      done = Math.max(done, ...heard.trim().split("\n").map(Number));
      const reopened = testCloud({ dataDir });
      openDynamodb(reopened.cloud);
      const scan = async (more: object) =>
        (await call<{ Items: Input[] }>(reopened.cloud, "Scan", { TableName, ...more })).Items;
      const items = await scan({});
      const rounds = new Map<string, number>();
      for (const item of items) rounds.set(item.n.N, (rounds.get(item.n.N) ?? 0) + 1);
      expect([...rounds.values()].every((count) => count === 5)).toBe(true);
      expect(rounds.size).toBeGreaterThanOrEqual(done);
      expect(await scan({ IndexName: "byN" })).toHaveLength(items.length);
      await reopened.close();
    }
    rmSync(dataDir, { recursive: true });
  });
});
